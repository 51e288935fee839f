"""The life of a ticket: every path of the hotline's rules, walked by the people who walk it."""

from datetime import UTC, datetime, timedelta
from importlib import resources

import pytest

from ticket_core import deadline, journal, queries, tickets
from ticket_core.errors import Conflict, IllegalMove, TicketError
from ticket_core.tables import Ticket
from ticket_core.vocabulary import Action, Role, State

A, R = Action, Role


def test_a_ticket_from_draft_to_archive(session, life):
    ticket = life.draft()
    life.act(ticket, A.SUBMIT, R.AGENT, department="甲局", basis="目录")
    life.act(ticket, A.APPROVE, R.REVIEWER)
    life.act(ticket, A.DISPATCH, R.DISPATCHER, department="甲局", basis="目录")
    assert ticket.step_due_at == ticket.sign_due_at < ticket.due_at
    life.act(ticket, A.SIGN, R.DEPARTMENT)
    assert ticket.step_due_at == ticket.due_at
    life.act(ticket, A.CONTACT, R.DEPARTMENT, contact="已电话联系")
    life.act(ticket, A.REPLY, R.DEPARTMENT, reply="已责令停工", result="已解决")
    life.act(ticket, A.ACCEPT_REPLY, R.REVIEWER)
    life.act(ticket, A.SATISFIED, R.CALLER_BACK, satisfaction="满意")
    life.act(ticket, A.ARCHIVE, R.REVIEWER)
    assert (ticket.state, ticket.satisfaction, ticket.first_department) == (State.ARCHIVED, "满意", "甲局")
    assert len(ticket.archive_hash) == 64
    moved = [line for line in queries.journal_of(session, ticket.id) if line.action not in (A.CREATE, A.EDIT)]
    assert {line.rule_version for line in moved} == {"yangzhou-2026"}
    with pytest.raises(IllegalMove, match="可以办理：无"):
        life.act(ticket, A.NOTE, R.REVIEWER, note="晚了")


def test_an_answer_needs_its_citation_and_a_route_its_basis(session, life):
    ticket = life.draft()
    with pytest.raises(TicketError, match="还要填写：引用依据"):
        life.act(ticket, A.ANSWER, R.AGENT, answer="好", cited=[])
    with pytest.raises(TicketError, match="还要填写：依据"):
        life.act(ticket, A.ROUTE_OUT, R.AGENT, route="请向法院起诉")
    life.act(ticket, A.ANSWER, R.AGENT, answer="好", cited=[{"article": "x-1", "version": 2}])
    assert (ticket.state, ticket.cited) == (State.ANSWERED, [{"article": "x-1", "version": 2}])


def test_a_ticket_of_a_call_without_a_word_says_what_is_missing(session, life):
    ticket = life.draft(title="只有标题")
    for action, given in ((A.DISPATCH, {"department": "甲局"}), (A.SUBMIT, {})):
        with pytest.raises(TicketError, match="还要先填：工单性质、诉求内容"):
            life.act(ticket, action, R.AGENT, **given)
    session.refresh(ticket)
    assert (ticket.state, ticket.first_department) == (State.DRAFT, "")


def test_an_emergency_goes_on_beside_its_report(session, life):
    ticket = life.draft()
    life.act(ticket, A.ESCALATE, R.SYSTEM, service="119")
    assert (ticket.urgency, ticket.step_due_at) == ("紧急", ticket.report_due_at)
    with pytest.raises(IllegalMove, match="还没有报送"):
        life.act(ticket, A.CLOSE, R.REVIEWER, reason="已处置")
    life.act(ticket, A.DISPATCH, R.AGENT, department="甲局")
    life.act(ticket, A.REPORT, R.AGENT, report="某小区火情，消防已出警")
    assert ticket.report_sent_at is not None
    with pytest.raises(IllegalMove, match="没有待报送"):
        life.act(ticket, A.REPORT, R.AGENT, report="再报一次")


def test_an_emergency_goes_on_being_taken_down(session, life):
    ticket = life.draft()
    life.act(ticket, A.ESCALATE, R.AGENT, service="120")
    heard = {"address": {"value": "文昌西路", "utterance": "c1", "quote": "文昌西路", "doubtful": False}}
    tickets.fill(session, ticket, heard, life.by(R.SYSTEM))
    tickets.edit(session, ticket, {"title": "有人晕倒"}, life.by(), life.book)
    assert (ticket.state, ticket.address, ticket.title) == (State.EMERGENCY, "文昌西路", "有人晕倒")
    life.act(ticket, A.DISPATCH, R.AGENT, department="甲局")
    assert tickets.fill(session, ticket, {}, life.by(R.SYSTEM)) is None


def test_a_return_has_its_window_and_is_granted_or_refused(session, life):
    ticket = life.dispatched()
    due = ticket.due_at
    life.act(ticket, A.ASK_RETURN, R.DEPARTMENT, reason="不归我", basis="三定方案")
    life.act(ticket, A.REFUSE_RETURN, R.DISPATCHER, reason="依据不成立")
    assert (ticket.state, ticket.due_at, ticket.step_due_at) == (State.DISPATCHED, due, ticket.sign_due_at)
    life.now += timedelta(days=2)
    with pytest.raises(IllegalMove, match="已过退单期限"):
        life.act(ticket, A.ASK_RETURN, R.DEPARTMENT, reason="不归我", basis="三定方案")


def give_back(life, ticket, to=""):
    life.act(ticket, A.ASK_RETURN, R.DEPARTMENT, reason="不归我", basis="三定方案")
    life.act(ticket, A.ACCEPT_RETURN, R.DISPATCHER)
    if to:
        life.act(ticket, A.DISPATCH, R.DISPATCHER, department=to, basis="改派")


def test_two_departments_that_return_to_each_other_meet_in_a_conference(session, life):
    ticket = life.dispatched("甲局")
    give_back(life, ticket, "乙局")
    assert (ticket.first_department, ticket.department, ticket.redispatches) == ("甲局", "乙局", 1)
    give_back(life, ticket, "甲局")
    give_back(life, ticket)
    assert (ticket.state, ticket.returned_by) == (State.CONFERENCE, ["甲局", "乙局", "甲局"])
    life.act(ticket, A.ASSIGN, R.SUPERVISOR, department="乙局", basis="会商纪要", assisting=["甲局", "乙局"])
    assert (ticket.department, ticket.assisting, ticket.locked) == ("乙局", ["甲局"], True)
    with pytest.raises(IllegalMove, match="会商定责"):
        life.act(ticket, A.ASK_RETURN, R.DEPARTMENT, reason="还是不归我", basis="三定方案")


def test_an_extension_is_at_most_the_term_and_given_once(session, life):
    ticket = life.dispatched()
    life.act(ticket, A.SIGN, R.DEPARTMENT)
    due = ticket.due_at
    with pytest.raises(TicketError, match="最多 5 个工作日"):
        life.act(ticket, A.ASK_EXTENSION, R.DEPARTMENT, days=6, reason="材料未齐")
    life.act(ticket, A.ASK_EXTENSION, R.DEPARTMENT, days=3, reason="材料未齐")
    life.act(ticket, A.REFUSE_EXTENSION, R.SUPERVISOR, reason="不必")
    assert ticket.due_at == due
    life.act(ticket, A.ASK_EXTENSION, R.DEPARTMENT, days=3, reason="材料未齐")
    life.act(ticket, A.GRANT_EXTENSION, R.SUPERVISOR)
    assert ticket.due_at - due == timedelta(days=3)
    with pytest.raises(IllegalMove, match="延期次数已用完"):
        life.act(ticket, A.ASK_EXTENSION, R.DEPARTMENT, days=1, reason="再延")


def test_a_pended_tickets_clock_stands_still(session, life):
    ticket = life.dispatched()
    life.act(ticket, A.SIGN, R.DEPARTMENT)
    due = ticket.due_at
    with pytest.raises(TicketError, match="晚于今天"):
        life.act(ticket, A.ASK_PEND, R.DEPARTMENT, reason="待立项", plan="列入计划", review_at="2026-03-02")
    life.act(ticket, A.ASK_PEND, R.DEPARTMENT, reason="待立项", plan="列入计划", review_at="2026-06-01")
    life.act(ticket, A.GRANT_PEND, R.SUPERVISOR)
    assert ticket.step_due_at == ticket.review_at
    life.now += timedelta(days=14)
    life.act(ticket, A.RESUME, R.SUPERVISOR)
    assert ticket.due_at - due >= timedelta(days=14)
    assert (ticket.state, ticket.paused_at, ticket.step_due_at) == (State.IN_PROGRESS, None, ticket.due_at)


def test_who_cannot_be_reached_is_tried_on_different_days(session, life):
    ticket = life.to_call_back()
    for _ in range(3):
        life.act(ticket, A.UNREACHED, R.CALLER_BACK, outcome="无人接听")
    assert (ticket.state, len(ticket.callbacks)) == (State.TO_CALL_BACK, 3)
    life.now += timedelta(days=1)
    life.act(ticket, A.UNREACHED, R.CALLER_BACK, outcome="关机")
    assert (ticket.state, ticket.satisfaction, ticket.first_satisfaction) == (State.CLOSED, "未接通", "")


def unsatisfied(life, ticket):
    life.act(ticket, A.UNSATISFIED, R.CALLER_BACK, reason="还在施工")


def again(life, ticket):
    life.act(ticket, A.SIGN, R.DEPARTMENT)
    life.act(ticket, A.REPLY, R.DEPARTMENT, reply="再次查处", result="已解决")
    life.act(ticket, A.ACCEPT_REPLY, R.REVIEWER)


def test_rework_has_a_new_clock_a_higher_level_and_an_end(session, life):
    ticket = life.to_call_back()
    due = ticket.due_at
    for level in (1, 2):
        unsatisfied(life, ticket)
        assert (ticket.state, ticket.supervision) == (State.REWORK, level)
        assert ticket.step_due_at == ticket.due_at > due
        again(life, ticket)
    with pytest.raises(IllegalMove, match="重办次数已用完"):
        unsatisfied(life, ticket)
    life.act(ticket, A.SATISFIED, R.CALLER_BACK, satisfaction="基本满意")
    assert (ticket.first_satisfaction, ticket.satisfaction) == ("不满意", "基本满意")


def dispute(life, ticket):
    life.act(ticket, A.DISPUTE, R.CALLER_BACK, reason="诉求不合理", evidence="现场照片")


def test_one_person_alone_decides_no_adjudication(session, life):
    ticket = life.to_call_back()
    dispute(life, ticket)
    for _ in range(2):
        life.act(ticket, A.UPHOLD, R.REVIEWER, actor="one", reason="已依法办理")
    life.act(ticket, A.OVERTURN, R.SUPERVISOR, actor="two", reason="还应再办")
    assert ticket.state == State.ADJUDICATION
    life.act(ticket, A.UPHOLD, R.SUPERVISOR, actor="two", reason="同意")
    assert (ticket.state, ticket.satisfaction) == (State.CLOSED, "不满意")


def test_two_who_overturn_send_it_back_to_the_department(session, life):
    ticket = life.to_call_back()
    dispute(life, ticket)
    life.act(ticket, A.OVERTURN, R.REVIEWER, actor="one", reason="还应再办")
    life.act(ticket, A.OVERTURN, R.SUPERVISOR, actor="two", reason="同意")
    assert (ticket.state, ticket.reworks) == (State.REWORK, 1)


def submitted(life):
    ticket = life.draft()
    life.act(ticket, A.SUBMIT, R.AGENT)
    return ticket


def merge(life, child, parent):
    life.act(child, A.MERGE, R.REVIEWER, into=parent.number, reason="同一工地")


def test_what_is_merged_inherits_the_result_and_is_called_back(session, life):
    parent, child = life.dispatched(), submitted(life)
    merge(life, child, parent)
    assert (child.state, [other.id for _, other in queries.related(session, parent)]) == (State.MERGED, [child.id])
    life.act(parent, A.SIGN, R.DEPARTMENT)
    life.act(parent, A.REPLY, R.DEPARTMENT, reply="已停工", result="已解决")
    assert child.state == State.MERGED
    life.act(parent, A.ACCEPT_REPLY, R.REVIEWER)
    assert (child.state, child.reply, child.department) == (State.TO_CALL_BACK, "已停工", "甲局")
    assert child.callback_due_at is not None
    life.act(child, A.UNSATISFIED, R.CALLER_BACK, reason="我家还吵")
    assert (child.state, parent.state) == (State.REWORK, State.TO_CALL_BACK)


def test_what_is_merged_into_a_ticket_with_a_result_inherits_at_once(session, life):
    parent, child = life.to_call_back(), submitted(life)
    merge(life, child, parent)
    assert (child.state, child.result) == (State.TO_CALL_BACK, "已解决")


def test_nothing_is_merged_into_a_draft(session, life):
    child, draft = submitted(life), life.draft()
    with pytest.raises(TicketError, match="还是草稿"):
        merge(life, child, draft)


def test_merging_is_undone_and_never_chained(session, life):
    parent, child, third = life.dispatched(), submitted(life), submitted(life)
    merge(life, child, parent)
    with pytest.raises(TicketError, match="请并入它的主单"):
        merge(life, third, child)
    life.act(child, A.UNMERGE, R.REVIEWER, reason="不是同一处")
    assert (child.state, child.merged_into) == (State.IN_REVIEW, None)
    merge(life, third, child)
    with pytest.raises(TicketError, match="已有工单并入"):
        merge(life, child, parent)
    with pytest.raises(TicketError, match="没有可以并入的工单"):
        merge(life, child, child)


def test_a_department_acts_on_its_own_tickets_alone(session, life):
    ticket = life.dispatched("甲局")
    with pytest.raises(IllegalMove, match="由“甲局”主办"):
        life.act(ticket, A.SIGN, R.DEPARTMENT, of="乙局")


def test_a_second_hand_on_a_move_has_a_readable_conflict(session, life):
    ticket = submitted(life)
    seen = ticket.version
    life.act(ticket, A.APPROVE, R.REVIEWER, actor="孙", seen=seen)
    with pytest.raises(Conflict, match="孙 刚刚对这张工单做了“审核通过”"):
        life.act(ticket, A.SEND_BACK, R.REVIEWER, actor="李", seen=seen, reason="重写")


def test_a_clock_that_was_set_back_is_refused(session, life):
    ticket = life.draft()
    before = journal.snapshot(ticket)
    life.now -= timedelta(hours=1)
    with pytest.raises(TicketError, match="请先校准时间"):
        life.act(ticket, A.SUBMIT, R.AGENT)
    session.refresh(ticket)
    assert journal.snapshot(ticket) == before


def test_supervision_is_never_lowered(session, life):
    ticket = life.dispatched()
    life.act(ticket, A.SUPERVISE, R.SUPERVISOR, level=2, reason="群体诉求")
    with pytest.raises(TicketError, match="只能维持或提高"):
        life.act(ticket, A.SUPERVISE, R.SUPERVISOR, level=1, reason="降级")


def test_the_first_department_is_written_once(session, life):
    ticket = life.dispatched("甲局")
    with pytest.raises(TicketError, match="首派单位已定"):
        ticket.first_department = "乙局"
    assert session.get_one(Ticket, ticket.id).first_department == "甲局"


def test_an_emergency_that_nothing_was_known_of_is_filled_in_and_dispatched(session, life):
    ticket = life.draft(title="火")
    life.act(ticket, A.ESCALATE, R.AGENT, service="119")
    with pytest.raises(TicketError, match="还要先填"):
        life.act(ticket, A.DISPATCH, R.AGENT, department="甲局")
    heard = {"content": {"value": "楼道冒烟", "utterance": "u", "quote": "冒烟", "doubtful": False}}
    assert tickets.fill(session, ticket, heard, life.by(R.SYSTEM)).from_state == State.EMERGENCY
    tickets.edit(session, ticket, {"nature": "求助"}, life.by(), life.book)
    life.act(ticket, A.DISPATCH, R.AGENT, department="甲局")
    assert (ticket.state, ticket.content, ticket.urgency) == (State.DISPATCHED, "楼道冒烟", "紧急")


def test_attempts_before_a_rework_do_not_count_after_it(session, life):
    ticket = life.to_call_back()
    for _ in range(2):
        life.act(ticket, A.UNREACHED, R.CALLER_BACK, outcome="无人接听")
    life.now += timedelta(days=1)
    unsatisfied(life, ticket)
    again(life, ticket)
    life.act(ticket, A.UNREACHED, R.CALLER_BACK, outcome="占线")
    assert (ticket.state, len(ticket.callbacks)) == (State.TO_CALL_BACK, 4)


def test_an_extension_asked_for_too_late_would_make_the_overdue_punctual(session, life):
    ticket = life.dispatched()
    life.act(ticket, A.SIGN, R.DEPARTMENT)
    life.now = ticket.due_at
    with pytest.raises(IllegalMove, match="已过办结期限"):
        life.act(ticket, A.ASK_EXTENSION, R.DEPARTMENT, days=3, reason="材料未齐")


def test_who_wants_no_callback_is_not_called(session, life):
    ticket = life.to_call_back()
    with pytest.raises(IllegalMove, match="请先回访"):
        life.act(ticket, A.CLOSE, R.CALLER_BACK, reason="不想打")
    for wanted, number in ((False, "13800000000"), (True, "")):
        ticket = life.to_call_back()
        ticket.wants_callback, ticket.calling_number = wanted, number
        life.act(ticket, A.CLOSE, R.CALLER_BACK, reason="诉求人不需要回访")
        assert (ticket.state, ticket.satisfaction) == (State.CLOSED, "")


def test_a_later_call_is_linked_to_the_earlier_ticket_never_in_a_ring(session, life):
    first, second = life.draft(), life.draft()
    life.act(second, A.LINK, R.AGENT, earlier=first.number)
    assert ([kind for kind, _ in queries.related(session, first)], second.linked_to) == (["后续工单"], first.id)
    for ticket, earlier in ((first, second), (second, second)):
        with pytest.raises(TicketError, match="没有比这张更早的工单"):
            life.act(ticket, A.LINK, R.AGENT, earlier=earlier.number)


def test_a_draft_that_nobody_claimed_is_whose_who_moves_it(session, life):
    ticket, _ = tickets.draft(session, life.by(R.SYSTEM), channel="web")
    tickets.edit(session, ticket, {"nature": "投诉", "content": "半夜施工"}, life.by(), life.book)
    life.act(ticket, A.NOTE, R.AGENT, actor="wang", note="看过")
    assert ticket.agent == ""
    life.act(ticket, A.SUBMIT, R.AGENT, actor="wang")
    assert ticket.agent == "wang"


def test_a_rework_begins_its_clocks_anew(session, life):
    ticket = life.to_call_back()
    unsatisfied(life, ticket)
    assert (ticket.replied_at, ticket.sign_due_at, ticket.contact_due_at, ticket.return_due_at) == (None,) * 4
    again(life, ticket)
    assert ticket.replied_at is not None


def test_a_reply_that_was_refused_is_none(session, life):
    ticket = life.replied()
    life.act(ticket, A.REFUSE_REPLY, R.REVIEWER, reason="答非所问")
    assert (ticket.replied_at, ticket.step_due_at) == (None, ticket.due_at)


def test_a_ticket_is_not_pended_for_ever(session, life):
    ticket = life.dispatched()
    life.act(ticket, A.SIGN, R.DEPARTMENT)
    with pytest.raises(TicketError, match="366 天内"):
        life.act(ticket, A.ASK_PEND, R.DEPARTMENT, reason="待立项", plan="列入计划", review_at="9999-12-31")


def test_a_duplicate_of_what_was_told_its_route_knows_the_route(session, life):
    parent, child = life.draft(), submitted(life)
    life.act(parent, A.ROUTE_OUT, R.AGENT, route="请向法院起诉", basis="民事诉讼法")
    merge(life, child, parent)
    assert (child.state, child.route, child.basis) == (State.TO_CALL_BACK, "请向法院起诉", "民事诉讼法")


def test_a_year_without_known_holidays_is_refused_and_nothing_changed(session, life):
    ticket = life.draft()
    life.now = datetime(2026, 12, 31, 2, tzinfo=UTC)
    session.commit()
    before = journal.snapshot(ticket)
    with pytest.raises(TicketError, match="2027"), session.begin_nested():
        life.act(ticket, A.DISPATCH, R.AGENT, department="甲局")
    session.refresh(ticket)
    assert journal.snapshot(ticket) == before


def test_a_rule_pack_that_is_gone_is_named_and_nothing_changed(session, life):
    ticket = life.dispatched()
    session.commit()
    before = journal.snapshot(ticket)
    life.book = deadline.Rulebook([deadline.load("guangdong")])
    with pytest.raises(TicketError, match="没有时限规则“yangzhou-2026”；现有：guangdong"), session.begin_nested():
        life.act(ticket, A.SIGN, R.DEPARTMENT)
    session.refresh(ticket)
    assert journal.snapshot(ticket) == before


def test_a_callback_is_wanted_by_the_rules_of_its_day(session, life):
    ticket = life.replied()
    longer = (resources.files("ticket_core.deadline.data") / "yangzhou-2026.toml").read_text("utf8")
    for old, new in (
        ('"yangzhou-2026"', '"later"'),
        ("effective_from = 2026-01-01", "effective_from = 2026-03-03"),
        ('clock = "callback"\nworking_days = 2', 'clock = "callback"\nworking_days = 4'),
    ):
        longer = longer.replace(old, new)
    life.book = deadline.Rulebook([*life.book.packs, deadline.parse(longer)])
    life.now += timedelta(days=1)
    life.act(ticket, A.ACCEPT_REPLY, R.REVIEWER)
    assert ticket.step_due_at == ticket.callback_due_at
    assert (ticket.callback_due_at - life.now).days == 6  # four working days and a weekend
