"""Tickets like this one of the last days: the same citizen, place, matter or words; which are likely the same request.

A duplicate needs two witnesses: who or where, and what. One alone (the same street, the same caller) is only shown.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from unicodedata import normalize

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ticket_core import queries, words
from ticket_core.deadline import local_day
from ticket_core.tables import Ticket
from ticket_core.words import Phrase
from ticket_core.workflow import ENDED

AREA = re.compile(r"(?:[\u4e00-\u9fff]{2,3}省)?(?:[\u4e00-\u9fff]{2}市)?[\u4e00-\u9fff]{2}(?<![小社园])[区县市](?!场)")
ROAD = re.compile(r"([\u4e00-\u9fff]{2,4}?(?:大道|路|街(?!道)|巷))(?:(\d{1,5}(?:-\d{1,4})?)号)?")
SITE = re.compile(
    r"[\u4e00-\u9fff]{2,6}?(?:小区|花园|新苑|家园|公寓|新村|广场|公园|菜场|市场|学校|小学|中学|幼儿园|医院|商场|大厦|工地|超市|酒店)"
)
LEADING = re.compile(r"^.*[在的和与到住条这那了不没]")  # what a pattern takes in before a name
KIND = re.compile(r"[马线网电半道]路$")  # a kind of road, not one by its name
MOST = 50  # candidates of one kind
SAME = 0.6  # a score from which on it is likely the same request, see tests/ticket_core/test_similar.py
SHOWN = 0.2
ALIKE = 0.45  # the share of common bigrams at which two people tell the same thing
TOLD = 0.15  # the share from which on it is worth a word


@dataclass(frozen=True, slots=True)
class Likeness:
    """score: 0 to 1; why: what is the same (Chinese); duplicate: likely the same request, still open to a merge.
    named: who the citizens are was looked at.
    """

    ticket: Ticket
    score: float
    why: tuple[str, ...]
    duplicate: bool
    named: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ticket is about: roads with the house numbers named there, and sites (estates, markets, schools)."""

    roads: dict[str, frozenset[str]]
    sites: frozenset[str]

    @property
    def names(self) -> tuple[str, ...]:
        """Roads and sites."""
        return (*self.roads, *sorted(self.sites))


def similar(
    session: Session, ticket: Ticket, now: datetime, days: int = 30, limit: int = 5, named: bool = True
) -> list[Likeness]:
    """The likest tickets made in the last days, the likest first; not those merged into another.

    named: also by who a confidential citizen is; whoever may not know that must not be told that two are one.
    """
    since = now - timedelta(days=days)
    found = {one.id: one for one in _candidates(session, ticket, since, now)}
    others = [
        one for one in found.values() if one.id != ticket.id and one.merged_into is None and one.created_at >= since
    ]
    likenesses = [compare(ticket, other, named or not (ticket.confidential or other.confidential)) for other in others]
    shown = [one for one in likenesses if one.score >= SHOWN and one.why]
    return sorted(shown, key=lambda one: (one.score, one.ticket.id), reverse=True)[:limit]


def compare(ticket: Ticket, other: Ticket, named: bool = True) -> Likeness:
    """How like two tickets are, and why. named: also by who the citizens are."""
    why: list[str] = []
    who = _citizen(ticket, other, why) if named else 0.0
    where, apart = _where(ticket, other, why), _apart(ticket, other)
    what = _what(ticket, other, why)
    witness = (1 - (1 - 0.85 * where) * (1 - 0.8 * who)) * (0.5 if apart else 1)
    score = max(witness * (0.3 + 0.7 * what), 0.4 * what)
    return Likeness(other, round(score, 2), tuple(why), score >= SAME and other.state not in ENDED, named)


def place(ticket: Ticket) -> Place:
    """Where it is, out of the address, or of title and content where there is none."""
    text = _read(ticket.address or f"{ticket.title}，{ticket.content}")
    roads: dict[str, frozenset[str]] = {}
    for name, number in ROAD.findall(text):
        if clean := _road(name):
            roads[clean] = roads.get(clean, frozenset()) | ({number} if number else frozenset())
    sites = (LEADING.sub("", name) for name in SITE.findall(_beside(text)))
    return Place(roads, frozenset(name for name in sites if len(name) > 3))


def _read(told: str) -> str:
    """Digits in one form and without space, districts left out."""
    return AREA.sub("，", "".join(normalize("NFKC", told).split()))


def _road(told: str) -> str:
    """The name of a road, out of what the pattern took for one; empty where it is none."""
    name = LEADING.sub("", told)
    return name if len(name) > 2 and not KIND.search(name) else ""


def _beside(text: str) -> str:
    """The text without its roads."""
    return ROAD.sub(lambda found: "，" if _road(found[1]) else found[0], text)


def _candidates(session: Session, ticket: Ticket, since: datetime, now: datetime) -> Iterator[Ticket]:
    """By indexes alone, each kind capped."""
    recent = Ticket.created_at >= since
    if numbers := _numbers(ticket):
        called = or_(Ticket.calling_number.in_(numbers), Ticket.callback_number.in_(numbers))
        yield from session.scalars(select(Ticket).where(called, recent).order_by(Ticket.id.desc()).limit(MOST))
    if ticket.matter2:
        same = select(Ticket).where(Ticket.matter2 == ticket.matter2, recent)
        yield from session.scalars(same.order_by(Ticket.created_at.desc()).limit(MOST))
    where, what = _told(name[-4:] for name in place(ticket).names), _told([ticket.matter2])
    days = words.created(*(date.fromisoformat(local_day(day)) for day in (since, now)))
    alone = (_told([ticket.citizen_name]), where, _told([ticket.party_concerned]), _heard(ticket))
    # a busy road has more tickets than are looked at: those of the matter must be among them
    for told in ((where, what), *((one,) for one in alone)):
        if all(told):
            yield from queries.newest(session, (*told, days), MOST)


def _told(names: Iterable[str]) -> tuple[Phrase, ...]:
    """Any of the names stands there."""
    whole = (name[: words.MOST] for name in names if len(words.runs(name)) == 1)
    return tuple(phrase for name in whole for phrase in (words.sought(name, identity=True) or [()])[0])


def _heard(ticket: Ticket) -> tuple[Phrase, ...]:
    """Any four characters of the title that stand together."""
    fours = (run[at : at + 4] for run in words.runs(ticket.title) for at in range(len(run) - 3))
    return _told(dict.fromkeys(fours))


def _numbers(ticket: Ticket) -> set[str]:
    return {ticket.calling_number, ticket.callback_number} - {""}


def _citizen(ticket: Ticket, other: Ticket, why: list[str]) -> float:
    if _numbers(ticket) & _numbers(other):
        why.append("同一来电号码" if ticket.calling_number == other.calling_number != "" else "同一联系电话")
        return 1.0
    if ticket.citizen_name and ticket.citizen_name == other.citizen_name:
        why.append("姓名相同")
        return 0.4
    return 0.0


def _where(ticket: Ticket, other: Ticket, why: list[str]) -> float:
    if ticket.party_concerned and ticket.party_concerned == other.party_concerned:
        why.append(f"同一涉事对象：{ticket.party_concerned}")
        return 1.0
    one, two = place(ticket), place(other)
    if sites := _shared(one.sites, two.sites):
        why.append(f"同一地址：{min(*sites[0], key=len)}")
        return 1.0
    roads = _shared(one.roads, two.roads)
    best = max((_door(one.roads[here], two.roads[there]) for here, there in roads), default=0.0)
    if roads:
        why.append(f"{'同一地址' if best == 1 else '同一道路'}：{min(*roads[0], key=len)}")
    return best


def _shared(one: Iterable[str], two: Iterable[str]) -> list[tuple[str, str]]:
    """Names that are the same, or end in the same: 邗江文昌西路 and 文昌西路."""
    other = sorted(two)
    return [(here, there) for here in sorted(one) for there in other if here.endswith(there) or there.endswith(here)]


def _door(one: frozenset[str], two: frozenset[str]) -> float:
    """On one road: the same house, perhaps the same, another one."""
    if one & two:
        return 1.0
    return 0.75 if not one or not two else 0.3


def _apart(ticket: Ticket, other: Ticket) -> bool:
    """Both say where, and it is not the same."""
    one, two = place(ticket), place(other)
    return bool(one.names and two.names and not _shared(one.names, two.names))


def _what(ticket: Ticket, other: Ticket, why: list[str]) -> float:
    """The matter and the words together: 0 to 1."""
    told = _alike(ticket, other)
    if told >= TOLD:
        why.append(f"内容相近 {told:.0%}".replace("%", " %"))
    heard = min(1.0, told / ALIKE)
    if ticket.matter2 and ticket.matter2 == other.matter2:
        why.append(f"同一事项：{ticket.matter2}")
        return 0.5 + 0.5 * heard
    return heard if not ticket.matter2 or not other.matter2 else 0.5 * heard


def _alike(ticket: Ticket, other: Ticket) -> float:
    """The share of the shorter text's bigrams, its places left out, that stand in the longer one."""
    one, two = sorted((_pairs(ticket), _pairs(other)), key=len)
    return len(one & two) / len(one) if one else 0.0


def _pairs(ticket: Ticket) -> frozenset[str]:
    text = SITE.sub("，", _beside(_read(f"{ticket.title}，{ticket.content}")))
    return frozenset(pair for pair in words.bigrams(text) if len(pair) == 2)
