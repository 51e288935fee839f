"""Databases, a base of one article, and calls that are over, as the server keeps them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from copilot import events
from copilot.settings import Settings
from copilot.tables import CallRow, CardDecision, EventRow
from kb_index.article import plain
from kb_index.slicing import Slice
from tests.copilot.knowledge.base import released
from ticket_core import tickets
from ticket_core.by import By
from ticket_core.vocabulary import Role

AT = datetime(2026, 11, 27, 2, tzinfo=UTC)
FUND = replace(
    plain("", "购房提取住房公积金", "x"),
    slices=(
        Slice("购买自住住房可以申请提取住房公积金。"),
        Slice("材料齐全的，审核通过后一般三个工作日内到账。请告诉我购房合同号。"),
    ),
    questions=("买房怎么提取公积金",),
    issuer="扬州市住房公积金管理中心",
)
HEARD = "材料齐全的审核通过后一般3个工作日内到账"


@pytest.fixture
def database(open_database, database_url, tmp_path):
    """An empty database of each kind."""
    database = open_database(Settings(data=tmp_path, database_url=database_url))
    yield database
    database.close()


@pytest.fixture
def base(open_database, tmp_path):
    """A database where the kind does not matter."""
    database = open_database(Settings(data=tmp_path))
    yield database
    database.close()


@pytest.fixture
def run():
    """Runs a work in the writer."""
    return lambda database, work: database.submit(work).result()


@pytest.fixture
def article(run):
    """Puts the article into a database; its id."""
    return lambda database: run(database, lambda session: released(session, FUND, AT))


@pytest.fixture
def over(run):
    """Keeps a call that is over. said: (leg, text) in order; shown: articles; decided: (article, decision, reason)."""

    def make(database, call, said=(), shown=(), decided=(), at=AT, agent="wangli", number="13852706021"):
        def keep(session):
            session.add(
                CallRow(id=call, agent=agent, number=number, called="12345", source="test", state="ended",
                        started_at=at, seconds=60.0)
            )  # fmt: skip
            session.flush()
            by = By(agent, Role.AGENT, at)
            ticket, _ = tickets.draft(session, by, call_id=call, calling_number=number, agent=agent)
            session.get_one(CallRow, call).ticket = ticket.id
            for seq, event in enumerate([*_heard(call, said), *_suggested(call, shown)], 1):
                event.seq = seq
                session.add(EventRow(call=call, seq=seq, type=event.type, body=event.model_dump(mode="json")))
            for one, decision, *reason in decided:
                session.add(
                    CardDecision(call=call, article=one, version=1, decision=decision, reason="".join(reason),
                                 agent=agent, at=at + timedelta(minutes=1))
                )  # fmt: skip
            session.flush()
            return ticket.id

        return run(database, keep)

    return make


def _heard(call, said):
    for number, (leg, text) in enumerate(said, 1):
        yield events.Heard(
            call=call, utterance=f"{leg[0]}{number}", leg=leg, start=float(number), end=number + 0.9, text=text,
            raw=text, final=True,
        )  # fmt: skip


def _suggested(call, shown):
    if shown:
        cards = [
            events.Card(article=one, version=1, title="", text="", score=0.9, clause="", issuer="", region="",
                        valid_to="", source="")
            for one in shown
        ]  # fmt: skip
        yield events.Suggested(call=call, cards=cards)
