"""Builds the index; vectors are kept on disk, so that only what changed is encoded again."""

import hashlib
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from kb_index.article import Article
from kb_index.encoder import Encoder, Vectors
from kb_index.fuse import Fusion
from kb_index.index import Index
from kb_index.passages import passages

Progress = Callable[[int, int], None]
Kept = dict[str, Vectors]
AT_ONCE, BATCH = 2, 16
SAVED_EVERY = 64  # batches: an interrupted first build goes on from there


def build(
    articles: Sequence[Article],
    encoder: Encoder,
    folder: Path,
    progress: Progress = lambda done, total: None,
    fusion: Fusion | None = None,
) -> Index:
    """An index over the articles. `folder` holds the cache of vectors by encoder and text; a broken one is built anew.

    progress hears how many passages of those that are new have been encoded.
    """
    texts = [text for article in articles for text in passages(article)]
    if not encoder.size:
        return Index(encoder, articles, fusion)
    keys = [hashlib.sha256(f"{encoder.name}\n{text}".encode()).hexdigest() for text in texts]
    file = folder / "vectors.npz"
    known = _load(file, encoder.size)
    new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    for number, part in enumerate(_encode(new, encoder, progress), 1):
        known.update(part)
        if number % SAVED_EVERY == 0:
            _save(file, known)
    if new:
        _save(file, {key: known[key] for key in keys})
    return Index(encoder, articles, fusion, vectors={text: known[key] for key, text in zip(keys, texts, strict=True)})


def _encode(new: dict[str, str], encoder: Encoder, progress: Progress) -> Iterator[Kept]:
    """The vectors of what is new, batch by batch, on two cores."""
    waiting = list(new.items())
    batches = [waiting[start : start + BATCH] for start in range(0, len(waiting), BATCH)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        encoded = pool.map(lambda batch: encoder.encode([text for _, text in batch]), batches)
        for number, (batch, vectors) in enumerate(zip(batches, encoded, strict=True), 1):
            progress(min(number * BATCH, len(waiting)), len(waiting))
            yield dict(zip((key for key, _ in batch), vectors, strict=True))


def _save(file: Path, known: Kept) -> None:
    """Written beside and moved into place: who is interrupted leaves the old file whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name("partial.npz")
    np.savez(partial, keys=np.array(list(known)), vectors=np.array(list(known.values()), np.float32))
    partial.replace(file)


def _load(file: Path, size: int) -> Kept:
    """Vectors by key; nothing where the file is missing, broken or another encoder's."""
    try:
        with file.open("rb") as opened, np.load(opened) as kept:
            keys, vectors = kept["keys"].tolist(), kept["vectors"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return {}
    right = vectors.shape == (len(keys), size) and bool(np.isfinite(vectors).all())
    return dict(zip(keys, vectors, strict=True)) if right else {}
