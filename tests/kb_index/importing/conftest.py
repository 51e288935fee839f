"""Files made by the programs that people make them with, and what the readers find in them."""

import shutil
import subprocess
from functools import cache

import pytest

from kb_index.importing.base import Note, Proposal, Refusal, Source
from kb_index.importing.reading import read

CHROMIUM = shutil.which("chromium")
STYLE = "<meta charset=utf-8><style>body{font:16px 'Noto Sans CJK SC'} @page{size:A4;margin:20mm}</style>"


class Found:
    """What was read out of a file, by kind."""

    def __init__(self, found):
        self.articles = [one.article for one in found if isinstance(one, Proposal)]
        self.where = [one.where for one in found if isinstance(one, Proposal)]
        self.remarks = [one.notes for one in found if isinstance(one, Proposal)]
        self.refused = {one.where: one.why for one in found if isinstance(one, Refusal)}
        self.notes = [one.text for one in found if isinstance(one, Note)]

    @property
    def titles(self):
        return [article.title for article in self.articles]


@pytest.fixture
def found(tmp_path):
    """Reads bytes or a file under a name."""

    def reading(content, name):
        path = tmp_path / "upload"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path = content
        return Found(list(read(Source(path, name))))

    return reading


@pytest.fixture(scope="session")
def printed(tmp_path_factory):
    """Prints a page as PDF, once, as a browser does; with the browser's own running head and foot where wanted."""
    if CHROMIUM is None:
        pytest.skip("chromium is missing: apt-get install chromium")
    folder = tmp_path_factory.mktemp("printed")
    count = iter(range(100))

    @cache
    def to_pdf(body, heads=False):
        page, pdf = folder / f"{(n := next(count))}.html", folder / f"{n}.pdf"
        page.write_text(f"<!doctype html><title>示例文件</title>{STYLE}{body}", "utf8")
        flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
        plain = [] if heads else ["--no-pdf-header-footer"]
        subprocess.run([CHROMIUM, *flags, *plain, f"--print-to-pdf={pdf}", page], check=True, capture_output=True)
        return pdf

    return to_pdf
