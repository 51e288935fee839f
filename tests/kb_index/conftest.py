"""The shipped base, indexed with the packaged encoder; vectors are kept from run to run. Weights as a folder."""

import importlib.util
from pathlib import Path

import pytest

import kb_index
from copilot.settings import Settings
from kb_index.article import load
from kb_index.build import build
from kb_index.encoder import create
from kb_index.words import fingerprint


@pytest.fixture(scope="session", autouse=True)
def tables():
    """The tables that terms are made by: seconds once, which are no example's."""
    return fingerprint()


from kb_index.transformers import INSTALL
from tests.kb_index import e5_folder as written


@pytest.fixture(scope="session")
def base():
    """Every shipped article."""
    return load(Path(kb_index.__file__).parent / "data" / "articles")


@pytest.fixture(scope="session")
def index(base):
    """The index that the product builds."""
    return build(base, create(), Settings().cache)


@pytest.fixture(scope="session")
def e5_folder(tmp_path_factory):
    """The packaged weights as a folder of sentence-transformers."""
    if importlib.util.find_spec("sentence_transformers") is None:
        pytest.skip(f"sentence-transformers is missing: {INSTALL}")
    return written.write(tmp_path_factory.mktemp("weights") / "e5")


@pytest.fixture(scope="session")
def folder_encoder(e5_folder):
    """The encoder over it."""
    return create(f"folder:{e5_folder}")
