"""Names and homophones, put right by sound."""

import pytest

from asr.base import Lexicon, Mark
from asr.finish import Finisher
from asr.hypothesis import Hypothesis
from asr.pinyin import NEAR, OTHER, PAIR, cost, sounds

NAMES = ("邗江区", "扬子江中路", "政务服务便民热线", "东关街", "东关街道", "公积金中心")
SENTENCES = ("夜间施工噪声扰民", "工地夜间施工吵得睡不着", "我要投诉夜间施工", "油烟扰民怎么投诉", "饭店油烟太大")


@pytest.fixture(scope="module")
def finisher():
    return Finisher(Lexicon(NAMES, SENTENCES))


def unsure(text, score=-5.0):
    return Hypothesis(text, score, (0.4,) * len(text))


@pytest.mark.parametrize(
    ("heard", "meant", "price"),
    [
        ("韩", "邗", 0),
        ("章", "张", 0),
        ("散", "上", 2 * PAIR),
        ("林", "宁", 2 * PAIR),
        ("白", "拍", NEAR),
        ("龙", "西", OTHER),
    ],
)
def test_what_sounds_alike_costs_little(heard, meant, price):
    assert cost(sounds(heard)[0], sounds(meant)[0]) == price


def test_names_are_put_right_and_marked_whole(finisher):
    text, raw, marks = finisher.final(["我住在韩江区养子江中路"])
    assert text == "我住在邗江区扬子江中路"
    assert raw == "我住在韩江区养子江中路"
    assert marks == (Mark(3, 6, "repaired", "韩江区"), Mark(6, 11, "repaired", "养子江中路"))


def test_a_service_name_is_found_behind_eight_wrong_characters(finisher):
    assert finisher.final(["打周五服务变名热线"])[0] == "打政务服务便民热线"


def test_a_name_that_stands_is_not_stretched_over_other_words(finisher):
    assert finisher.final(["在东关街买了东西"])[0] == "在东关街买了东西"


def test_homophones_are_put_right_only_where_the_engine_was_unsure(finisher):
    heard = "我要投诉夜间湿工"
    assert finisher.final([unsure(heard)])[0] == "我要投诉夜间施工"
    assert finisher.final([Hypothesis(heard, -5.0, (0.999,) * len(heard))])[0] == heard


def test_the_likelier_sentence_is_chosen_and_what_was_heard_is_kept(finisher):
    text, raw, marks = finisher.final([unsure("饭店有烟太大", -5.0), Hypothesis("饭店油烟太大", -5.3)])
    assert (text, raw) == ("饭店油烟太大", "饭店有烟太大")
    assert [(text[m.start : m.end], m.before) for m in marks] == [("油", "有")]


@pytest.mark.parametrize("foreign", ["三星计划在新工厂生产内存芯片", "我住在和平里小区", "周杰伦的官方微博晒出了近照"])
def test_what_the_model_knows_nothing_of_is_left_alone(finisher, foreign):
    assert finisher.final([unsure(foreign)])[0] == foreign


def test_figures_and_repairs_keep_their_places(finisher):
    text, _, marks = finisher.final(["韩江区十二号楼五零三室电话一三八五二七零六零二一"])
    assert text == "邗江区12号楼503室电话13852706021"
    assert [(text[m.start : m.end], m.kind) for m in marks] == [("邗江区", "repaired"), ("13852706021", "doubtful")]


def test_traditional_characters_are_no_repair(finisher):
    assert finisher.final(["電話打不通 請處理"]) == ("电话打不通请处理", "电话打不通请处理", ())


def test_seven_behind_a_small_place_is_a_district_before_it_is_a_house_number(finisher):
    assert finisher.final(["韩江七小七五号楼"])[0] == "邗江区小区5号楼"


def test_a_name_takes_the_place_of_no_two_unlike_words():
    told = Finisher(Lexicon(("住房公积金热线",), SENTENCES))
    assert told.final(["住房公积金怎么提取"])[0] == "住房公积金怎么提取"
