"""A call that is over is looked through: cards, what was said of them, questions that found nothing."""

import asyncio
from datetime import timedelta

from sqlalchemy import select

from copilot.tables import CardDecision
from copilot.usage import after_call
from copilot.usage.tables import Asked, CallUse, Said
from tests.copilot.usage.conftest import AT, HEARD

CAMP = "我叫王小明，公园里面能不能搭帐篷露营，我的电话是13852706021"


def look(database, call):
    asyncio.run(after_call.look_through(database, call, AT))


def kept(database, table):
    return database.read_now(lambda session: session.scalars(select(table).order_by(table.at)).all())


def test_what_was_said_of_a_card_is_kept_with_utterance_and_quote(database, article, over):
    name = article(database)
    over(database, "c1", [("agent", "您好"), ("citizen", "公积金几天到"), ("agent", f"嗯{HEARD}您放心")], [name])
    look(database, "c1")
    (said,) = kept(database, Said)
    assert (said.article, said.version, said.slice, said.place) == (name, 1, 1, 0)
    assert (said.utterance, said.quote, said.at) == ("a3", HEARD, AT)
    use = database.read_now(lambda session: session.get_one(CallUse, "c1"))
    assert (use.cards, use.heard, use.began_at) == (1, 2, AT)
    assert kept(database, Asked) == []


def test_looking_twice_keeps_it_once(base, article, over):
    name = article(base)
    over(base, "c1", [("agent", HEARD)], [name])
    for _ in range(2):
        look(base, "c1")
    assert len(kept(base, Said)) == 1


def test_a_call_without_a_card_asked_in_vain_and_its_citizen_is_not_named(database, over):
    over(database, "c1", [("agent", "您好请问有什么可以帮您"), ("citizen", CAMP)])
    look(database, "c1")
    (asked,) = kept(database, Asked)
    assert (asked.source, asked.call, asked.user, asked.at) == ("call", "c1", "wangli", AT)
    assert "搭帐篷露营" in asked.text
    assert "王小明" not in asked.text
    assert "138" not in asked.text


def test_a_call_that_asked_nothing_leaves_no_question(base, over):
    over(base, "c1", [("citizen", "喂你好"), ("citizen", "好的谢谢再见")])
    look(base, "c1")
    assert kept(base, Asked) == []


def test_catching_up_finds_what_was_missed_and_what_was_decided_later(base, article, over, run):
    name = article(base)
    over(base, "c1", [("agent", HEARD)])
    over(base, "c2", [("agent", "您好")], at=AT + timedelta(hours=1))
    later = AT + timedelta(hours=2)
    assert asyncio.run(after_call.catch_up(base, later)) == 2
    assert asyncio.run(after_call.catch_up(base, later)) == 0
    assert kept(base, Said) == []
    taken = CardDecision(
        call="c1", article=name, version=1, decision="taken", reason="", agent="wangli", at=later + timedelta(hours=1)
    )
    run(base, lambda session: session.add(taken))
    assert asyncio.run(after_call.catch_up(base, later + timedelta(hours=2), AT - timedelta(days=1))) == 1
    assert [one.call for one in kept(base, Said)] == ["c1"]


def test_only_what_of_a_refused_card_was_said_counts_and_nothing_of_a_version_that_is_not_there(base, article, over):
    name = article(base)
    over(base, "c1", [("agent", "我帮您转公积金中心处理")], [name, "ZS-9999"], [(name, "refused", "不相关")])
    look(base, "c1")
    assert kept(base, Said) == []
