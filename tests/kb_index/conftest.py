"""The shipped base, indexed with the packaged encoder; vectors are kept from run to run."""

from pathlib import Path

import pytest

import kb_index
from copilot.settings import Settings
from kb_index.article import load
from kb_index.build import build
from kb_index.encoder import create


@pytest.fixture(scope="session")
def base():
    """Every shipped article."""
    return load(Path(kb_index.__file__).parent / "data" / "articles")


@pytest.fixture(scope="session")
def index(base):
    """The index that the product builds."""
    return build(base, create(), Settings().cache)
