"""What is worth searching for in what was said: greetings, fillers, bare purposes, numbers and repeats are not."""

import re

CHATTER = re.compile(
    r"您好|你好|^喂+|请问(?:一下)?|不好意思|麻烦(?:你|您)了?|谢谢(?:你|您|啊)?|再见|拜拜"
    r"|我?(?:就是)?想?要?(?:问|咨询|反映|了解|打听)一下|就是说|怎么说呢|那个|这个|然后"
    r"|知道了|明白了|没问题|没事|好的|好吧|行吧|可以的|对的|是的|不用了|不客气"
    r"|^我?(?:免贵)?姓.{1,2}$|^我叫.{2,3}$|^我?的?(?:手机|电话|联系)(?:号码?|方式)?(?:就?是|呢)?$"
    r"|^[嗯呃啊哦噢唉哎诶]+|[啊呀呢嘛哦]+$"
)
PURPOSE = re.compile(
    r"我?(?:就是|是)?想?要?(?:来)?(?:投诉|举报|反映|求助|咨询|建议|问)(?:一下|(?:一|几)?个?(?:事情?|问题))?"
)
NUMBERS = re.compile(r"[0-9０-９]{6,}|[零〇一二三四五六七八九幺两]{6,}")
BREAK = re.compile(r"[，。！？；、,.!?;\s]+")


def essence(said: str) -> str:
    """The clauses that say something, each once, where it was said last; empty when nothing is left."""
    clauses = [CHATTER.sub("", NUMBERS.sub("", clause)) for clause in BREAK.split(said)]
    kept = dict.fromkeys(one for one in reversed(clauses) if len(one) > 1 and not PURPOSE.fullmatch(one))
    return "，".join(reversed(kept))
