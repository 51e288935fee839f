"""Numerals as a form needs them."""

import pytest

from asr.marked import Marked
from asr.numerals import every, form, strings


def figures(text):
    marked = Marked(text).rewrite(strings(text))
    return marked.rewrite(form(marked.text)).text


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("十二号楼二单元五零三室", "12号楼2单元503室"),
        ("八百六十块钱", "860块钱"),
        ("三千五百元", "3500元"),
        ("两千三百多块钱", "2300多块钱"),
        ("一共八百六", "一共860"),
        ("一亿三千万元", "130000000元"),
        ("十五万元", "15万元"),
        ("百分之三十", "30%"),
        ("二零二六年三月五号", "2026年3月5号"),
        ("电话是幺三八五二七零六零二一", "电话是13852706021"),
        ("电话妖三八五二七零六零二要", "电话13852706021"),
        ("座机八七八六三二一五", "座机87863215"),
        ("138 5270 6021", "13852706021"),
        ("一二三四五热线", "12345热线"),
        ("打幺二零", "打120"),
    ],
)
def test_what_a_form_needs_is_in_figures(spoken, written):
    assert figures(spoken) == written


@pytest.mark.parametrize(
    "words",
    [
        "一五一十",
        "三三两两",
        "千家万户",
        "万一停水",
        "一个人等一会儿",
        "三天两头",
        "我要投诉",
        "二三十公斤",
        "1、2、3",
        "百年老店",
    ],
)
def test_other_words_stay(words):
    assert figures(words) == words


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("设定二十九度", "设定29度"),
        ("百分之五十七", "57%"),
        ("一点二万余元", "1.2万余元"),
        ("十一点三十分", "11点30分"),
    ],
)
def test_two_ways_to_write_a_numeral_compare_equal(mine, theirs):
    assert every(mine) == every(theirs)
