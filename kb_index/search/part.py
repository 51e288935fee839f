"""A segment and which of its articles stand: what was removed stays in it, unseen, until segments are merged."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kb_index.search.filters import Wanted
from kb_index.search.meant import Alike
from kb_index.search.near import Near
from kb_index.search.postings import Flags
from kb_index.search.segment import Offsets, Segment, key, spread


@dataclass(frozen=True, eq=False)
class Part:
    """alive: of each article; rows, total: how many of its vectors stand, and their sum.

    name: of its file, empty: it lives in memory alone; version: how often `alive` changed.
    """

    segment: Segment
    near: Near
    alike: Alike
    alive: Flags
    rows: int
    total: npt.NDArray[np.float64]
    name: str = ""
    seal: int = 0
    version: int = 0

    @classmethod
    def of(cls, segment: Segment, name: str = "", seal: int = 0) -> "Part":
        """A whole segment."""
        near, alike = Near(segment.columns), Alike(segment.characters)
        alive = np.ones(len(segment), bool)
        return cls(segment, near, alike, alive, len(segment.columns["row"]), near.total, name, seal)

    def without(self, articles: npt.NDArray[np.int64]) -> "Part":
        """The same without these articles."""
        alive = self.alive.copy()
        alive[articles] = False
        rows = self.passages_of(articles)
        return replace(
            self,
            alive=alive,
            rows=self.rows - len(rows),
            total=self.total - self.near.sum_of(rows),
            version=self.version + 1,
        )

    def find(self, names: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        """The place of each name (n, 2) among the articles that stand; -1: not here."""
        held = self.segment.columns["name"]
        if not len(held):
            return np.full(len(names), -1)
        order = self.segment.columns["by_name"]
        place = order[np.minimum(np.searchsorted(held[:, 0], names[:, 0], sorter=order), len(held) - 1)]
        return np.where((held[place] == names).all(axis=1) & self.alive[place], place, -1)

    def allowed(self, wanted: Wanted) -> Flags:
        """Which articles may be found."""
        columns = self.segment.columns
        out = self.alive.copy()
        if wanted.day is not None:
            out &= (columns["since"] <= wanted.day) & (wanted.day <= columns["until"])
        for kind, test in wanted.tests.items():
            known = self.segment.texts[kind]
            right = [number for number, text in known.items() if test(text)]
            if len(right) < len(known):
                out &= np.isin(columns[kind], np.array(right, np.uint64))
        for tag in wanted.tags:
            tagged = np.zeros(len(out), bool)
            tagged[np.repeat(np.arange(len(out)), np.diff(columns["tag_first"]))[columns["tag"] == key(tag)]] = True
            out &= tagged
        return out

    def passages_of(self, articles: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The rows of articles."""
        return ranges(self.segment.columns["row_first"], articles)

    @cached_property
    def owner(self) -> npt.NDArray[np.int32]:
        """Each unit's article."""
        return self._owners("unit_first")

    @cached_property
    def row_owner(self) -> npt.NDArray[np.int32]:
        """Each vector's article."""
        return self._owners("row_first")

    @cached_property
    def units(self) -> Flags | None:
        """Which units stand; None: all."""
        return None if self.alive.all() else spread(self.alive, self.segment.columns["unit_first"])

    @cached_property
    def size(self) -> int:
        """Units that stand."""
        return len(self.owner) if self.units is None else int(self.units.sum())

    @cached_property
    def articles(self) -> int:
        """Articles that stand."""
        return int(self.alive.sum())

    def length(self, scorer: str) -> int:
        """Terms of all units that stand."""
        lengths = getattr(self.segment, scorer).lengths
        return int((lengths if self.units is None else lengths[self.units]).sum(dtype=np.int64))

    def _owners(self, begins: str) -> npt.NDArray[np.int32]:
        sizes = np.diff(self.segment.columns[begins])
        return np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)


def ranges(begins: Offsets, chosen: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """All places from begins[i] to begins[i + 1], for each chosen i in turn."""
    low = begins[chosen]
    sizes = begins[chosen + 1] - low
    ends = np.cumsum(sizes)
    places: npt.NDArray[np.int64] = np.arange(ends[-1] if len(ends) else 0) + np.repeat(low - ends + sizes, sizes)
    return places
