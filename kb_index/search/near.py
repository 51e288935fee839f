"""The vectors of a segment, searched by faiss: flat while they are few, by lists of neighbours when they are many."""

from collections.abc import Mapping
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from kb_index.encoders.base import Vectors
from kb_index.search.postings import Flags, Scores

BLOCK = 1 << 14
MANY = 50_000  # rows from which lists pay
LOOKED_INTO = 48  # lists
TRAINED_ON, ROUNDS = 48, 8  # rows a list, rounds of k-means
SAMPLE = 256
Half = npt.NDArray[np.float16]
Places = npt.NDArray[np.int64]


def lists(rows: Half) -> dict[str, npt.NDArray[Any]]:
    """The lists' centres and each row's list; no columns where rows are few."""
    if len(rows) < MANY:
        return {"centre": np.zeros((0, rows.shape[1]), np.float32), "row_list": np.zeros(0, np.int32)}
    count = 1 << round(np.log2(np.sqrt(len(rows))))
    chosen = np.linspace(0, len(rows) - 1, min(len(rows), count * TRAINED_ON)).astype(np.int64)
    means = faiss.Kmeans(rows.shape[1], count, niter=ROUNDS, seed=1, spherical=True)
    means.train(rows[chosen].astype(np.float32))
    found = [means.index.search(rows[n : n + BLOCK].astype(np.float32), 1)[1] for n in range(0, len(rows), BLOCK)]
    return {"centre": np.asarray(means.centroids), "row_list": np.concatenate(found)[:, 0].astype(np.int32)}


class Near:
    """Finds rows by inner product; what else is asked of all rows: their sum, a sample."""

    def __init__(self, columns: Mapping[str, npt.NDArray[Any]]) -> None:
        rows, centre, place = columns["row"], columns["centre"], columns["row_list"]
        self._rows: Half = rows
        self._listed = bool(len(centre))
        self._index = self._made(centre)
        self.total = np.zeros(rows.shape[1])
        for start in range(0, len(rows), BLOCK):
            block = rows[start : start + BLOCK].astype(np.float32)
            self.total += block.sum(axis=0, dtype=np.float64)
            if self._listed:
                where = place[start : start + BLOCK].astype(np.int64)
                self._index.add_core(len(block), faiss.swig_ptr(block), None, faiss.swig_ptr(where))
            else:
                self._index.add(block)
        chosen = np.linspace(0, len(rows) - 1, min(len(rows), SAMPLE)).astype(np.int64)
        self.sample: Vectors = rows[chosen].astype(np.float32)

    def _made(self, centre: Vectors) -> Any:
        size, kind = self._rows.shape[1], faiss.ScalarQuantizer.QT_fp16
        if not self._listed:
            return faiss.IndexScalarQuantizer(size, kind, faiss.METRIC_INNER_PRODUCT)
        coarse = faiss.IndexFlatIP(size)
        coarse.add(np.ascontiguousarray(centre))
        made = faiss.IndexIVFScalarQuantizer(coarse, size, len(centre), kind, faiss.METRIC_INNER_PRODUCT, False)
        made.is_trained = True
        return made

    def top(self, asked: Vectors, count: int, allowed: Flags | None) -> tuple[Places, Scores]:
        """At most `count` rows nearest to each of the vectors (n, size), nearest first. allowed: None, or which may."""
        count = min(count, len(self._rows))
        if not count:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        scores, places = self._index.search(asked, count, params=self._settings(allowed))
        order = np.argsort(-scores, axis=None, kind="stable")
        order = order[places.ravel()[order] >= 0]
        return places.ravel()[order], scores.ravel()[order]

    def _settings(self, allowed: Flags | None) -> Any:
        settings: Any = faiss.SearchParametersIVF() if self._listed else faiss.SearchParameters()
        if self._listed:
            settings.nprobe = LOOKED_INTO
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            settings.sel = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
            settings.referenced_objects = [settings.sel, bits]  # faiss keeps neither
        return settings

    def cosines(self, asked: Vectors, places: Places) -> Scores:
        """Those of single rows to the nearest of some vectors (n, size), exactly."""
        out: Scores = (self._rows[places].astype(np.float32) @ asked.T).max(axis=1)
        return out

    def sum_of(self, places: Places) -> npt.NDArray[np.float64]:
        """The sum of some rows."""
        parts = (self._rows[places[start : start + BLOCK]] for start in range(0, len(places), BLOCK))
        return sum((part.astype(np.float32).sum(axis=0, dtype=np.float64) for part in parts), np.zeros(len(self.total)))

    def held(self) -> Half:
        """The rows as faiss holds them, which the audit compares with those it was given."""
        out = np.zeros(self._rows.shape, np.float16)
        size = self._index.code_size
        if not self._listed:
            out[:] = faiss.vector_to_array(self._index.codes).view(np.float16).reshape(out.shape)
            return out
        for number in range(self._index.nlist):
            count = self._index.invlists.list_size(number)
            if count:
                places = faiss.rev_swig_ptr(self._index.invlists.get_ids(number), count)
                codes = faiss.rev_swig_ptr(self._index.invlists.get_codes(number), count * size)
                out[places] = codes.view(np.float16).reshape(count, -1)
        return out
