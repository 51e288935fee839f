"""The shipped base, indexed with the packaged encoder. Weights as a folder."""

import importlib.util
import shutil
from pathlib import Path

import numpy as np
import pytest

import kb_index
from eval.ablation import Remembering
from kb_index.article import load
from kb_index.encoders.base import NoEncoder
from kb_index.encoders.registry import create
from kb_index.encoders.transformers import INSTALL
from kb_index.search.build import build
from kb_index.search.words import fingerprint
from tests.kb_index import e5_folder as written


@pytest.fixture(scope="session")
def base():
    """Every shipped article."""
    return load(Path(kb_index.__file__).parent / "data" / "articles")


@pytest.fixture(scope="session")
def index(base, kept, tmp_path_factory):
    """The index that the product builds."""
    folder = tmp_path_factory.mktemp("base")
    shutil.copytree(kept, folder / "index", ignore=shutil.ignore_patterns("lock"))
    return build(base, Remembering(create()), folder)


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


class Counting(NoEncoder):
    """Vectors of a text's first characters; counts the passages that it is given."""

    size, longest = 8, 1000

    def __init__(self, name="counting"):
        super().__init__()
        self.name, self.seen = name, []

    def encode(self, texts, query=False):
        """See Encoder."""
        self.seen += [] if query else texts
        rows = np.array([[ord(letter) % 97 + 1 for letter in text[:8].ljust(8)] for text in texts], np.float32)
        return rows.reshape(len(texts), 8) / np.linalg.norm(rows.reshape(len(texts), 8), axis=1, keepdims=True)


@pytest.fixture(scope="session")
def counting():
    """An encoder that is quick and counts; a class."""
    return Counting


@pytest.fixture(scope="session", autouse=True)
def tables():
    """The tables that terms are made by: seconds once, which are no example's."""
    return fingerprint()
