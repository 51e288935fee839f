"""Web pages, by beautifulsoup4 and lxml: the text without scripts, navigation and what is hidden."""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Comment, Tag
from bs4.element import NavigableString

from kb_index.importing import propose
from kb_index.importing.base import Block, Found, Grid, Source
from kb_index.importing.text import clean, decode

CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
DROPPED = "script style template noscript iframe object embed svg form button select nav header footer aside head"
HIDDEN = "[hidden], [aria-hidden=true], [role=navigation], [role=banner], [role=contentinfo], [role=search]"
AROUND = re.compile(
    r"(?:^|[-_])(?:nav|navbar|menu|breadcrumbs?|crumbs?|sidebar|footer|share|toolbar|copyright|pagination|pager)(?:$|[-_])",
    re.IGNORECASE,
)
UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
MAIN = ("article", "main", "[role=main]", "#content", ".content", "body")
BLOCKS = "p div li tr h1 h2 h3 h4 h5 h6 section article dt dd pre blockquote table ul ol caption figcaption".split()
MARK = "\ue000"  # begins a line that is a heading or a row of a table: its sign follows
CELL = "\ue001"
ENOUGH = 0.5  # of the page's text, how much its main part must have


def read(source: Source) -> Iterator[Found]:
    """Articles by headings."""
    data = source.path.read_bytes()
    claimed = CHARSET.search(data[:4096])
    text = decode(data, claimed[1].decode() if claimed else "")
    source.progress(0, 1)
    soup = BeautifulSoup(re.sub(f"[{MARK}{CELL}]", "", text), "lxml")
    title = _title(soup)
    yield from propose.articles(title, _blocks(_main(_cleared(soup))), source)
    source.progress(1, 1)


def _title(soup: BeautifulSoup) -> str:
    """The only first-level heading, else the window's title without the site's name."""
    heads = soup.find_all("h1")
    if len(heads) == 1 and (text := clean(heads[0].get_text())):
        return text
    whole = clean(soup.title.get_text()) if soup.title else ""
    return re.split(r"\s*[-_|–—]+\s*", whole)[0]


def _cleared(soup: BeautifulSoup) -> BeautifulSoup:
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    around = soup.find_all(lambda tag: tag.name not in ("html", "body") and _is_around(tag))
    for tag in (*soup.find_all(DROPPED.split()), *soup.select(HIDDEN), *around):
        if not tag.decomposed and not _titles(tag):
            tag.decompose()
    return soup


def _titles(tag: Tag) -> bool:
    """Whether it is the header of the text itself."""
    return tag.name == "header" and tag.find("h1") is not None and tag.find_parent("article") is not None


def _is_around(tag: Tag) -> bool:
    if not tag.attrs:
        return False
    names = " ".join([str(tag.get("id") or ""), *map(str, tag.get_attribute_list("class"))])
    return any(AROUND.search(name) for name in names.split()) or bool(UNSEEN.search(str(tag.get("style") or "")))


def _main(soup: BeautifulSoup) -> Tag:
    """The part that holds most of the text, the innermost that a page marks as such."""
    whole = len(soup.get_text(strip=True))
    for place in MAIN:
        found = soup.select(place)
        if len(found) == 1 and len(found[0].get_text(strip=True)) >= ENOUGH * whole:
            return found[0]
    return soup


def _blocks(root: Tag) -> Iterator[Block | Grid]:
    for text in list(root.find_all(string=True)):
        if text.find_parent("pre") is None:
            text.replace_with(NavigableString(_unwrapped(text)))
    for line in root.find_all("br"):
        line.replace_with("\n")
    for tag in root.find_all(("td", "th")):
        tag.insert_before(CELL)
    for tag in root.find_all(BLOCKS):
        within = tag.find_parent(("td", "th")) is not None  # what is in a cell stays in its row
        tag.insert_before(" " if within else "\n")
        tag.insert_after(" " if within else "\n")
        if not within and (tag.name[0] == "h" or tag.name == "tr"):
            tag.insert(0, f"{MARK}{tag.name}{MARK}")
    yield from _lines(root.get_text())


def _lines(text: str) -> Iterator[Block | Grid]:
    rows: list[tuple[str, ...]] = []
    for line in text.split("\n"):
        sign, _, told = line.partition(MARK)[2].partition(MARK) if MARK in line else ("", "", line)
        if sign == "tr":
            rows.append(tuple(map(clean, told.split(CELL)[1:])))
            continue
        if rows and clean(told):
            yield Grid(tuple(rows))
            rows = []
        yield Block(clean(told.replace(CELL, " ")), int(sign[1]) if sign else 0)
    if rows:
        yield Grid(tuple(rows))


def _unwrapped(text: str) -> str:
    """A line's breaks in the source mean a blank, and between Chinese characters nothing."""
    return re.sub(r"\s*\n\s*", lambda found: "" if _between(text, found) else " ", text)


def _between(text: str, found: re.Match[str]) -> bool:
    before, after = text[: found.start()][-1:], text[found.end() :][:1]
    return before > "\u2e7f" and after > "\u2e7f"
