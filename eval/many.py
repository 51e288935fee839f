"""A year of tickets: most are archived, those that are open are the same however many there are.

Each has its row, its words and facets in the index, and one journal entry with the whole snapshot in a valid chain.
"""

import random
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, islice, repeat
from multiprocessing import get_context
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, func, insert, select, text

from ticket_core import journal, words
from ticket_core.deadline import local_day
from ticket_core.tables import JournalEntry, Ticket
from ticket_core.vocabulary import Action, Role, State

T = TypeVar("T")
BATCH = 2000
AHEAD = 3  # batches that wait to be written
YEAR, FRESH = timedelta(days=365), timedelta(days=20)  # open tickets are of the last days
OPEN = 8000
AGENTS = ("wangli", "zhaomin", "qianjun", *(f"seat{n:02}" for n in range(37)))
DISTRICTS = ("邗江区", "广陵区", "江都区", "仪征市", "高邮市", "宝应县")
BUREAUS = ("城市管理局", "住房和城乡建设局", "市场监督管理局", "交通运输局", "生态环境局", "人力资源和社会保障局")
STATES = {
    State.DRAFT: 6,
    State.ANSWERED: 12,
    State.IN_REVIEW: 5,
    State.TO_DISPATCH: 6,
    State.DISPATCHED: 12,
    State.RETURN_REQUESTED: 2,
    State.CONFERENCE: 1,
    State.IN_PROGRESS: 35,
    State.EXTENSION_REQUESTED: 2,
    State.PENDED: 2,
    State.REPLIED: 6,
    State.TO_CALL_BACK: 8,
    State.REWORK: 2,
    State.ADJUDICATION: 1,
}
UNSENT = (State.DRAFT, State.ANSWERED, State.IN_REVIEW, State.TO_DISPATCH, State.CLOSED)  # no department yet
NATURES = {"投诉": 40, "求助": 28, "咨询": 18, "举报": 8, "建议": 4, "表扬": 2}
CHANNELS = {"phone": 85, "web": 8, "wechat": 5, "sms": 2}
MATTERS = {
    ("城市管理", "夜间施工噪声"): ("工地夜间施工", "半夜还在打桩，挖掘机声音很大，家里老人孩子睡不好，请责令停工"),
    ("城市管理", "占道经营"): ("摊贩占道经营", "流动摊贩占住人行道，行人只能走到机动车道上，请加强巡查"),
    ("住房建设", "物业服务"): ("物业不维修电梯", "电梯坏了一周没有人修，打物业电话一直推脱，请督促尽快维修"),
    ("住房建设", "房屋漏水"): ("楼上漏水协调不成", "卫生间顶上一直滴水，与楼上住户协商多次没有结果，请协调处理"),
    ("市场监管", "消费纠纷"): ("预付卡无法退款", "健身房关门，会员卡里余额退不出来，商家电话也打不通，请帮助追回"),
    ("交通运输", "公交线路"): ("公交班次太少", "早高峰等了四十分钟才来一班公交，希望增加班次"),
    ("生态环境", "油烟扰民"): ("饭店油烟扰民", "楼下饭店油烟管道正对居民窗户，味道很大，不敢开窗，请查处"),
    ("人社", "拖欠工资"): ("工程款未发工资", "在工地干了三个月，包工头一直拖欠工资，请帮助讨要"),
    ("供水供气", "停水"): ("小区停水没有通知", "今天一早就停水，没有看到任何通知，请告知什么时候恢复"),
}
ROADS = ("文昌西路", "扬子江中路", "江阳中路", "史可法路", "邗江中路", "维扬路", "兴城西路", "运河南路", "龙川大道")
SITES = ("翠岗小区", "荷花池公寓", "阳光花园", "新城家园", "康乐新村", "育才小学", "时代广场", "东方市场")
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙朱马胡", "伟芳敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚"


@dataclass(frozen=True, slots=True)
class Planned:
    """A ticket to be made. seed: all that it says comes of it."""

    id: int
    number: str
    at: datetime
    open: bool
    seed: str


Made = tuple[dict[str, Any], dict[str, Any]]  # a row of tickets, one of ticket_words


def make(
    engine: Engine, total: int, now: datetime, progress: Callable[[int, int], None], opened: int = OPEN, cores: int = 1
) -> None:
    """Fill an empty database with `total` tickets of the year before `now`, `opened` of them open.

    cores: processes that write the texts, beside the one that keeps them. progress: tickets done and to do.
    Raises ValueError where there are tickets already.
    """
    with engine.connect() as connection:
        if connection.scalar(select(func.max(Ticket.id))) is not None:
            raise ValueError("这个数据库里已有工单；请给一个空数据库")
    done, tail = 0, (0, journal.GENESIS)
    for rows in _rows(planned(total, min(opened, total), now), engine.dialect.name, cores):
        with engine.execution_options(writes=True).begin() as connection:
            tail = _keep(connection, rows, tail)
        progress(done := done + len(rows), total)
    _settle(engine)


def planned(total: int, opened: int, now: datetime) -> Iterator[Planned]:
    """In the order of time, numbered day by day. The open ones are the same for every total."""
    moments = chain(_moments("open", opened, now, FRESH), _moments("ended", total - opened, now, YEAR))
    days = Counter[str]()
    for number, (at, seed) in enumerate(sorted(moments), 1):
        day = local_day(at).replace("-", "")
        days[day] += 1
        yield Planned(number, f"{day}-{days[day]:05}", at, seed.startswith("open"), seed)


def written(one: Planned, dialect: str, now: datetime) -> Made:
    """The rows of a ticket. now: clocks run from then."""
    chance = random.Random(one.seed)
    row = BLANK | _said(chance) | _went(chance, one, now)
    row |= {"id": one.id, "number": one.number, "created_at": one.at, "version": 1}
    return row, words.row(Ticket(**row), dialect)


def _moments(kind: str, count: int, now: datetime, span: timedelta) -> Iterator[tuple[datetime, str]]:
    chance = random.Random(kind)
    for number in range(count):
        yield now - span * chance.random(), f"{kind} {number}"


def _blank() -> dict[str, Any]:
    """What a column holds where nothing is said."""
    columns = Ticket.__table__.columns
    defaults = {column.key: getattr(column.default, "arg", None) for column in columns}
    return {name: value(None) if callable(value) else value for name, value in defaults.items()}


BLANK = _blank()


def _one(chance: random.Random, weighed: dict[T, int]) -> T:
    return chance.choices(list(weighed), list(weighed.values()))[0]


def _said(chance: random.Random) -> dict[str, Any]:
    """Who called, and what about."""
    (matter1, matter2), (title, content) = chance.choice(list(MATTERS.items()))
    district, road, site = chance.choice(DISTRICTS), chance.choice(ROADS), chance.choice(SITES)
    address = f"{district}{road}{chance.randint(1, 400)}号{site}{chance.randint(1, 40)}幢"
    phone = f"1{chance.choice('35789')}{chance.randrange(10**9):09}"
    return {
        "channel": _one(chance, CHANNELS),
        "called_number": "12345",
        "calling_number": phone,
        "callback_number": phone,
        "citizen_name": chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.randint(1, 2))),
        "sex": chance.choice("男女"),
        "confidential": chance.random() < 0.05,
        "nature": _one(chance, NATURES),
        "matter1": matter1,
        "matter2": matter2,
        "title": f"{site}{title}",
        "content": f"市民反映{district}{road}{site}{title}，已经{chance.randint(2, 30)}天，{content}。",
        "address": address,
        "district": district,
        "urgency": "紧急" if chance.random() < 0.04 else "普通",
        "agent": chance.choice(AGENTS),
    }


def _went(chance: random.Random, one: Planned, now: datetime) -> dict[str, Any]:
    """How far it came."""
    ended = State.ARCHIVED if now - one.at > timedelta(days=15) else State.CLOSED
    state = _one(chance, STATES) if one.open else ended
    lasted = timedelta(minutes=chance.randint(5, 60 * 24 * 6))
    went: dict[str, Any] = {"state": state.value, "updated_at": min(one.at + lasted, now)}
    if state not in UNSENT:
        went |= _sent(chance, one)
    if one.open and state not in (State.ANSWERED, State.PENDED):
        due = now + timedelta(minutes=chance.randint(-2 * 24 * 60, 8 * 24 * 60))
        went |= {"step_due_at": due, "step_amber_at": due - timedelta(days=1)}
    if state == State.ADJUDICATION:
        went |= _called(went["updated_at"], "不满意")
    if not one.open:
        went |= {"closed_at": went["updated_at"]} | _called(
            went["updated_at"], chance.choice(("满意", "基本满意", "满意"))
        )
    return went


def _called(at: datetime, level: str) -> dict[str, Any]:
    """One callback, and what the citizen said."""
    attempt = {"at": journal.plain(at), "day": local_day(at), "actor": "lihua", "outcome": level, "reason": ""}
    return {"callbacks": [attempt], "satisfaction": level, "first_satisfaction": level, "callback_due_at": at}


def _sent(chance: random.Random, one: Planned) -> dict[str, Any]:
    department = chance.choice(DISTRICTS) + chance.choice(BUREAUS)
    return {
        "department": department,
        "first_department": department,
        "basis": "示例目录",
        "dispatched_at": one.at + timedelta(minutes=30),
        "rule_version": "yangzhou-2026",
        "due_at": one.at + timedelta(days=7),
        "reply": "已到现场核实，责令当事人整改，并向诉求人反馈。",
    }


def _rows(plan: Iterator[Planned], dialect: str, cores: int) -> Iterator[list[Made]]:
    """Batches in order, made in other processes a little ahead of their keeping."""
    now = datetime.now(UTC)
    with ProcessPoolExecutor(cores, get_context("spawn")) as pool:
        waiting = deque[Future[list[Made]]]()
        while some := list(islice(plan, BATCH)):
            waiting.append(pool.submit(_batch, some, dialect, now))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _batch(some: Sequence[Planned], dialect: str, now: datetime) -> list[Made]:
    return [written(*given) for given in zip(some, repeat(dialect), repeat(now))]


def _keep(connection: Connection, rows: Sequence[Made], tail: tuple[int, str]) -> tuple[int, str]:
    """Write a batch; the end of the chain."""
    connection.execute(insert(Ticket), [ticket for ticket, _ in rows])
    entries = []
    for ticket, _ in rows:
        entry = _entry(ticket, *tail)
        entries.append(entry)
        tail = entry["id"], entry["hash"]
    connection.execute(insert(JournalEntry), entries)
    connection.execute(words.INSERT[connection.dialect.name], [indexed for _, indexed in rows])
    return tail


def _entry(ticket: dict[str, Any], last: int, previous: str) -> dict[str, Any]:
    entry = {
        "id": last + 1,
        "ticket_id": ticket["id"],
        "seq": 1,
        "ticket_version": 1,
        "at": ticket["updated_at"],
        "actor": ticket["agent"],
        "role": Role.AGENT.value,
        "department": "",
        "source": "",
        "action": Action.CREATE.value,
        "from_state": State.DRAFT.value,
        "to_state": ticket["state"],
        "reason": "",
        "rule_version": ticket["rule_version"],
        "changes": {name: journal.plain(value) for name, value in ticket.items()},
        "details": {},
        "previous_hash": previous,
    }
    return entry | {"hash": journal.digest(entry)}


def _settle(engine: Engine) -> None:
    """What a database that grew over a year has: statistics, and on PostgreSQL the next id and a merged index."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT setval(pg_get_serial_sequence('tickets', 'id'), max(id)) FROM tickets"))
            connection.execute(text("VACUUM ANALYZE"))
