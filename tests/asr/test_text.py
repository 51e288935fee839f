"""Plain rules of text."""

from asr import text


def test_characters_and_punctuation_have_one_form():
    assert text.simplify(" 我們小區, 沒有 水?") == "我们小区，没有水？"
    assert text.simplify("WiFi on 手机") == "WiFi on手机"


def test_a_decoder_in_a_loop_is_found_and_cut():
    assert text.looped("谢谢谢谢谢谢谢谢")
    assert text.unloop("请问请问请问请问有人吗") == "请问有人吗"
    assert not text.looped("您好请问有什么可以帮您")
    assert not text.looped("我的电话13888888888")


def test_names_are_read_without_the_headings(tmp_path):
    (tmp_path / "names.txt").write_text("# 区县\n邗江区 广陵区\n\n# 道路\n文昌中路\n", "utf8")
    assert text.names(tmp_path / "names.txt") == ("邗江区", "广陵区", "文昌中路")
