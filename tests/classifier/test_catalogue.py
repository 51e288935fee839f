"""The catalogue's files: what they hold, which department a district has, and how a broken file is refused."""

import shutil
from pathlib import Path

import pytest

import classifier
from classifier.catalogue import CatalogueError, district_of, load

DATA = Path(classifier.__file__).parent / "data"


@pytest.fixture(scope="module")
def catalogue():
    return load(DATA / "catalogue.csv")


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def line(catalogue, name):
    return next(line for line in catalogue.lines if line.matter2 == name)


def test_holds_a_citys_matters(catalogue):
    assert len(catalogue.lines) >= 180
    assert len(catalogue.departments) >= 60
    assert all(6 <= len(line.keywords) <= 16 for line in catalogue.lines)
    assert all(line.basis.startswith(("《", "示例目录：")) for line in catalogue.lines)


def test_every_matter_has_examples(catalogue):
    told = {example.matter for example in catalogue.examples}
    assert told == {(line.matter1, line.matter2) for line in catalogue.lines}


def test_what_is_set_aside_is_never_learnt(catalogue):
    texts = {example.text for example in catalogue.examples}
    assert not texts & {example.text for example in catalogue.set_aside}


@pytest.mark.parametrize(
    ("matter", "district", "department"),
    [
        ("夜间施工噪声", "", "扬州市城市管理局"),
        ("夜间施工噪声", "邗江区", "邗江区城市管理局"),
        ("夜间施工噪声", "经济技术开发区", "扬州经济技术开发区管理委员会"),
        ("供水停水", "邗江区", "扬州市住房和城乡建设局"),
        ("供水停水", "高邮市", "高邮市住房和城乡建设局"),
        ("户籍办理", "宝应县", "宝应县公安局"),
        ("户籍办理", "江都区", "扬州市公安局"),
        ("公积金提取", "仪征市", "扬州市住房公积金管理中心"),
    ],
)
def test_the_department_of_a_district(catalogue, matter, district, department):
    assert catalogue.department(line(catalogue, matter), district) == department


def test_every_line_has_a_department_everywhere(catalogue):
    for one in catalogue.lines:
        for district in ("", *catalogue.districts()):
            assert catalogue.department(one, district) in catalogue.departments


def test_knows_where_the_district_decides(catalogue):
    assert catalogue.depends_on_district(line(catalogue, "占道经营"))
    assert not catalogue.depends_on_district(line(catalogue, "公积金贷款"))


@pytest.mark.parametrize(
    ("text", "district", "quote"),
    [
        ("我在汊河街道，扬子江南路边上", "邗江区", "汊河街道"),
        ("仙女镇这边", "江都区", "仙女镇"),
        ("龙川广场的一家店", "江都区", "龙川广场"),
        ("我是仪征真州镇的", "仪征市", "仪征"),
        ("我家在江都路上", "广陵区", "江都路"),
        ("不是邗江区，是广陵区", "广陵区", "广陵"),
        ("汗江区的双墩路", "邗江区", "汗江区"),
        ("将都区那边", "江都区", "将都区"),
        ("高邮开发区的厂", "高邮市", "高邮开发区"),
        ("住在生态科技新城", "生态科技新城", "生态科技新城"),
        ("一整天都没有水", "", ""),
        ("来到市区", "", ""),
    ],
)
def test_places_tell_the_district(catalogue, text, district, quote):
    found = catalogue.places.find(text)
    assert (found.district, found.quote) == (district, quote)


def test_a_district_named_beats_a_place_in_another(catalogue):
    assert catalogue.places.find("我在广陵区上班，住京华城").district == "广陵区"
    assert district_of("先说邗江，后说江都") == "江都区"


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("catalogue.csv", "matter1,matter2,department", "matter1,matter2,office", "第 3 行：缺少 department"),
        (
            "catalogue.csv",
            "油烟扰民,{district}城市管理局",
            "油烟扰民,{district}油烟局",
            "扬州市油烟局”不在 departments.csv",
        ),
        (
            "catalogue.csv",
            "城市管理,占道经营",
            "城市管理,夜间施工噪声",
            "第 5 行：事项“城市管理/夜间施工噪声”与前面重复",
        ),
        ("catalogue.csv", "城市管理,占道经营,", "城市管理,,", "第 5 行：事项（两级）和依据都要填"),
        ("catalogue.csv", ",夜间施工 ", ",夜间,施工 ", "第 4 行：有 6 列，应为 5 列"),
        ("catalogue.csv", "城市管理,占道经营", '城市管理,"占道"经营', "第 5 行：引号或分隔符不成对"),
        ("departments.csv", "扬州市民政局,市级,", "扬州市教育局,市级,", "“扬州市教育局”为空或与前面重复"),
        ("localities.csv", "仙女镇,江都区", "仙女镇,长江区", "区县“长江区”没有承办单位"),
        ("localities.csv", "真州镇,仪征市", "仙女镇,仪征市", "地名“仙女镇”太短，或前面已归到别的区县"),
        ("examples.tsv", "投诉\t城市管理\t夜间施工噪声", "抱怨\t城市管理\t夜间施工噪声", "性质“抱怨”应为"),
        ("calibration.tsv", "城市管理\t夜间施工噪声", "城市管理\t白天施工", "事项“城市管理/白天施工”不在派单目录里"),
    ],
)
def test_a_broken_file_is_refused_with_file_and_line(folder, name, old, new, says):
    path = folder / name
    text = path.read_text("utf8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf8")
    with pytest.raises(CatalogueError, match="^" + name) as refused:
        load(folder / "catalogue.csv")
    assert says in str(refused.value)


def test_another_encoding_is_refused_with_the_line(folder):
    path = folder / "departments.csv"
    path.write_bytes(path.read_text("utf8").replace("扬州市", "Yangzhou").encode("gbk"))
    with pytest.raises(CatalogueError, match=r"departments.csv 第 1 行：不是 UTF-8"):
        load(folder / "catalogue.csv")


def test_a_spreadsheets_byte_order_mark_is_taken(folder, catalogue):
    path = folder / "catalogue.csv"
    path.write_text(path.read_text("utf8"), "utf-8-sig")
    assert load(path).lines == catalogue.lines


def test_a_missing_or_empty_file_is_refused(folder, tmp_path):
    with pytest.raises(CatalogueError, match=r"nowhere.csv 读不出来"):
        load(folder / "nowhere.csv")
    (folder / "catalogue.csv").write_text("matter1,matter2,department,basis,keywords\n", "utf8")
    with pytest.raises(CatalogueError, match="没有一条事项"):
        load(folder / "catalogue.csv")


def test_places_and_examples_may_be_missing(folder):
    for name in ("localities.csv", "examples.tsv", "calibration.tsv"):
        (folder / name).unlink()
    catalogue = load(folder / "catalogue.csv")
    assert catalogue.examples == catalogue.set_aside == ()
    assert catalogue.places.find("我在邗江区").district == "邗江区"
