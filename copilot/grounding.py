"""Whether a model's text says only what was said: its numbers, names and places must stand in the conversation."""

import logging
import re
from collections.abc import Iterator

FIGURES = re.compile(r"\d+(?:[.:：/-]\d+)*|[A-Za-z][A-Za-z0-9]*")
NUMERALS = "零〇一二三四五六七八九十百千万亿两半"
UNIT = "元块万亿号楼栋幢室层点时分秒月日天年周岁人户次个名位家件条辆吨米里亩折成"
SPOKEN = re.compile(rf"[{NUMERALS}]{{2,}}|第?[{NUMERALS}]+(?=[{UNIT}])|百分之[{NUMERALS}]+")
CALLED = re.compile(r"[\u4e00-\u9fff](?=姓市民|先生|女士|小姐|师傅|经理)")
PROPER = ("nr", "ns", "nt", "nz")
ROLES = {"市民", "坐席", "来电人", "诉求人", "话务员", "政府", "热线"}


def ungrounded(text: str, said: str) -> list[str]:
    """The numbers, names and places of `text` that nobody said; empty when all were."""
    return [token for token in dict.fromkeys(claims(text)) if token not in ROLES and not _stands(token, said)]


def claims(text: str) -> Iterator[str]:
    """Every stretch of a text that must have been said: figures, numerals, surnames, proper names."""
    for pattern in (FIGURES, SPOKEN, CALLED):
        yield from (found[0] for found in pattern.finditer(text))
    yield from names(text)


def names(text: str) -> Iterator[str]:
    """The proper names of a text: of people, places and bodies."""
    import jieba.posseg  # 130 MB, for those alone who configured a model

    jieba.setLogLevel(logging.WARNING)
    run = ""
    for word, flag in jieba.posseg.cut(text):
        if flag.startswith(PROPER) and word not in ROLES:
            run += word
            continue
        if len(run) > 1:
            yield run
        run = ""
    if len(run) > 1:
        yield run


def _stands(token: str, said: str) -> bool:
    """Whether it was said as it is: a number not as a part of a longer one."""
    edge = r"\d" if token[0].isdigit() else (NUMERALS if token[0] in NUMERALS else "")
    if not edge:
        return token in said
    return re.search(rf"(?<![{edge}]){re.escape(token)}(?![{edge}])", said) is not None
