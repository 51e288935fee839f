"""Any folder of sentence-transformers weights as encoder: bge, gte, e5 … of a site's own disk."""

import hashlib
import importlib.util
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kb_index.article import KnowledgeError
from kb_index.encoders.base import FOLDER, Vectors, ends, unit

INSTALL = ".venv/bin/pip install -e '.[transformers]'"
EDGE = 1 << 20  # bytes of each file's beginning and end that tell one set of weights from another
ASSUMED = 512  # tokens, where the folder does not say
PROMPTS = {True: ("query",), False: ("document", "passage", "corpus")}  # what folders call them


class FolderEncoder:
    """One at a time; prompts before questions and passages are those that the folder's own configuration names.

    Raises KnowledgeError where the folder or the optional libraries are missing, or the folder cannot be read.
    """

    notice = ""

    def __init__(self, folder: Path) -> None:
        require(folder)
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(str(folder), local_files_only=True)
        except Exception as error:  # the readers of weights raise families of their own
            raise KnowledgeError(f"{folder} 里的模型读不出来：{error}") from error
        self.name = f"{FOLDER}{folder}@{fingerprint(folder)}"
        self.size = int(self._model.get_embedding_dimension() or 0)
        self._prompts = {query: self._prompt(names) for query, names in PROMPTS.items()}
        self.longest = self._room()
        self._one = threading.Lock()

    def encode(self, texts: Sequence[str], query: bool = False) -> Vectors:
        """See Encoder."""
        if not texts:
            return np.zeros((0, self.size), np.float32)
        kept = [ends(text, self.longest) for text in texts]
        try:
            with self._one:
                return unit(self._model.encode(kept, prompt=self._prompts[query], show_progress_bar=False))
        except (RuntimeError, ValueError, IndexError) as error:
            raise KnowledgeError(f"语义编码器出错：{error}") from error

    def _prompt(self, names: Sequence[str]) -> str:
        """The first that the folder gives words for; the library itself would stop at an empty one."""
        given = self._model.prompts or {}
        return next((str(given[name]) for name in names if given.get(name)), "")

    def _room(self) -> int:
        """Characters: a Chinese one is a token at most, and prompt and marks take theirs."""
        tokens = int(self._model.max_seq_length or ASSUMED)
        return max(2, tokens - 4 - max(map(len, self._prompts.values())))


def require(folder: Path) -> None:
    """Raises KnowledgeError where the folder or the libraries are missing, naming what to do."""
    if not folder.is_dir():
        raise KnowledgeError(f"没有文件夹 {folder}；请填 sentence-transformers 模型所在的文件夹")
    if not any((folder / name).is_file() for name in ("modules.json", "config.json")):
        raise KnowledgeError(f"{folder} 不是 sentence-transformers 模型（缺少 modules.json 或 config.json）")
    if importlib.util.find_spec("sentence_transformers") is None:
        raise KnowledgeError(f"没有安装 sentence-transformers；请在程序目录运行 {INSTALL}")


def fingerprint(folder: Path) -> str:
    """Changes when other weights or settings lie in the same folder."""
    found = hashlib.sha256()
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        size = file.stat().st_size
        found.update(f"{file.relative_to(folder)}\n{size}\n".encode())
        with file.open("rb") as opened:
            found.update(opened.read(EDGE))
            opened.seek(max(EDGE, size - EDGE))
            found.update(opened.read())
    return found.hexdigest()[:12]
