"""The documents tell the truth about the code."""

import re
from pathlib import Path

import pytest

from copilot.documents import DOCS, DOCUMENTS

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_drawn_documents_are_fresh(name):
    assert (DOCS / name).read_text("utf8") == DOCUMENTS[name](), "run `make docs`"


@pytest.mark.parametrize("name", [*READMES, "CONTRIBUTING.md"])
def test_every_link_leads_somewhere(name):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / name).read_text("utf8"))
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("name", READMES)
def test_every_make_target_named_exists(name):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf8"), re.M))
    assert set(re.findall(r"`?make ([a-z]+)", (ROOT / name).read_text("utf8"))) <= targets


def test_every_decision_has_its_parts_and_fits_a_page():
    for page in sorted((DOCS / "adr").glob("*.md")):
        text = page.read_text("utf8")
        assert all(f"{part}:" in text for part in ("Context", "Decision", "Consequences", "Alternatives")), page.name
        assert len(text.splitlines()) <= 60, page.name
