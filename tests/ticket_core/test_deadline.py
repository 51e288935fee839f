"""Deadlines: what counts as a working day, terms by the pack, pauses and extensions, packs with errors."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticket_core import deadline
from ticket_core.deadline import ZONE, Alert, Calendar, Matter, Rulebook, calendar, pack
from ticket_core.errors import TicketError
from ticket_core.vocabulary import Clock, State

YANGZHOU = deadline.load()
GUANGDONG = deadline.load("guangdong")
TEXT = (deadline.HERE / "yangzhou-2026.toml").read_text("utf8")
IN_DAYS = st.builds(
    Matter,
    nature=st.sampled_from(pack.CONDITIONS["nature"]),
    line=st.sampled_from(("12345", "12315")),
    kind=st.sampled_from(pack.CONDITIONS["kind"]),
)
MATTERS = IN_DAYS | st.builds(Matter, urgency=st.just("紧急"))
SINCE = datetime(2026, 1, 1, tzinfo=ZONE)
MOMENTS = st.timedeltas(timedelta(), timedelta(days=240)).map(SINCE.__add__)
DAYS = st.dates(date(2004, 1, 1), date(2026, 12, 31))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def due(start, nature="投诉", clock=Clock.HANDLE, rules=YANGZHOU, **matter):
    return f"{rules.due(clock, Matter(nature, **matter), at(start)).at.astimezone(ZONE):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("start", "until"),
    [
        ("2026-03-02 10:00", "2026-03-09 10:00"),  # a weekend in between
        ("2026-09-29 16:20", "2026-10-12 16:20"),  # National Day, then a Saturday that is worked
        ("2026-02-13 09:00", "2026-02-27 09:00"),  # Spring Festival, the Saturday before it worked
        ("2026-05-07 09:00", "2026-05-13 09:00"),  # a make-up Saturday counts as one of the five
        ("2026-03-07 15:00", "2026-03-16 08:30"),  # on a Saturday: from Monday's opening
        ("2026-03-09 03:00", "2026-03-16 08:30"),  # before the office opens: from its opening
        ("2026-03-02 22:00", "2026-03-09 22:00"),  # after hours: the time stays
    ],
)
def test_five_working_days(start, until):
    assert due(start) == until


@pytest.mark.parametrize(
    ("until", "clock", "matter"),
    [
        ("2026-10-09 17:40", Clock.HANDLE, {"nature": "咨询"}),
        ("2026-10-09 17:40", Clock.HANDLE, {"nature": "咨询", "kind": "企业"}),
        ("2026-10-12 17:40", Clock.HANDLE, {"kind": "企业"}),
        ("2026-10-13 17:40", Clock.HANDLE, {"kind": "个人"}),
        ("2026-10-01 17:40", Clock.HANDLE, {"urgency": "紧急", "kind": "企业"}),
        ("2026-10-27 17:40", Clock.HANDLE, {"nature": "举报", "line": "12315"}),
        ("2026-10-08 09:10", Clock.CONTACT, {"kind": "企业"}),  # twenty minutes today, forty after the holidays
        ("2026-10-08 17:40", Clock.CONTACT, {}),
        ("2026-09-30 19:40", Clock.CONTACT, {"urgency": "紧急"}),
        ("2026-10-08 17:40", Clock.SIGN, {}),
        ("2026-10-08 17:40", Clock.RETURN, {}),
        ("2026-09-30 18:10", Clock.REPORT, {}),
        ("2026-10-09 17:40", Clock.CALLBACK, {}),
    ],
)
def test_the_first_row_that_fits_decides(until, clock, matter):
    assert due("2026-09-30 17:40", clock=clock, **matter) == until


@pytest.mark.parametrize(("nature", "days"), [("咨询", 2), ("求助", 10), ("建议", 10), ("投诉", 15), ("举报", 15)])
def test_another_regions_pack_is_data(nature, days):
    start = datetime(2026, 3, 2, 10, tzinfo=ZONE)
    assert GUANGDONG.worktime.days(start, GUANGDONG.due(Clock.HANDLE, Matter(nature), start).at) == days


@settings(deadline=None)
@given(DAYS)
def test_the_calendar_is_the_packages_unless_overridden(day):
    plain = Calendar()
    assert Calendar({day: not plain.working(day)}).working(day) is not plain.working(day)
    assert plain.working(day) == (plain.reason(day) in ("工作日", "调休上班"))


@settings(deadline=None)
@given(IN_DAYS, MOMENTS, st.sampled_from([Clock.SIGN, Clock.HANDLE, Clock.REWORK, Clock.CALLBACK]))
def test_a_term_in_days_ends_on_a_working_day_and_amber_lies_before(matter, start, clock):
    found = YANGZHOU.due(clock, matter, start)
    assert YANGZHOU.worktime.calendar.working(found.at.astimezone(ZONE).date())
    assert start < found.amber_at < found.at


@settings(deadline=None)
@given(MATTERS, st.sampled_from(pack.TERMED), MOMENTS, st.timedeltas(timedelta(), timedelta(days=20)))
def test_who_begins_later_is_due_no_earlier(matter, clock, start, later):
    first, second = (YANGZHOU.due(clock, matter, moment) for moment in (start, start + later))
    assert first.at <= second.at
    assert first.amber_at <= first.at


@settings(deadline=None)
@given(MOMENTS, st.integers(1, 30))
def test_more_days_are_due_later(start, days):
    work = YANGZHOU.worktime
    assert work.later(start, days) < work.later(start, days + 1)
    assert work.days(start, work.later(start, days)) == days
    assert work.earlier(work.later(start, days), days) == work.begin(start)


@settings(deadline=None)
@given(MATTERS, MOMENTS, *[st.timedeltas(timedelta(), timedelta(days=15))] * 2)
def test_a_pause_never_makes_it_due_earlier(matter, start, before, pause):
    was = YANGZHOU.due(Clock.HANDLE, matter, start).at
    found = YANGZHOU.resumed(was, start + before, start + before + pause, matter)
    assert found.at >= was
    assert found.amber_at <= found.at
    if matter.urgency:
        assert timedelta() <= found.at - was - pause < timedelta(minutes=1)
    longer = YANGZHOU.resumed(was, start + before, start + before + 2 * pause, matter)
    assert longer.at >= found.at


@settings(deadline=None)
@given(MATTERS, st.sampled_from(pack.TERMED), MOMENTS, st.integers(1, 9))
def test_the_explanation_ends_in_the_due_moment(matter, clock, start, days):
    first = YANGZHOU.due(clock, matter, start)
    later = YANGZHOU.extended(first.at, days)
    assert later.at > first.at
    for found in (first, later):
        local = found.at.astimezone(ZONE)
        assert re.fullmatch(rf"到期：{local:%Y-%m-%d}（周.） {local:%H:%M}", found.why[-1])


@settings(deadline=None)
@given(MOMENTS, st.integers(1, 30))
def test_every_day_that_was_passed_over_is_explained(start, days):
    calendar = YANGZHOU.worktime.calendar
    told = YANGZHOU.extended(start, days)
    local = told.at.astimezone(ZONE)
    runs = [re.findall(r"\d{4}-\d\d-\d\d", line) for line in told.why if line.startswith("跳过")]
    passed = {day for run in runs for day in _between(date.fromisoformat(run[0]), date.fromisoformat(run[-1]))}
    assert passed == {day for day in _between(start.date(), local.date()) if not calendar.working(day)}


def _between(first, last):
    return {first + timedelta(days=n) for n in range((last - first).days + 1)}


def test_why_names_the_rule_the_holidays_and_the_make_up_day():
    why = YANGZHOU.due(Clock.HANDLE, Matter("投诉"), at("2026-10-03 16:20")).why
    assert why == (
        "起算：2026-10-03（周六） 16:20",
        "规则：扬州市 12345 办理时限（yangzhou-2026）第 13 条，办结期限 5 个工作日",
        "收到时不在上班时间，从 2026-10-08（周四） 08:30 上班起算",
        "跳过：2026-10-03（周六）至 2026-10-07（周三），共 5 天，国庆节",
        "计入：2026-10-10（周六），调休上班",
        "跳过：2026-10-11（周日），周末",
        "黄灯：2026-10-12（周一） 16:15（期限用去 75%）",
        "到期：2026-10-14（周三） 08:30",
    )


def test_an_extension_has_at_most_the_original_term():
    assert YANGZHOU.longest_extension(Matter("投诉")) == 5
    assert YANGZHOU.longest_extension(Matter("咨询")) == 2
    assert YANGZHOU.longest_extension(Matter(urgency="紧急")) == 1
    assert pack.parse(TEXT.replace("extension_days = 0", "extension_days = 10")).longest_extension(Matter()) == 10


def test_only_a_pended_ticket_stands_still():
    assert [state for state in State if YANGZHOU.pauses(state)] == [State.PENDED]


def test_an_alert_before_the_end_waits_for_amber():
    days = YANGZHOU.due(Clock.HANDLE, Matter("投诉"), at("2026-03-02 10:00"))
    assert YANGZHOU.alert_at(Alert(Clock.HANDLE, -1, "urge"), days) == at("2026-03-06 10:00")
    hours = YANGZHOU.due(Clock.HANDLE, Matter(urgency="紧急"), at("2026-03-02 10:00"))
    assert YANGZHOU.alert_at(Alert(Clock.HANDLE, -1, "urge"), hours) == hours.amber_at == at("2026-03-03 04:00")
    assert YANGZHOU.alert_at(Alert(Clock.HANDLE, 3, "supervise", 2), days) == at("2026-03-12 10:00")
    assert [alert.level for alert in YANGZHOU.alerts if alert.action == "supervise"] == [1, 2, 3]


def test_a_year_whose_holidays_are_unknown_is_refused_until_they_are_entered():
    start = at("2026-12-29 10:00")
    with pytest.raises(TicketError, match="2027 年的节假日安排还没有录入.*管理员.*补录"):
        YANGZHOU.due(Clock.HANDLE, Matter("投诉"), start)
    assert YANGZHOU.due(Clock.HANDLE, Matter(urgency="紧急"), start).at == at("2026-12-30 10:00")
    entered = calendar.parse('years = [2027]\noff = ["2027-01-01", 2027-01-04]\nwork = ["2027-01-03"]')
    found = YANGZHOU.on(entered).due(Clock.HANDLE, Matter("投诉"), start)
    assert found.at == at("2027-01-06 10:00")
    assert "计入：2027-01-03（周日），调休上班" in found.why
    assert "跳过：2027-01-04（周一），节假日表定为休息" in found.why
    assert "跳过：2027-01-02（周六），周末" in found.why


def test_overrides_lie_over_each_other():
    low, high = Calendar({date(2026, 3, 2): False, date(2026, 3, 3): False}), Calendar({date(2026, 3, 3): True})
    laid = high.over(low)
    assert [laid.working(date(2026, 3, day)) for day in (2, 3)] == [False, True]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("years = 2027", "years：要写成方括号里的清单"),
        ("years = [27]", "years：要写年份"),
        ('off = ["2027-13-01"]', "off：“2027-13-01”不是日期"),
        ('off = ["2027-01-01"]\nwork = [2027-01-01]', "2027-01-01：既在 off 又在 work"),
        ("holiday = []", "holiday：没有这一项"),
        ("off = [", "节假日表读不出来"),
    ],
)
def test_a_holiday_table_with_an_error_is_refused(text, said):
    with pytest.raises(TicketError, match=said):
        calendar.parse(text)


def test_the_rulebook_knows_what_was_in_force():
    later = pack.parse(TEXT.replace('"yangzhou-2026"', '"yangzhou-2026b"').replace("2026-01-01", "2026-07-01"))
    book = Rulebook((*deadline.shipped().packs, later))
    assert book.at(datetime(2026, 6, 30, 15, 59, tzinfo=UTC)).version == "yangzhou-2026"
    assert book.at(datetime(2026, 6, 30, 16, tzinfo=UTC)).version == "yangzhou-2026b"
    assert book.named("yangzhou-2026").effective_from == date(2026, 1, 1)
    with pytest.raises(TicketError, match="现有：yangzhou-2026、yangzhou-2026b"):
        book.named("x")
    with pytest.raises(TicketError, match="还没有生效的时限规则"):
        book.at(datetime(2025, 12, 31, tzinfo=UTC))
    same_day = Rulebook((YANGZHOU, GUANGDONG))
    assert same_day.at(datetime(2026, 6, 30, tzinfo=UTC)) is GUANGDONG
    with pytest.raises(TicketError, match="随产品提供的有：guangdong、yangzhou-2026"):
        deadline.load("holidays")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('version = "yangzhou-2026"', 'version = "扬州 2026/1"', "version：只能用字母"),
        ('version = "yangzhou-2026"', "", "version：要写文字"),
        ("effective_from = 2026-01-01", "effective_from = 2026", "effective_from：要写日期"),
        ('"14:30-18:00"', '"11:30-18:00"', "office_hours：要按先后写"),
        ('"14:30-18:00"', '"14:30-25:00"', "office_hours：要按先后写"),
        ('paused_in = ["pended"]', 'paused_in = ["sleeping"]', "paused_in：只能写状态名"),
        ('paused_in = ["pended"]', "paused_in = 1", "paused_in：要写成方括号"),
        ("returns = 2", "returns = -1", "limits 的 returns：要写 0 到 20 的整数"),
        ("returns = 2", "returns = true", "limits 的 returns：要写 0 到 20 的整数"),
        ("returns = 2", "return = 2", "limits 的 return：没有这一项"),
        ("share = 0.75", "share = 1.5", "share：share 要大于 0 小于 1"),
        ("share = 0.75", "share = 0.5\ndays = 1", "days：与 share 只写一个"),
        ("hours = 1 ", "hours = 0 ", "第 1 条 term 的 hours：要写 1 到 2400 的整数"),
        ("hours = 1 ", "hours = 1\nminutes = 1 ", "第 1 条 term 的 期限：要写一个且只写一个"),
        ("hours = 1 ", "days = 1 ", "第 1 条 term 的 days：没有这一项"),
        ('urgency = "紧急"', 'urgency = "特急"', "第 1 条 term 的 urgency：可写：普通、紧急"),
        ('line = "12315"', 'line = "一二三"', "第 2 条 term 的 line：可写：号码"),
        ('clock = "sign"', 'clock = "sgin"', "第 1 条 term 的 clock：没有“sgin”；可写：sign（签收）"),
        ("amber_days = 5", "amber_days = 52", "第 8 条 term 的 amber_days：share 要大于 0 小于 1；days 要写整数"),
        ("minutes = 30", 'line = "12345"\nminutes = 30', "“信息报送”（report）缺少一条不带条件的期限"),
        (
            'clock = "report"',
            'clock = "report"\nhours = 1\n[[term]]\nclock = "report"',
            "第 16 条 term：排在不带条件的第 15 条之后",
        ),
        ("level = 2", "level = 4", "第 6 条 alert 的 level：要写 1 到 3 的整数"),
        ("days = -1", 'days = "早"', "第 3 条 alert 的 days：要写 -30 到 90 的整数"),
        ('action = "urge"', 'action = "shout"', "第 1 条 alert 的 action：可写：urge"),
        ("[limits]", "[[limits]]", r"limits：要写成一节 \[limits\]"),
        ("[amber]", "[ambre]", "ambre：没有这一项"),
        ("[limits]", "[limits", r"时限规则读不出来：第 \d+ 行第 \d+ 列"),
        ("[limits]", "#" * 100_001, "时限规则最多 100000 字"),
    ],
)
def test_a_pack_with_an_error_is_refused_with_its_place(old, new, said):
    assert old in TEXT
    with pytest.raises(TicketError, match=said):
        deadline.parse(TEXT.replace(old, new, 1))


def test_all_errors_are_told_at_once():
    with pytest.raises(TicketError, match="有 2 处错误：.*limits 的 returns.*；第 1 条 term 的 urgency"):
        deadline.parse(TEXT.replace("returns = 2", "returns = 99").replace('urgency = "紧急"', 'urgency = "急"', 1))
    with pytest.raises(TicketError, match="另有 [1-9][0-9]* 处"):
        deadline.parse("\n".join(f"x{n} = 1" for n in range(40)))


@pytest.mark.parametrize("name", pack.KEYS)
def test_whatever_stands_in_a_pack_it_is_refused_in_words(name):
    for value in (
        "1",
        "-1",
        "1.5",
        "true",
        '"x"',
        "[]",
        "[1]",
        "[[]]",
        "[{}]",
        "{}",
        "{clock = 1}",
        "2026-01-01T00:00:00Z",
    ):
        with pytest.raises(TicketError, match="时限规则有 .* 处错误"):
            deadline.parse(f"{name} = {value}\n")


def test_a_day_off_begins_at_the_next_opening():
    work = YANGZHOU.worktime
    assert work.begin(at("2026-10-01 12:00")).time() == time(8, 30)
    assert work.daily() == timedelta(hours=7)
    assert work.open_for(at("2026-09-30 17:00"), at("2026-10-08 09:30")) == timedelta(hours=2)
