"""A citizen's words without what tells who they are: for annotators, who need the question and not the person."""

import re
from collections.abc import Iterable

DIGITS = "0-9０-９零〇一二三四五六七八九幺两"
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
LONG = re.compile(rf"[{DIGITS}](?:[\s-]?[{DIGITS}]){{5,}}[Xx]?")
DOOR = re.compile(
    rf"[{DIGITS}十百]+[号]?(?:楼|栋|幢|座)?(?:[{DIGITS}十]+单元)?[{DIGITS}十百]+(?:室|户)|[{DIGITS}十百]+(?:号楼|栋|幢|单元)"
)
TITLE = "先生|女士|小姐|师傅|阿姨|大爷|老师|经理"
END = r"(?=[，,。！!？?、；\s\d]|$|我|的|电话|手机|身份证|住)"
NAMED = re.compile(rf"((?:免贵|我)姓|名字(?:叫|是)|姓名[是:：]?|我叫|本人叫?)[\u4e00-\u9fff]{{1,4}}?{END}")
HONOURED = re.compile(rf"(?<=[是叫姓给找，。、 ])[\u4e00-\u9fff]{{1,2}}({TITLE})|^[\u4e00-\u9fff]({TITLE})")


def anonymous(text: str, names: Iterable[str] = ()) -> str:
    """The text with numbers of six digits and more, door numbers, addresses of mail and names as stars.

    names: known ones; a full name's family name with a title goes as well.
    """
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(name, "*" * len(name)) if len(name) > 1 else text
        text = re.sub(rf"{re.escape(name[0])}(?={TITLE})", "*", text)
    text = LONG.sub("******", EMAIL.sub("***", text))
    text = NAMED.sub(r"\1**", DOOR.sub("**", text))
    return HONOURED.sub(lambda found: f"*{found[1] or found[2]}", text)
