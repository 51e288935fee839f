"""A rolling summary, extracted: who, where, when, what and what for, in the citizen's own words."""

import re
from collections.abc import Mapping, Sequence

from classifier.fields import Filled, Turn, extract
from classifier.told import OPENING, tidy
from classifier.who import COMPOUND

LONGEST = 160
CLAUSE = re.compile(r"[^。！？，]+[。！？，]?")
ASKS = re.compile(r"怎么|如何|多少|哪里|哪些|什么|吗$|能不能|是否|多久|(?<!好)几[天个年]")
MOST_CLAUSES, SHORTEST = 60, 5
FACTS = (("地点", "address"), ("时间", "happened_at"))
SPACING = re.compile(r"[，。！？、,. ]")


def summarise(turns: Sequence[Turn], fields: Mapping[str, Filled] | None = None) -> str:
    """Who, what, where, when and what for, in at most 160 characters; empty when nothing was said.

    fields: those of `extract` over the same turns, where they are at hand. Names, numbers and places stand as they were
    said; a number that was not heard surely is marked （待核对）.
    """
    fields = extract(turns) if fields is None else fields
    if "content" not in fields:
        return ""
    opening = f"{_who(fields)}{'咨询' if _inquires(fields) else '反映'}："
    clauses = _clauses(fields)
    closing = (_wanted(fields) if clauses else "") + _phone(fields)
    told = _told(fields, clauses, LONGEST - len(opening) - len(closing))
    return opening + told + closing


def _who(fields: Mapping[str, Filled]) -> str:
    """李女士, 李明（男）, 李姓市民 or 市民."""
    name = fields["citizen_name"].value if "citizen_name" in fields else ""
    form = {"男": "先生", "女": "女士"}.get(fields["sex"].value, "") if "sex" in fields else ""
    if not name:
        return "市民"
    family = len(name) == 1 or name in COMPOUND.split("|")
    return name + (form or "姓市民" if family else form)


def _inquires(fields: Mapping[str, Filled]) -> bool:
    return ASKS.search(fields["title"].value) is not None and "party_concerned" not in fields


def _clauses(fields: Mapping[str, Filled]) -> list[str]:
    """The clauses of the content that the request does not hold."""
    content = [clause.rstrip("。！？，") for clause in CLAUSE.findall(fields["content"].value)]
    request = fields["request"].value if "request" in fields else ""
    return [text for clause in content[:MOST_CLAUSES] if (text := _opened(clause)) and not _same(text, request)]


def _same(clause: str, request: str) -> bool:
    return clause in request or (request != "" and request in clause)


def _told(fields: Mapping[str, Filled], clauses: Sequence[str], room: int) -> str:
    """The clauses there is room for, in the order they were said, then what of place and time they leave out."""
    title = fields["title"].quote
    extra = _facts(fields, _fitting(clauses, title, room - 1))
    kept = _fitting(clauses, title, room - len(extra) - 1)
    extra = _facts(fields, kept) if len(_facts(fields, kept)) <= len(extra) else extra
    return ("，".join(kept) or OPENING.sub("", tidy(title))[: room - len(extra) - 1]) + extra + "。"


def _opened(clause: str) -> str:
    """A clause without 我想投诉一下 before it; empty where little else is left."""
    text = OPENING.sub("", clause)
    return text if text == clause or len(text) >= SHORTEST else ""


def _facts(fields: Mapping[str, Filled], kept: Sequence[str]) -> str:
    """Place and time, labelled, where the kept clauses do not tell them."""
    told = "".join(kept)
    facts = [(label, fields[field]) for label, field in FACTS if field in fields]
    return "".join(
        f"；{label}：{fact.value[:40]}" for label, fact in facts if SPACING.sub("", tidy(fact.quote)) not in told
    )


def _fitting(clauses: Sequence[str], title: str, room: int) -> list[str]:
    """Clauses in order as far as there is room, that of the title before all others."""
    main = next((clause for clause in clauses if clause in tidy(title) or tidy(title) in clause), None)
    kept, left = {main} if main and len(main) <= room else set[str | None](), room
    left -= sum(len(clause) + 1 for clause in kept if clause)
    for clause in clauses:
        if clause not in kept and len(clause) + 1 <= left:
            kept.add(clause)
            left -= len(clause) + 1
    return [clause for clause in clauses if clause in kept]


def _wanted(fields: Mapping[str, Filled]) -> str:
    request = fields["request"].value if "request" in fields else ""
    request = OPENING.sub("", request) or request
    return f"诉求：{request.rstrip('，。！？')[:50]}。" if request else ""


def _phone(fields: Mapping[str, Filled]) -> str:
    if "callback_number" not in fields:
        return ""
    number = fields["callback_number"]
    return f"电话{number.value}{'（待核对）' if number.doubtful else ''}。"
