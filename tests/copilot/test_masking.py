"""What annotators must not see, and what must stay readable."""

import pytest

from copilot.masking import mask, personal


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("我叫王建国，电话13852706021", "我叫王**，电话138****6021"),
        ("电话138 5270 6021", "电话138****6021"),
        ("电话138-5270-6021", "电话138****6021"),
        ("电话１３８５２７０６０２１", "电话**"),
        ("我姓李，叫李明", "我姓李，叫李*"),
        ("住文昌西路88号3栋502室", "住文昌西路**号**栋**室"),
        ("住东关街十二号", "住东关街**号"),
        ("身份证321001199001011234", "身份证321***********1234"),
        ("车牌苏K12345停在门口", "车牌苏K**停在门口"),
        ("号码是幺三八五二七零六零二幺", "号码是**"),
        ("卡号6222021234567890123", "卡号**"),
        ("请找张建国先生", "请找张**先生"),
        ("写信到zhang@example.com", "写信到z***@example.com"),
    ],
)
def test_who_and_where_exactly_is_masked(told, shown):
    assert mask(told) == shown
    assert personal(told)
    assert mask(shown) == shown


@pytest.mark.parametrize(
    "told",
    [
        "地铁2号线5月10号开工",
        "三室一厅的房子能不能提取公积金",
        "我要投诉文昌西路旁边的工地半夜施工",
        "打了3次12345都没有人来",
        "我是李女士",
        "2026年的补贴什么时候发",
    ],
)
def test_what_tells_of_nobody_stays(told):
    assert mask(told) == told


def test_a_known_name_is_masked_wherever_it_stands():
    assert mask("欧阳文华家的水管坏了", ["欧阳文华"]) == "欧***家的水管坏了"
    assert personal("文华在吗", ["文华"])


def test_a_piece_of_a_number_is_personal_though_nothing_can_be_masked():
    assert mask("后面是86021") == "后面是86021"
    assert personal("后面是86021")
    assert not [told for told in ("您好，扬州12345", "打12319没有人接", "罚了50000元") if personal(told)]
