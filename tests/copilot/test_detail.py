"""One ticket's page: its clocks end where nothing is awaited any more, and it tells nobody what is not theirs."""

from datetime import UTC, datetime

import pytest

from ticket_core import moves, tickets
from ticket_core.by import By
from ticket_core.vocabulary import Action, Role

DEPARTMENT = "邗江区城市管理局"
NUMBER = "+44 20 7946 0018"
TOLD = {
    "nature": "投诉",
    "title": "欧阳明月家楼下夜间施工",
    "content": f"半夜施工，欧阳明月的电话{NUMBER}",
    "address": "文昌西路88号欧阳明月家",
    "citizen_name": "欧阳明月",
    "callback_number": "13852706021",
}


class Centre:
    """Tickets on a served product, and moves on them by anybody."""

    def __init__(self, site):
        self.site, self.clients = site, {}

    def draft(self, **fields):
        """A new ticket with all that a dispatch needs; its id."""

        def make(session):
            by = By("wangli", Role.AGENT, datetime.now(UTC))
            row, _ = tickets.draft(session, by, calling_number=NUMBER, agent="wangli")
            tickets.edit(session, row, TOLD | fields, by, self.site.parts.rules())
            return row.id

        return self.site.parts.database.submit(make).result(10)

    def act(self, ticket, action, role, actor="", **given):
        """A move."""

        def move(session):
            department = DEPARTMENT if role == Role.DEPARTMENT else ""
            by = By(actor or role.value, role, datetime.now(UTC), department)
            moves.act(session, session.get_one(tickets.Ticket, ticket), action, by, given, self.site.parts.rules())

        self.site.parts.database.submit(move).result(10)

    def page(self, name, ticket, more=""):
        """What this user gets of a ticket."""
        client = self.clients.setdefault(name, self.site.client(name))
        return client.get(f"/api/tickets/{ticket}{more}")

    def clocks(self, ticket):
        """Clock -> light and whether it has ended."""
        shown = self.page("chenjie", ticket).json()["clocks"]
        return {one["clock"]: (one["light"], one["done_at"] is not None) for one in shown}


@pytest.fixture
def centre(make_parts, serve):
    return Centre(serve(make_parts()))


A, R = Action, Role


def replied(centre, **fields):
    ticket = centre.draft(**fields)
    centre.act(ticket, A.DISPATCH, R.DISPATCHER, department=DEPARTMENT)
    centre.act(ticket, A.SIGN, R.DEPARTMENT)
    centre.act(ticket, A.REPLY, R.DEPARTMENT, reply="已停工", result="已解决")
    return ticket


def test_clocks_end_where_nothing_is_awaited_any_more(centre):
    ticket = replied(centre)
    assert centre.clocks(ticket) == dict.fromkeys(("sign", "contact", "handle", "return"), ("green", True))
    centre.act(ticket, A.REFUSE_REPLY, R.REVIEWER, reason="答非所问")
    assert (centre.clocks(ticket)["handle"], centre.clocks(ticket)["contact"]) == (("green", False),) * 2
    centre.act(ticket, A.REPLY, R.DEPARTMENT, reply="已停工", result="已解决")
    centre.act(ticket, A.ACCEPT_REPLY, R.REVIEWER)
    assert centre.clocks(ticket)["callback"] == ("green", False)
    centre.act(ticket, A.DISPUTE, R.CALLER_BACK, reason="不合理", evidence="照片")
    assert centre.clocks(ticket)["callback"] == ("green", True)
    for actor in ("one", "two"):
        centre.act(ticket, A.OVERTURN, R.REVIEWER, actor=actor, reason="再办")
    assert centre.clocks(ticket) == {"handle": ("green", False)}


def test_a_department_reads_nothing_of_a_confidential_citizen_in_any_text(centre):
    ticket = replied(centre, confidential=True)
    centre.act(ticket, A.NOTE, R.REVIEWER, note=f"欧阳明月来电{NUMBER}催问")
    centre.act(ticket, A.ACCEPT_REPLY, R.REVIEWER)
    centre.act(ticket, A.UNSATISFIED, R.CALLER_BACK, reason=f"欧阳明月说还在吵，回拨{NUMBER}")
    for more in ("", "/similar", "/suggestions"):
        text = centre.page("hanjiang", ticket, more).text
        assert [word for word in ("欧阳明月", NUMBER, "13852706021") if word in text] == [], more
    assert "欧阳明月来电" in centre.page("sunjuan", ticket).text


def test_a_department_is_told_of_its_own_tickets_alone_beside_one(centre):
    ticket, child = replied(centre), centre.draft(confidential=True, title="欧阳明月再次反映")
    centre.act(child, A.SUBMIT, R.AGENT)
    number = centre.page("chenjie", ticket).json()["ticket"]["number"]
    centre.act(child, A.MERGE, R.REVIEWER, into=number, reason="同一工地")
    assert [one["id"] for one in centre.page("chenjie", ticket).json()["related"]] == [child]
    assert centre.page("hanjiang", ticket).json()["related"] == []
    centre.act(ticket, A.ACCEPT_REPLY, R.REVIEWER)
    (seen,) = centre.page("hanjiang", ticket).json()["related"]
    assert (seen["id"], seen["title"]) == (child, "欧***再次反映")


def test_a_department_is_not_told_that_a_confidential_citizen_is_the_caller_of_another_ticket(centre):
    known = replied(centre, content="路灯不亮", address="", title="路灯")
    hidden = replied(centre, content="半夜打桩", address="", title="打桩", confidential=True)
    assert [one["why"] for one in centre.page("chenjie", hidden, "/similar").json()] == [["同一来电号码"]]
    for ticket in (known, hidden):
        assert centre.page("hanjiang", ticket, "/similar").json() == []
