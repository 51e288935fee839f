"""An index over a given set of articles, kept in a folder, so that only what changed is read and encoded again."""

from collections.abc import Sequence
from pathlib import Path

from kb_index.article import Article
from kb_index.encoders.base import Encoder, folder_name
from kb_index.search.encoding import Progress
from kb_index.search.fuse import Fusion
from kb_index.search.index import Index


def build(
    articles: Sequence[Article],
    encoder: Encoder,
    folder: Path | None,
    progress: Progress = lambda done, total: None,
    fusion: Fusion | None = None,
) -> Index:
    """An index of just these articles. folder: where indexes are kept, by encoder; None: nowhere.

    progress hears how many passages of those at hand have been encoded.
    """
    index = Index.open(folder and folder / "index" / folder_name(encoder.name), encoder, fusion)
    wanted = {article.id for article in articles}
    index.apply(articles, [name for name in index.articles if name not in wanted], progress=progress)
    return index
