"""A knowledge base of any size, made of what ships: clauses recombined, places and numbers put in; always the same."""

import random
import re
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse

from kb_index.article import Article
from kb_index.encoders.base import Vectors, unit
from kb_index.slicing import Slice

SLICES, CLAUSES, OWN, QUESTIONS = 4, 8, 3, 2  # of an article, of a slice, of these about its matter, of an article
SIZE = 384  # dimensions, as many as the packaged encoder has
BUCKETS = 1 << 12  # of character pairs
CLAUSE = re.compile(r"(?<=[，。；！？：\n])")
PLACES = (
    "东关",
    "文峰",
    "梅岭",
    "曲江",
    "汶河",
    "新盛",
    "竹西",
    "平山",
    "双桥",
    "瘦西湖",
    "蒋王",
    "汊河",
    "瓜洲",
    "大桥",
)
KINDS = ("街道", "社区", "村", "花园小区", "菜场", "中学", "工业园", "公交站", "医院", "服务大厅")


class Base:
    """articles(): made anew at each call, so that it need not be held. n: slices, about."""

    def __init__(self, shipped: Sequence[Article], n: int) -> None:
        self.count = max(1, n // SLICES)
        self._shipped = [(one, CLAUSE.split(one.body)) for one in shipped]
        self._clauses = sorted({clause for _, own in self._shipped for clause in own if clause.strip()})

    def articles(self) -> Iterator[Article]:
        """Every article, in order."""
        return (self.article(number) for number in range(self.count))

    def article(self, number: int) -> Article:
        """One article; what its slices say stays near the matter of one that ships."""
        chance = random.Random(number)
        model, own = chance.choice(self._shipped)
        place = f"{chance.choice(PLACES)}{chance.choice(KINDS)}{number % 997}号"
        slices = tuple(Slice(self._text(chance, own, place)) for _ in range(SLICES))
        asked = tuple(f"{place}{text}" for text in chance.sample(model.questions, min(QUESTIONS, len(model.questions))))
        return Article(
            f"M{number}", 1, f"{place}{model.title}", asked, slices, issuer=model.issuer, tags=model.tags[:3]
        )

    def questions(self, count: int) -> list[str]:
        """What is asked of articles out of the whole base: their matter in a citizen's words, not their text."""
        chance = random.Random(0)
        return [self._question(chance) for _ in range(count)]

    def _text(self, chance: random.Random, own: Sequence[str], place: str) -> str:
        """A third of what the matter says, the rest from anywhere."""
        parts = chance.choices(own, k=OWN) + chance.choices(self._clauses, k=CLAUSES - OWN)
        chance.shuffle(parts)
        parts.insert(OWN, f"{place}{chance.randrange(1, 10000)}户，")
        return "".join(parts).strip()

    def _question(self, chance: random.Random) -> str:
        model, _ = chance.choice(self._shipped)
        asked = chance.choice(model.questions or (model.title,))
        return f"{chance.choice(PLACES)}{chance.choice(KINDS)}{asked}"


class Projected:
    """Vectors without a model: characters and their pairs, projected at random; texts that share words lie near.

    For timing alone: real encoding of a million slices takes hours, and costs the search nothing.
    """

    name, size, longest, notice = "projected", SIZE, 480, ""

    def __init__(self) -> None:
        self._table = np.random.default_rng(0).standard_normal((BUCKETS, SIZE), np.float32)

    def encode(self, texts: Sequence[str], query: bool = False) -> Vectors:
        """See Encoder."""
        letters, starts = codes(texts)
        follows = np.append(letters[1:], 0)
        follows[starts[1:] - 1] = 0  # a text ends with itself
        pairs = (letters.astype(np.uint64) * 31 + follows) % BUCKETS
        rows = sparse.csr_matrix((np.ones(len(letters), np.float32), pairs, starts), (len(texts), BUCKETS))
        return unit(rows @ self._table)


def codes(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """The characters of all texts in one array, and where each text starts (one more than there are texts)."""
    starts = np.concatenate([[0], np.cumsum([len(text) for text in texts], dtype=np.int64)])
    return np.frombuffer("".join(texts).encode("utf-32-le", "replace"), np.uint32), starts
