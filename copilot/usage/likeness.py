"""How alike questions are: by their characters, and by meaning where there is an encoder; and the groups they make."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.cluster import AgglomerativeClustering
from sklearn.feature_extraction.text import TfidfVectorizer

Matrix = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str]], Matrix]
WORDS, BOTH = 0.16, 0.22  # from which two groups ask the same; fitted on tests/copilot/usage/questions.tsv
MEANING = 0.5  # weight of the vectors
OTHERS = (  # what questions have in common that ask different things
    "社会保险断了能不能补交",
    "孩子上小学要什么材料",
    "楼上漏水物业不管怎么办",
    "公交车什么时候末班",
    "工资拖欠三个月了",
    "水费账单不对",
    "医院乱收费找哪个部门",
    "路灯坏了没有人修",
    "买的东西不给退货",
    "护照丢了怎么补办",
    "门口的树枝挡住窗户",
    "老人补贴去哪里申请",
    "饭店油烟太大",
    "房产证上的名字怎么改",
    "半夜工地施工吵得睡不着",
    "驾驶证到期了在哪里换",
)


@dataclass(frozen=True, slots=True)
class Likeness:
    """table: every question against every other, 0-1; threshold: from which they ask the same."""

    table: Matrix
    threshold: float

    def between(self, some: Sequence[int], others: Sequence[int]) -> float:
        """How alike two groups are on average."""
        return float(self.table[np.ix_(some, others)].mean())

    def central(self, group: Sequence[int]) -> int:
        """The question of a group that the others are most like."""
        return group[int(self.table[np.ix_(group, group)].sum(axis=1).argmax())]


def likeness(texts: Sequence[str], encode: Encode | None = None) -> Likeness:
    """Compare questions with each other. encode: texts -> unit vectors (n, size)."""
    size, every = len(texts), [*texts, *OTHERS]
    counted = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32)
    terms = counted.fit_transform(every)
    words: Matrix = (terms @ terms.T).toarray()[:size, :size]
    if encode is None:
        return Likeness(words, WORDS)
    vectors = encode(every)
    near = vectors[:size] @ vectors.T
    usual = float(np.median(near[:, size:]))
    meaning = np.clip((near[:, :size] - usual) / (1 - usual), 0, 1)
    return Likeness((MEANING * meaning + (1 - MEANING) * words).astype(np.float32), BOTH)


def groups(found: Likeness, members: Sequence[int]) -> list[list[int]]:
    """The groups that some questions make, single ones included; in the order of their first questions."""
    if len(members) < 2:
        return [[one] for one in members]
    distance = np.clip(1 - found.table[np.ix_(members, members)], 0, 1)
    joined = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1 - found.threshold
    ).fit_predict(distance)
    made: dict[int, list[int]] = {}
    for one, group in zip(members, joined, strict=True):
        made.setdefault(int(group), []).append(one)
    return list(made.values())
