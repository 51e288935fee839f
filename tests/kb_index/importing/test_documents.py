"""Markdown, Word and web pages: articles by headings, clauses kept, navigation and scripts gone, nothing lost."""

import io

import docx
import pytest
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

GUIDE = """# 露天烧烤管理问答

## 什么地方不能露天烧烤？
居民区、学校、医院周边不能露天烧烤。

## 露天烧烤怎么举报
1. 记下地点和时间
2. 拨打热线

| 区域 | 时段 |
|---|---|
| 东关街 | 全天 |
| 瘦西湖 | 18点以后 |

<script>alert(1)</script>
"""


def test_markdown_makes_an_article_of_each_question(found):
    read = found(GUIDE.encode(), "问答.md")
    assert read.titles == ["什么地方不能露天烧烤？", "露天烧烤怎么举报"]
    assert [article.questions for article in read.articles] == [(title,) for title in read.titles]
    assert (
        read.articles[1].body
        == "1. 记下地点和时间\n2. 拨打热线\n区域：东关街；时段：全天。\n区域：瘦西湖；时段：18点以后。"
    )
    assert {article.source for article in read.articles} == {"问答.md"}


def test_sides_of_one_matter_stay_one_article(found):
    read = found(
        "# 公益林补偿\n## 一、申请条件\n有林权证。\n## 二、办理材料\n身份证。\n## 三、办理流程\n到镇里。".encode(),
        "a.md",
    )
    (article,) = read.articles
    assert article.title == "公益林补偿"
    assert [(part.clause, part.text) for part in article.slices] == [
        ("一、申请条件", "一、申请条件\n有林权证。"),
        ("二、办理材料", "二、办理材料\n身份证。"),
        ("三、办理流程", "三、办理流程\n到镇里。"),
    ]


def test_written_questions_and_answers_are_told_apart(found):
    text = "\n\n".join(
        (
            "医保常见问答",
            "问：生孩子能报销吗？",
            "答：能，带住院材料。",
            "问：外地看病要备案吗？",
            "答：要，手机上就能备案。",
        )
    )
    read = found(text.encode("gb18030"), "问答.txt")
    assert read.titles == ["生孩子能报销吗？", "外地看病要备案吗？"]
    assert [article.body for article in read.articles] == ["能，带住院材料。", "要，手机上就能备案。"]


def test_contradictory_validity_in_a_text_is_said_and_not_kept(found):
    text = "# 示例规定\n第一条 自2028年3月1日起施行。\n\n第二条 有效期至2026年1月1日。"
    read = found(text.encode(), "a.md")
    assert (read.articles[0].valid_from, read.articles[0].valid_to) == (None, None)
    assert "自相矛盾" in read.remarks[0][0]


def test_a_sentence_longer_than_a_slice_is_cut_and_said(found):
    read = found(("# 示例长文\n" + "长" * 2000).encode(), "a.md")
    assert max(len(part.text) for part in read.articles[0].slices) <= 480
    assert "2000 字" in read.remarks[0][0]


def saved(document):
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.fixture
def law():
    """A Word document whose clause numbers Word counts itself."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    numbering.insert(
        0,
        parse_xml(
            f"<w:abstractNum {nsdecls('w')} w:abstractNumId='90'>"
            "<w:lvl w:ilvl='0'><w:numFmt w:val='chineseCounting'/><w:lvlText w:val='第%1条'/></w:lvl>"
            "<w:lvl w:ilvl='1'><w:numFmt w:val='chineseCounting'/><w:lvlText w:val='（%2）'/></w:lvl>"
            "</w:abstractNum>"
        ),
    )
    numbering.append(parse_xml(f"<w:num {nsdecls('w')} w:numId='90'><w:abstractNumId w:val='90'/></w:num>"))

    def add(text, depth):
        paragraph = document.add_paragraph(text)
        properties = paragraph._p.get_or_add_pPr()
        properties.append(
            parse_xml(f"<w:numPr {nsdecls('w')}><w:ilvl w:val='{depth}'/><w:numId w:val='90'/></w:numPr>")
        )

    document.add_heading("扬州市古树名木保护示例办法", 0)
    document.add_heading("第一章 总则", 1)
    add("为了保护古树名木，制定本办法。", 0)
    add("禁止下列行为：", 0)
    add("砍伐；", 1)
    add("挖根；", 1)
    document.add_heading("第二章 养护", 1)
    for _ in range(9):
        add("养护责任人应当定期检查。", 0)
    return document


def test_numbers_that_word_counts_are_read(found, law):
    (article,) = found(saved(law), "办法.docx").articles
    assert article.title == "扬州市古树名木保护示例办法"
    assert [part.clause for part in article.slices] == [
        *(f"第一章 总则 第{n}条" for n in "一二"),
        *(f"第二章 养护 第{n}条" for n in "三四五六七八九十"),
        "第二章 养护 第十一条",
    ]
    assert article.slices[1].text == "第二条 禁止下列行为：\n（一） 砍伐；\n（二） 挖根；"


def test_headings_tables_breaks_and_revisions_of_a_word_document(found):
    document = docx.Document()
    document.add_heading("便民服务点怎么预约？", 1)
    paragraph = document.add_paragraph("先打电话。")
    paragraph.add_run().add_break(WD_BREAK.LINE)
    paragraph.add_run("再去窗口。")
    revised = document.add_paragraph("费用")
    revised._p.append(parse_xml(f"<w:ins {nsdecls('w')} w:id='1' w:author='a'><w:r><w:t>十元</w:t></w:r></w:ins>"))
    revised._p.append(
        parse_xml(f"<w:del {nsdecls('w')} w:id='2' w:author='a'><w:r><w:delText>五元</w:delText></w:r></w:del>")
    )
    document.add_heading("便民服务点在哪里？", 1)
    table = document.add_table(2, 2)
    for cell, text in zip(
        (c for row in table.rows for c in row.cells), ("地点", "电话", "文昌阁", "12345"), strict=True
    ):
        cell.text = text
    read = found(saved(document), "服务点.docx")
    assert [article.body for article in read.articles] == [
        "先打电话。\n再去窗口。\n费用十元",
        "地点：文昌阁；电话：12345。",
    ]
    assert any("修订" in note for note in read.notes)


def test_a_question_list_in_a_word_table_is_one(found):
    document = docx.Document()
    document.add_paragraph("热点问答")
    rows = (("问题", "答案", "部门"), ("路灯坏了找谁？", "找路灯管理所。", "扬州市城市管理局"), ("空", "", ""))
    table = document.add_table(3, 3)
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    read = found(saved(document), "问答.docx")
    assert [(one.title, one.body, one.issuer) for one in read.articles] == [
        ("路灯坏了找谁？", "找路灯管理所。", "扬州市城市管理局")
    ]
    assert len(read.refused) == 1


PAGE = """<!doctype html><html><head><meta charset="gb2312"><title>犬只绝育补贴_扬州市示例局</title>
<script>var a = "不要";</script><style>.x{}</style></head><body>
<nav>首页 &gt; 政策</nav><div class="breadcrumb">位置</div><div style="display: none">看不见</div>
<!-- 注释 --><div class="content"><h1>犬只绝育补贴</h1>
<h2>谁可以申请绝育补贴？</h2><p>在本市登记的
犬只，<b>主人</b>可以申请。<br>一户最多两只。</p>
<h2>绝育补贴有多少？</h2><ul><li>公犬 100元</li><li>母犬 200元</li></ul>
<table><tr><th>类别</th><th>金额</th></tr><tr><td><p>流浪犬</p></td><td>300元</td></tr></table>
</div><div class="share">分享到微信</div><footer>版权所有</footer></body></html>"""


def test_a_web_page_gives_its_text_alone(found):
    read = found(PAGE.encode("gb2312"), "page.html")
    assert read.titles == ["谁可以申请绝育补贴？", "绝育补贴有多少？"]
    assert [article.body for article in read.articles] == [
        "在本市登记的犬只，主人可以申请。\n一户最多两只。",
        "公犬 100元\n母犬 200元\n类别：流浪犬；金额：300元。",
    ]


def test_a_page_without_headings_is_called_by_its_window(found):
    text = (
        "<html><head><title>社区食堂 - 示例网</title></head><body><div>六十岁以上老人就餐打八折。</div></body></html>"
    )
    (article,) = found(text.encode(), "a.html").articles
    assert (article.title, article.body) == ("社区食堂", "六十岁以上老人就餐打八折。")


def test_what_a_file_is_is_told_by_its_content(found):
    read = found(PAGE.encode("gb2312"), "其实是网页.docx")
    assert len(read.articles) == 2
    assert "内容是网页" in read.notes[0]
