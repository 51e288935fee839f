"""Routing, the emergency watch and the fields, on sentences as citizens say them."""

from pathlib import Path

import pytest

import classifier
from classifier.catalogue import load
from classifier.fields import Turn, extract
from classifier.router import Router
from classifier.watch import Watch


@pytest.fixture(scope="module")
def router():
    return Router.train(load(Path(classifier.__file__).parent / "data" / "catalogue.csv"))


@pytest.mark.parametrize(
    ("text", "department"),
    [
        ("我住在邗江区，楼下工地半夜还在施工，吵得睡不着", "邗江区城市管理局"),
        ("买了商品房，公积金怎么提取", "扬州市住房公积金管理中心"),
        ("我父亲要去上海住院，异地就医怎么备案", "扬州市医疗保障局"),
        ("小区消防通道被私家车占了", "扬州市消防救援支队"),
        ("在江都区一家服装店买的衣服质量有问题不肯退款", "江都区市场监督管理局"),
        ("家里停水了一点水都没有", "扬州市住房和城乡建设局"),
        ("老板拖欠工资三个月了", "扬州市人力资源和社会保障局"),
    ],
)
def test_routes(router, text, department):
    assert router.route(text).departments[0].name == department


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("楼道里有很重的煤气味", "燃气泄漏"),
        ("隔壁着火了快来", "火灾"),
        ("有人掉河里了", "溺水"),
        ("电梯里有人被困", "人员被困"),
    ],
)
def test_danger_alarms(text, kind):
    assert Watch().check(text).kind == kind


@pytest.mark.parametrize(
    "text", ["没有漏气", "没有闻到煤气味", "万一着火了怎么办", "不是着火", "消防通道被占用", "想咨询燃气开通"]
)
def test_no_danger_no_alarm(text):
    assert Watch().check(text) is None


def test_fields_are_verbatim_and_doubt_is_kept():
    turns = [
        Turn("c1", "citizen", "你好，我住在邗江区文昌西路京华城，昨天晚上十一点工地还在施工"),
        Turn("c2", "citizen", "我姓李，电话13852706021", ((6, 17),)),
    ]
    fields = extract(turns)
    said = {turn.id: turn.text for turn in turns}
    assert all(found.quote in said[found.utterance] for found in fields.values())
    assert fields["citizen_name"].value == "李"
    assert (fields["callback_number"].value, fields["callback_number"].doubtful) == ("13852706021", True)
    assert fields["district"].value == "邗江区"
    assert extract([Turn("c1", "citizen", "喂你好")]) == {}
