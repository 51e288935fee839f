"""Builds the index; vectors are kept on disk, so that only what changed is encoded again."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from kb_index.article import Article, slices
from kb_index.encoder import Encoder
from kb_index.index import Index

Progress = Callable[[int, int], None]


def build(
    articles: Sequence[Article], encoder: Encoder, folder: Path, progress: Progress = lambda done, total: None
) -> Index:
    """An index over the articles; `folder` holds the cache of vectors. A broken cache is built anew."""
    texts = [part.searched for article in articles for part in slices(article)]
    keys = [hashlib.sha256(f"{encoder.name}\n{text}".encode()).hexdigest() for text in texts]
    file = folder / "vectors.npz"
    known = _load(file)
    new = [(key, text) for key, text in zip(keys, texts, strict=True) if key not in known]
    for number, (key, text) in enumerate(new, 1):
        known[key] = encoder.encode([text])[0]
        progress(number, len(new))
    if new:
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / "partial.npz"
        np.savez(partial, keys=np.array(keys), vectors=np.array([known[key] for key in keys]))
        partial.replace(file)
    return Index(articles, np.array([known[key] for key in keys], np.float32), encoder)


def _load(file: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(file) as kept:
            return dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))
    except (OSError, ValueError, KeyError, EOFError):
        return {}
