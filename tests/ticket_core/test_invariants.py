"""Random moves by random people at random times: what must hold of every ticket always holds."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from ticket_core import deadline, journal, moves, queries, sweep, tickets, words, workflow
from ticket_core.by import By
from ticket_core.errors import TicketError
from ticket_core.inputs import INPUTS
from ticket_core.tables import NEVER, Base, JournalEntry, Ticket, Timer
from ticket_core.vocabulary import Action, Clock, Role, State

PEOPLE = [(role, f"{role.value}{number}") for role in Role for number in (1, 2)]
DEPARTMENTS = ("甲局", "乙局", "丙街道")
PAUSES = (timedelta(minutes=1), timedelta(hours=5), timedelta(days=1), timedelta(days=4))
CHANGES = ({"nature": "求助"}, {"urgency": "紧急"}, {"nature": "", "content": ""}, {"wants_callback": False}, {"x": 1})
ACTIONS = [action for action in Action if action not in workflow.OWN_SERVICE]


class Centre(RuleBasedStateMachine):
    """A handful of tickets and everybody who works on them; time only goes on."""

    @initialize()
    def open(self):
        self.engine = create_engine("sqlite://")
        Base.metadata.create_all(self.engine)
        with self.engine.begin() as connection:
            words.create(connection)
        self.session = Session(self.engine)
        self.now = datetime(2026, 3, 2, 2, tzinfo=deadline.ZONE)
        self.book = deadline.shipped()
        self.first: dict[int, str] = {}
        self.create("投诉", "普通")

    def teardown(self):
        if hasattr(self, "session"):
            self.session.close()
            self.engine.dispose()

    @precondition(lambda self: self.session.query(Ticket).count() < 4)
    @rule(nature=st.sampled_from(["咨询", "投诉", "建议"]), urgency=st.sampled_from(["普通", "紧急"]))
    def create(self, nature, urgency):
        ticket, _ = tickets.draft(self.session, self.by(Role.AGENT, "agent1"), agent="agent1")
        fields = {"nature": nature, "urgency": urgency, "content": "诉求"}
        tickets.edit(self.session, ticket, fields, self.by(Role.AGENT, "agent1"), self.book)

    @rule(data=st.data(), steps=st.integers(1, 6))
    def allowed(self, data, steps):
        """A ticket goes some steps of its way: each time somebody does what the table allows them."""
        ticket = data.draw(st.sampled_from(self.tickets()))
        for _ in range(steps):
            self.step(data, ticket)

    def step(self, data, ticket):
        limits, everybody = self.book.at(self.now).limits, [self.by(*person, ticket.department) for person in PEOPLE]
        open_to = [(by, row) for by in everybody for row in workflow.possible(workflow.Case(ticket, by, limits))]
        if actions := sorted({row.action for _, row in open_to if row.action in ACTIONS}):
            action = data.draw(st.sampled_from(actions))
            by, row = data.draw(st.sampled_from([(by, row) for by, row in open_to if row.action == action]))
            given = {name: data.draw(self.given(name)) for name in row.needs}
            self.attempt(ticket, action, by, given)

    @rule(data=st.data(), action=st.sampled_from(ACTIONS), person=st.sampled_from(PEOPLE))
    def anything(self, data, action, person):
        """Somebody tries whatever they like; what is refused changes nothing."""
        ticket = data.draw(st.sampled_from(self.tickets()))
        needs = next((row.needs for row in workflow.TABLE if row.action == action), ())
        given = {name: data.draw(self.given(name)) for name in needs}
        self.attempt(ticket, action, self.by(*person, data.draw(st.sampled_from(DEPARTMENTS))), given)

    @rule(data=st.data(), seen=st.integers(0, 2), person=st.sampled_from(PEOPLE), changes=st.sampled_from(CHANGES))
    def edit(self, data, seen, person, changes):
        """Somebody edits what they saw one or two versions ago."""
        ticket = data.draw(st.sampled_from(self.tickets()))
        by = replace(self.by(*person, ticket.department), seen=max(0, ticket.version - seen))
        self.tried(ticket, lambda: tickets.edit(self.session, ticket, changes, by, self.book))

    @rule(data=st.data())
    def merge(self, data):
        """Duplicates are merged, a chain of them is tried."""
        child, parent = data.draw(st.sampled_from(self.tickets())), data.draw(st.sampled_from(self.tickets()))
        given = {"into": parent.number, "reason": "同一件事"}
        if child.state == State.DRAFT:
            self.attempt(child, Action.SUBMIT, self.by(Role.AGENT, "agent1"), {})
        self.attempt(child, Action.MERGE, self.by(Role.REVIEWER, "reviewer1"), given)

    @rule(action=st.sampled_from(ACTIONS), person=st.sampled_from(PEOPLE), data=st.data())
    def bulk(self, action, person, data):
        """One move on all tickets, each by itself."""
        needs = next((row.needs for row in workflow.TABLE if row.action == action), ())
        given = {name: data.draw(self.given(name)) for name in needs}
        for ticket in self.tickets():
            self.attempt(ticket, action, self.by(*person, ticket.department), given)

    @rule(pause=st.sampled_from(PAUSES))
    def wait(self, pause):
        self.now += pause

    @rule()
    def system(self):
        """The system does what is due."""
        sweep.sweep(self.session, self.now, self.book, sweep.due(self.session, self.now))

    def attempt(self, ticket, action, by, given):
        self.tried(ticket, lambda: moves.act(self.session, ticket, action, by, given, self.book))

    def tried(self, ticket, work):
        before = [journal.snapshot(one) for one in self.tickets()]
        with suppress(TicketError):
            with self.session.begin_nested():
                work()
            return
        self.session.expire_all()
        assert [journal.snapshot(one) for one in self.tickets()] == before

    def by(self, role, actor, department=""):
        self.now += timedelta(minutes=1)
        return By(actor, role, self.now, department if role == Role.DEPARTMENT else "")

    def tickets(self):
        return list(self.session.scalars(select(Ticket).order_by(Ticket.id)))

    def given(self, name):
        one = INPUTS[name]
        match one.kind:
            case "choice":
                return st.sampled_from(one.choices)
            case "number":
                return st.integers(1, 3)
            case "date":
                return st.just((self.now + timedelta(days=3)).date().isoformat())
            case "department":
                return st.sampled_from(DEPARTMENTS)
            case "citations":
                return st.just([{"article": "ZS-0001", "version": 1}])
            case "ticket":
                return st.sampled_from([ticket.number for ticket in self.tickets()])
        return st.just("按规定办理")

    @invariant()
    def every_ticket_is_what_its_journal_says(self):
        for ticket in self.tickets() if hasattr(self, "session") else ():
            assert journal.rebuild(queries.journal_of(self.session, ticket.id)) == journal.snapshot(ticket)

    @invariant()
    def the_first_department_never_changes(self):
        for ticket in self.tickets() if hasattr(self, "session") else ():
            if ticket.first_department:
                assert self.first.setdefault(ticket.id, ticket.first_department) == ticket.first_department

    @invariant()
    def nothing_goes_past_its_limit(self):
        limits = self.book.at(self.now).limits if hasattr(self, "session") else None
        for ticket in self.tickets() if limits else ():
            assert ticket.reworks <= limits.reworks
            assert ticket.extensions <= limits.extensions
            assert ticket.returns <= limits.returns + 1
            assert 0 <= ticket.supervision <= 3

    @invariant()
    def every_state_has_what_it_stands_for(self):
        for ticket in self.tickets() if hasattr(self, "session") else ():
            state = State(ticket.state)
            assert (state == State.MERGED) <= (ticket.merged_into is not None)
            assert (ticket.paused_at is not None) == self.book.at(self.now).pauses(state)
            assert (state in (State.IN_PROGRESS, State.DISPATCHED)) <= bool(ticket.department and ticket.due_at)
            assert (state == State.ANSWERED) <= bool(ticket.cited)
            assert (state in (State.CLOSED, State.ARCHIVED)) == (ticket.closed_at is not None)
            assert (ticket.step_due_at == NEVER) == (ticket.step_amber_at == NEVER)

    @invariant()
    def what_belongs_together_hangs_together(self):
        for ticket in self.tickets() if hasattr(self, "session") else ():
            parent = self.session.get(Ticket, ticket.merged_into) if ticket.merged_into else None
            if ticket.state == State.MERGED:
                assert parent.state not in (State.MERGED, *workflow.SETTLED, State.ARCHIVED)
            assert ticket.linked_to is None or ticket.linked_to < ticket.id

    @invariant()
    def one_timer_waits_at_most(self):
        waiting = [timer.ticket_id for timer in self.waiting()] if hasattr(self, "session") else []
        assert len(waiting) == len(set(waiting))

    def waiting(self):
        return self.session.scalars(select(Timer).where(Timer.done_at.is_(None))).all()

    @invariant()
    def nobody_rules_alone(self):
        for ticket in self.tickets() if hasattr(self, "session") else ():
            ruled = [line for line in queries.journal_of(self.session, ticket.id) if line.from_state == "adjudication"]
            if ruled and ruled[-1].to_state in ("closed", "rework"):
                verdict = ruled[-1].action
                assert len({line.actor for line in ruled if line.action == verdict}) >= 2

    @invariant()
    def a_due_moment_can_be_computed_again_from_the_journal(self):
        for ticket in self.tickets() if hasattr(self, "session") else ():
            row: dict[str, object] = {}
            for line in queries.journal_of(self.session, ticket.id):
                row |= line.changes
                for name, told in line.details.get("clocks", {}).items():
                    if told["begun"]:
                        assert self.again(line, row, name) == told["due_at"]

    def again(self, line: JournalEntry, row, name):
        matter = deadline.Matter(row["nature"], row["urgency"], row["called_number"], row["citizen_kind"])
        clock = Clock.REWORK if line.to_state == "rework" and name == "handle" else Clock(name)
        return journal.plain(self.book.at(line.at).due(clock, matter, line.at).at)

    @invariant()
    def the_chain_is_whole(self):
        if hasattr(self, "session"):
            assert journal.verify(self.session) is None
            assert journal.astray(self.session) is None


TestCentre = Centre.TestCase
TestCentre.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
