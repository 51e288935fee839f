"""The nature of a request: what the caller declares, else what his wording makes likely."""

from pathlib import Path

import pytest

import classifier
from classifier.catalogue import load
from classifier.router import Router


@pytest.fixture(scope="module")
def router():
    return Router.train(load(Path(classifier.__file__).parent / "data" / "catalogue.csv"))


@pytest.mark.parametrize(
    ("text", "nature"),
    [
        ("我要举报，邻居在楼顶盖房子", "举报"),
        ("我想咨询一下，公积金怎么取", "咨询"),
        ("我要投诉这家店，买的衣服不肯退", "投诉"),
        ("提个意见，公园里能不能多装几张椅子", "建议"),
        ("给社区医院的护士点个赞", "表扬"),
        ("身份证到期了要带什么材料去换", "咨询"),
        ("路边的树倒了压住车子，快来人处理一下", "求助"),
        ("饭店炒菜的油烟天天往我家灌，老板根本不理", "投诉"),
        ("有人偷偷往河里排黑水，肯定是厂里干的", "举报"),
    ],
)
def test_nature(router, text, nature):
    assert router.route(text).nature == nature


@pytest.mark.parametrize("text", ["我上次要投诉过的那个路灯还是不亮", "我不是要投诉，就是路灯不亮了请来修"])
def test_a_word_denied_or_past_declares_nothing(router, text):
    assert router.route(text).nature == "求助"


def test_a_declaration_is_surer_than_a_guess(router):
    declared = router.route("我要举报有人把垃圾倒在河边")
    guessed = router.route("有人把垃圾倒在河边")
    assert declared.confidence["nature"] > guessed.confidence["nature"] > 0
