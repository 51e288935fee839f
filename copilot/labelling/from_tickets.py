"""Out of tickets that have left the draft: what people changed, and what the router was not sure of."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.labelling import heard, sampling
from copilot.labelling.found import Found, NewItem, citizen, digest
from copilot.labelling.heard import Heard
from copilot.labelling.queues import MACHINE, PERSON, Name, route
from copilot.labelling.sampling import Candidate
from copilot.masking import mask as masked
from copilot.parts import Parts
from copilot.tables import CallRow
from ticket_core.tables import JournalEntry, Ticket
from ticket_core.tickets import FIELDS, FILLED
from ticket_core.vocabulary import Action

ENTRIES = 500
TOLD = 500  # characters of what was told
LEAST = 6
SHARE, AT_LEAST, AT_MOST = 10, 3, 200  # of so many tickets one is looked at, within these
COMPARED = ("nature", "district", "address", "happened_at", "party_concerned")
BY_COPILOT = (Action.FILL.value, Action.RELEASE.value)
Route = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket with its journal and, where it came by telephone, its call."""

    ticket: Ticket
    entries: Sequence[JournalEntry]
    talk: Heard | None
    citizen: str

    @property
    def names(self) -> list[str]:
        """To be masked."""
        return self.talk.names if self.talk else [self.ticket.citizen_name]

    def told(self) -> str:
        """What the citizen said or wrote, masked."""
        return masked((self.talk.words() if self.talk else "") or self.ticket.content, self.names)[:TOLD]


def read(session: Session, parts: Parts, mark: str) -> Found:
    """Follows the journal of tickets; mark: its last entry read."""
    after = select(JournalEntry).where(JournalEntry.id > int(mark or 0))
    fresh = session.scalars(after.order_by(JournalEntry.id).limit(ENTRIES)).all()
    cases = list(_cases(session, {one.ticket_id for one in fresh}))
    items = [item for case in cases for item in (*_fields(case), *_routes(case))]
    left = {one.ticket_id for one in fresh if one.from_state in FILLED and one.to_state not in FILLED}
    items += _unsure(parts, [case for case in cases if case.ticket.id in left])
    return Found(items, str(fresh[-1].id) if fresh else mark)


def _cases(session: Session, numbers: set[int]) -> Iterator[Case]:
    tickets = session.scalars(select(Ticket).where(Ticket.id.in_(numbers)).order_by(Ticket.id))
    wanted = [one for one in tickets if one.state not in FILLED and not one.confidential and one.merged_into is None]
    journal: dict[int, list[JournalEntry]] = defaultdict(list)
    mine = select(JournalEntry).where(JournalEntry.ticket_id.in_([one.id for one in wanted]))
    for entry in session.scalars(mine.order_by(JournalEntry.id)):
        journal[entry.ticket_id].append(entry)
    calls = session.scalars(select(CallRow).where(CallRow.id.in_([one.call_id for one in wanted if one.call_id])))
    talks = heard.load(session, calls.all())
    for ticket in wanted:
        who = citizen(session, ticket.calling_number, ticket.callback_number)
        yield Case(ticket, journal[ticket.id], talks.get(ticket.call_id or ""), who)


def _fields(case: Case) -> Iterator[NewItem]:
    """Fields that the copilot filled and a person wrote otherwise; what shows the same once masked is left out."""
    filled = _filled(case.entries)
    for name in COMPARED:
        machine, person = filled.get(name, ""), str(getattr(case.ticket, name))
        shown = masked(machine, case.names), masked(person, case.names)
        if name in case.ticket.touched and machine and person and shown[0] != shown[1]:
            quote = case.talk.drafted[name].quote if case.talk and name in case.talk.drafted else ""
            context = {"field": name, "field_label": FIELDS[name].label, "quote": masked(quote, case.names)}
            yield _changed(case, name, {MACHINE: shown[0], PERSON: shown[1]}, context)


def _routes(case: Case) -> Iterator[NewItem]:
    """Matter and department: as the copilot would have it and as a person had it, and as they were sent on."""
    ticket, context = case.ticket, {"field": "route", "field_label": "事项与承办单位"}
    person = (ticket.matter1, ticket.matter2, ticket.first_department or ticket.department)
    final = (ticket.matter1, ticket.matter2, ticket.department)
    pairs = [({MACHINE: _suggested(case, person), PERSON: person}), ({"first": person, "final": final})]
    for routes in pairs:
        if all(one[2] for one in routes.values()) and len(set(routes.values())) == len(routes):
            shown = {whose: _line(one) for whose, one in routes.items()}
            yield _changed(case, "route", shown, context, {whose: list(one) for whose, one in routes.items()})


def _changed(
    case: Case,
    name: str,
    shown: Mapping[str, str],
    context: Mapping[str, str],
    routes: Mapping[str, list[str]] | None = None,
) -> NewItem:
    """Two values side by side, in an order that does not tell whose is whose."""
    named = digest(str(case.ticket.id), name, *shown.values())
    whose = sorted(shown, reverse=int(named, 16) % 2 == 1)
    values = dict(zip("ab", whose, strict=True))
    return NewItem(
        queue=Name.CHANGED,
        subject=f"{case.ticket.id}:{name}:{named}",
        body={
            "text": case.told(),
            "options": [{"value": value, "label": shown[one]} for value, one in values.items()],
            "context": dict(context),
        },
        origin={"meaning": values, "field": name, "routes": dict(routes or {})},
        call=case.ticket.call_id or "",
        ticket=case.ticket.id,
        citizen=case.citizen,
    )


def _unsure(parts: Parts, cases: Sequence[Case]) -> Iterator[NewItem]:
    """Tickets on which the best two departments lie close, and a few others."""
    lines = {f"{one.matter1}/{one.matter2}：{one.basis}": one for one in parts.catalogue.lines}
    pool = [(case, case.told()) for case in cases if len(case.told()) >= LEAST]
    routings = [parts.router.route(told) for _, told in pool]
    unsure = [sampling.margin([one.score for one in routing.departments]) for routing in routings]
    count = min(AT_MOST, max(AT_LEAST, len(pool) // SHARE))
    candidates = [Candidate(told, doubt) for (_, told), doubt in zip(pool, unsure, strict=True)]
    for place, why in sampling.choose(candidates, count).items():
        case, told = pool[place]
        ranked = [(lines[one.basis], one.name) for one in routings[place].departments if one.basis in lines]
        options = [(line.matter1, line.matter2, name) for line, name in ranked]
        options.sort(key=lambda one: digest(str(case.ticket.id), *one))
        yield NewItem(
            queue=Name.ROUTING,
            subject=str(case.ticket.id),
            body={"text": told, "options": [{"value": route(*one), "label": _line(one)} for one in options]},
            origin={"nature": case.ticket.nature},
            priority=round(unsure[place], 4),
            call=case.ticket.call_id or "",
            ticket=case.ticket.id,
            citizen=case.citizen,
            sampling=why,
        )


def _filled(entries: Sequence[JournalEntry]) -> dict[str, str]:
    """What the copilot filled last, by field."""
    found: dict[str, str] = {}
    for entry in entries:
        if entry.action in BY_COPILOT:
            found |= {name: str(value) for name, value in entry.changes.items() if value}
    return found


def _suggested(case: Case, person: Route) -> Route:
    """Matter and department as the copilot would have it; where it told nothing, as the person has it."""
    filled, routed = _filled(case.entries), case.talk.routed if case.talk else None
    matter = routed.matter if routed else [filled.get("matter1", ""), filled.get("matter2", "")]
    first, second = matter if len(matter) == 2 and all(matter) else person[:2]
    return first, second, routed.departments[0].name if routed and routed.departments else person[2]


def _line(one: Sequence[str]) -> str:
    """As it is shown."""
    return f"{one[0]} / {one[1]} → {one[2]}" if one[0] else one[2]
