"""Another encoder: its index is built beside the live one, caught up and put in its place while searches go on."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from copilot.database import Database
from copilot.knowledge import follow
from copilot.knowledge.follow import Progress
from copilot.knowledge.live import Live
from kb_index.article import KnowledgeError
from kb_index.encoders.base import Encoder, folder_name
from kb_index.search.index import Index

BATCH = 32  # articles between two looks at how far it is; so much is encoded again after an interruption


@dataclass(frozen=True, slots=True)
class Changed:
    """What stands in the new index. longer: slices of which the encoder sees the beginning and the end alone."""

    encoder: str
    articles: int
    slices: int
    longer: int


def change(live: Live, database: Database, encoder: Encoder, progress: Progress = lambda done, total: None) -> Changed:
    """Search by another encoder from the return on; until then, and after an error, by the one before.

    It takes as long as encoding everything does: run it in a thread. progress hears how many articles are in, and may
    raise to stop it; the next call goes on from there. Raises KnowledgeError where the encoder cannot be had.
    """
    if encoder.notice:
        raise KnowledgeError(f"{encoder.notice}；检索仍用原来的索引")
    if encoder.name == live.index.encoder.name:
        return _report(live.index)
    index = Index.open(live.home.of(encoder) if live.home else None, encoder)
    try:
        follow.reconcile(database, index, progress, BATCH)
        follow.catch_up(database, index)  # what happened meanwhile, so that `replace` holds the follower up but briefly
        index.tidy()  # vectors that an endpoint owed
        if index.notice:
            raise KnowledgeError(f"{index.notice}；检索仍用原来的索引，可稍后再换，已编码的不会重来")
        index.synonyms, index.reranker = live.index.synonyms, live.index.reranker
        before = live.replace(index)
    except BaseException:
        index.close()
        raise
    before.close()
    if live.home:
        _clear(live.home.folder, folder_name(encoder.name))
    return _report(index)


def _clear(home: Path, kept: str) -> None:
    """Remove what other encoders left; who still searches in it keeps it until they are done."""
    for folder in home.iterdir():
        if folder.is_dir() and folder.name != kept:
            shutil.rmtree(folder, ignore_errors=True)


def _report(index: Index) -> Changed:
    sizes = [len(part.text) for article in index.articles.values() for part in article.slices]
    longest = index.encoder.longest
    longer = sum(size > longest for size in sizes) if index.encoder.size else 0
    return Changed(index.encoder.name, len(index.articles), len(sizes), longer)
