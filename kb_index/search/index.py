"""The index: the live articles, searched from any thread while one changes them."""

import hashlib
import math
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from kb_index.article import Article, KnowledgeError
from kb_index.encoders.base import Encoder, Vectors, ends
from kb_index.search import fuse, regions, words
from kb_index.search.asked import READERS, Asked, weights
from kb_index.search.audit import Fault, Parts, faults, parts_of
from kb_index.search.encoding import Progress
from kb_index.search.filters import Wanted, wanted
from kb_index.search.held import Held
from kb_index.search.hits import LEAST, hits
from kb_index.search.hits import Hit as Hit
from kb_index.search.query import essence
from kb_index.search.rerank import Reranker
from kb_index.search.snapshot import Snapshot, Weighed
from kb_index.search.store import Store
from kb_index.search.synonyms import Synonyms
from kb_index.search.synonyms import shipped as shipped_synonyms
from kb_index.search.writing import SMALL, Writing, chunks, lacking, small

SCORERS = ("characters", "pinyin", "vectors")
CHINA = timedelta(hours=8)
TALK = Path(__file__).parents[1] / "data" / "talk.txt"  # what is said in calls and asks nothing, a line each
FORMAT = 1  # of the files; another one's are not read
LONGEST = 1000  # characters of a question, its last, that are searched for: with 500, messages lost a point and a half
SHORT = 64  # characters up to which it is encoded as it was heard, too: a longer one costs more, and a slip in it less


class Index:
    """notice: why search is less than it could be (Chinese), else empty. synonyms, reranker: changed while in use.

    threshold: the chance of an answer under which nothing is shown.
    """

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        fusion: fuse.Fusion | None = None,
        synonyms: Synonyms | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self._store, self.encoder = store, encoder
        self._fusion = fusion or fuse.shipped()
        self.threshold = self._fusion.threshold
        self.synonyms = synonyms or shipped_synonyms()
        self.reranker = reranker
        parts, position, lost = store.load()
        self.notice = lost or encoder.notice
        self._snapshot = Snapshot(parts, position)
        self._one = threading.Lock()

    @classmethod
    def open(
        cls,
        folder: Path | None,
        encoder: Encoder,
        fusion: fuse.Fusion | None = None,
        synonyms: Synonyms | None = None,
        reranker: Reranker | None = None,
    ) -> "Index":
        """What is kept in `folder`; where nothing usable is, less or nothing, at position 0. None: in memory alone."""
        made = {"format": FORMAT, "encoder": encoder.name, "size": encoder.size, "words": words.fingerprint()}
        return cls(Store(folder, made), encoder, fusion, synonyms, reranker)

    @property
    def position(self) -> int:
        """The id of the last journal entry that was applied."""
        return self._snapshot.position

    @property
    def articles(self) -> Mapping[str, Article]:
        """What can be found, by id; each is read when it is asked for."""
        return Held(self._snapshot)

    def search(
        self,
        query: str,
        k: int = 3,
        today: date | None = None,
        scorers: Sequence[str] = SCORERS,
        all_hits: bool = False,
        region: str = "",
        line: str = "",
        tags: Sequence[str] = (),
        issuer: str = "",
    ) -> list[Hit]:
        """The best k articles, best first; none where it is unlikely that any answers (all_hits: whatever the odds, and
        each says whether it is sure).

        What is not valid on `today` (China's date when left out), or holds only outside `region` (left out: outside the
        districts that the question names), is never returned; nor what is kept for another line, lacks one of the tags,
        or is another issuer's.
        """
        asks = essence(query)
        text = (asks or (query.strip() if all_hits else ""))[-LONGEST:]
        snapshot = self._snapshot
        if not text or not snapshot.size or k < 1:
            return []
        asked = self._asked(snapshot, text, scorers)
        day = today or (datetime.now(UTC) + CHINA).date()
        places = regions.shipped()
        where = (region,) if region else places.named(query)
        weighed = snapshot.weigh(asked, self._fusion, wanted(day, places, where, line, issuer, tuple(tags)), k)
        if weighed is None:
            return []
        chance = self._fusion.chance(weighed.scorers, weighed.features())
        sure = LEAST if asks and chance >= self.threshold else math.inf
        if not all_hits and sure == math.inf:
            return []
        least = 0.0 if all_hits else sure
        try:
            return hits(snapshot, weighed, asked, k, chance, sure, least, self.reranker)
        except KnowledgeError as error:
            self.notice = str(error)
            return hits(snapshot, weighed, asked, k, chance, sure, least, None)

    def weigh(self, text: str, scorers: Sequence[str] = SCORERS, least: int = 0) -> tuple[list[str], Weighed]:
        """Ids of the articles that come into question, of any day and place, and what each scorer has to say of them.

        least: how many articles at least, where there are as many. Raises KnowledgeError where there are none.
        """
        snapshot = self._snapshot
        weighed = snapshot.weigh(self._asked(snapshot, text, scorers), self._fusion, Wanted(None, {}), least)
        if weighed is None:
            raise KnowledgeError("热线百科是空的，无从检索")
        return [snapshot.parts[part].segment.id(place) for part, place in weighed.place], weighed

    def apply(
        self,
        put: Iterable[Article] = (),
        remove: Iterable[str] = (),
        position: int | None = None,
        progress: Progress = lambda done, total: None,
        anew: bool = False,
    ) -> None:
        """Take articles out and in, all at once for who searches, and keep it with the position (None: as it was).

        An article that is in already, unchanged, is left unless `anew`. progress hears how many passages of those at
        hand are encoded. A base at position 0 is being filled: it is kept, and found in, as it grows. In one that is in
        use, what takes long to encode is found by its words meanwhile.
        """
        with self._one:
            writing = Writing(self._store, self._snapshot.parts, self.encoder)
            writing.remove(remove)
            before = sum(part.size for part in writing.parts)
            meanwhile = partial(self._commit, writing, self.position) if self.position and not anew else None
            for group in chunks(put):
                writing.put(group, anew, progress, meanwhile)
                writing.merge()
                if not self.position:
                    self._commit(writing, 0)
            if sum(part.size for part in writing.parts) > 2 * max(before, SMALL):
                writing.condense()
            self._commit(writing, self.position if position is None else position)

    def tidy(self) -> None:
        """Ask again for vectors that the encoder owed, and bring large parts together.

        It may take minutes, beside searches and changes.
        """
        if self.encoder.size and (owed := list(lacking(self._snapshot.parts))):
            self.apply(owed)
        if not (group := small(self._snapshot.parts)):
            return
        merged = Writing(self._store, group, self.encoder).merged(group)
        with self._one:
            now = {id(part.segment): part for part in self._snapshot.parts}
            if not all(id(part.segment) in now for part in group):
                return  # a change merged some of them meanwhile: next time
            left = np.concatenate([now[id(part.segment)].alive[part.alive] for part in group])
            merged = merged if left.all() else merged.without(np.flatnonzero(~left))
            writing = Writing(self._store, [merged], self.encoder)
            writing.parts += [part for key, part in now.items() if all(key != id(one.segment) for one in group)]
            self._commit(writing, self.position)

    def faults(self, articles: Iterable[Article]) -> Iterator[Fault]:
        """Where the index does not hold what it must: `articles` are all that must stand in it, each once."""
        return faults(self._snapshot, articles, self.encoder.size > 0)

    def parts_of(self, name: str) -> Parts | None:
        """What each scorer holds of an article; None: nothing."""
        found = self._snapshot.find(name)
        return parts_of(self._snapshot.parts[found[0]], found[1]) if found else None

    def digests(self) -> dict[str, str]:
        """SHA-256 of each article as it is held, by id: of its row in JSON, keys sorted, without spaces."""
        standing = self._snapshot.standing()
        return {segment.id(place): hashlib.sha256(segment.line(place)).hexdigest() for segment, place in standing}

    def close(self) -> None:
        """Let another index write to the folder. This one can be searched still, and changed in memory."""
        self._store.close()

    def _commit(self, writing: Writing, position: int) -> None:
        self._store.commit(writing.parts, position)
        self._snapshot = Snapshot(writing.parts, position)
        if writing.notice or position:
            self.notice = writing.notice or self.encoder.notice

    def _asked(self, snapshot: Snapshot, text: str, scorers: Sequence[str]) -> Asked:
        others = self.synonyms.others(text)
        terms = {name: weights(name, text, others) for name in READERS if name in scorers}
        if "vectors" not in scorers or not self.encoder.size:
            return Asked(text, terms, others)
        try:
            short = len(text) <= SHORT
            meant = snapshot.meant(text if short else ends(text, self.encoder.longest))
            readings = dict.fromkeys([meant, text] if short else [meant])
            vectors = self.encoder.encode(list(readings), query=True)
            return Asked(text, terms, others, vectors, float((self._small_talk @ vectors.T).max()))
        except KnowledgeError as error:
            self.notice = str(error)
            return Asked(text, terms, others)

    @cached_property
    def _small_talk(self) -> Vectors:
        """The vectors of what asks nothing; kept, as they are the same at every start."""
        told = TALK.read_text("utf8").split("\n")[:-1]
        name = f"talk-{zlib.crc32(TALK.read_bytes())}"
        kept = self._store.kept(name) if self.encoder.size else None
        if kept is None or kept.shape != (len(told), self.encoder.size):
            kept = self.encoder.encode(told)
            if self.encoder.size:
                self._store.keep(name, kept)
        return np.asarray(kept, np.float32)
