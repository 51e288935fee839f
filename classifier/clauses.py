"""What a caller said, cut into clauses, without those that only greet, thank or give a name or number."""

import re

CUT = re.compile(r"[^，。,！？!?；;、\s]+")
FILLER = re.compile(
    r"(?:你好|您好|谢谢|再见|麻烦|请问|就是|那个|这个|明白|知道|没有|可以|你们|喂|嗯|呃|啊|哦|噢|对|是|的|好|行|了|吧|呢|你|您|我)*+"
    r"|.{0,6}(电话|手机|号码|联系方式).{0,4}[\d一二三四五六七八九零幺两]{3,}.{0,2}"
    r"|[\d一二三四五六七八九零幺两]{5,}"
    r"|(我|免贵)?姓.{1,2}|我?叫.{1,6}|.{0,3}(先生|女士|小姐).{0,2}"
)


def clauses(text: str) -> list[str]:
    """The clauses that say something, verbatim and in order; empty when none does."""
    return [clause for clause in CUT.findall(text) if not FILLER.fullmatch(clause)]


def substance(text: str) -> str:
    """A text without its filler."""
    return "，".join(clauses(text))
