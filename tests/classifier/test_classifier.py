"""Routing, on sentences as citizens say them."""

from pathlib import Path

import pytest

import classifier
from classifier.catalogue import load
from classifier.router import Router


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
