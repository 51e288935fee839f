"""Vectors for passages: what was encoded before is taken as it is, the rest goes to the encoder."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from kb_index.article import Article, KnowledgeError
from kb_index.encoders.base import Encoder
from kb_index.search.near import Half
from kb_index.search.passages import passages
from kb_index.search.segment import Passage, key

Progress = Callable[[int, int], None]
AT_ONCE, BATCH = 2, 16


def encoded(
    articles: Sequence[Article], encoder: Encoder, known: Mapping[int, Half], progress: Progress
) -> list[list[Passage]]:
    """Each article's passages; none where there is no encoder. known: vectors by the passage's key.

    progress hears how many of those that are new have been encoded. Raises KnowledgeError.
    """
    if not encoder.size:
        return [[] for _ in articles]
    told = [[(place, key(text), text) for place, text in passages(article)] for article in articles]
    new = {number: text for one in told for _, number, text in one if number not in known}
    vectors = dict(known) | dict(_new(new, encoder, progress))
    return [[Passage(place, number, vectors[number]) for place, number, _ in one] for one in told]


def _new(new: Mapping[int, str], encoder: Encoder, progress: Progress) -> Iterator[tuple[int, Half]]:
    waiting = list(new.items())
    batches = [waiting[start : start + BATCH] for start in range(0, len(waiting), BATCH)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = pool.map(lambda batch: encoder.encode([text for _, text in batch]), batches)
        for done, (batch, vectors) in enumerate(zip(batches, found, strict=True), 1):
            if vectors.shape != (len(batch), encoder.size) or not np.isfinite(vectors).all():
                raise KnowledgeError(f"编码器 {encoder.name} 给出的向量不能用：应为 {encoder.size} 维的数")
            progress(min(done * BATCH, len(waiting)), len(waiting))
            yield from zip((number for number, _ in batch), vectors.astype(np.float16), strict=True)
