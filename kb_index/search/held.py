"""The articles of an index as a mapping, each read when it is asked for."""

from collections.abc import Iterator, Mapping

from kb_index.article import Article
from kb_index.search.snapshot import Snapshot


class Held(Mapping[str, Article]):
    """Article by id, as they stood at one moment."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def __getitem__(self, name: str) -> Article:
        found = self._snapshot.find(name)
        if found is None:
            raise KeyError(name)
        return self._snapshot.parts[found[0]].segment.article(found[1])

    def __iter__(self) -> Iterator[str]:
        return (segment.id(place) for segment, place in self._snapshot.standing())

    def __len__(self) -> int:
        return self._snapshot.articles

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._snapshot.find(name) is not None
