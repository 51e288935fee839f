"""Train, dev and test that never leak: what hangs together by call, ticket, citizen or words stands on one side.

A side once given is kept from version to version. Where a new item joins two groups of different sides, both go to
the stricter one: what was test stays test, so nothing that a model was measured on is ever learnt from.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from copilot.labelling.alike import alike

SHARES = {"train": 0.8, "dev": 0.1, "test": 0.1}
STRICTER = ("test", "dev", "train")


class Groups:
    """Disjoint sets of items, joined by pairs."""

    def __init__(self, items: Iterable[int]) -> None:
        self._above = {item: item for item in items}

    def of(self, item: int) -> int:
        """The smallest item of the group: its name."""
        top = item
        while self._above[top] != top:
            top = self._above[top]
        while self._above[item] != top:
            self._above[item], item = top, self._above[item]
        return top

    def join(self, one: int, other: int) -> None:
        """Make one group of two."""
        low, high = sorted((self.of(one), self.of(other)))
        self._above[high] = low

    def members(self) -> dict[int, list[int]]:
        """Every group by its name."""
        found: dict[int, list[int]] = defaultdict(list)
        for item in sorted(self._above):
            found[self.of(item)].append(item)
        return dict(found)


def group(keys: Mapping[int, Collection[str]], texts: Mapping[int, Collection[str]]) -> Groups:
    """Items that share a key or nearly a text, directly or over others. keys: such as `call:…`, by item."""
    groups, first = Groups(keys), dict[str, int]()
    for item, own in keys.items():
        for key in own:
            groups.join(first.setdefault(key, item), item)
    said = {f"{item}:{number}": text for item, own in texts.items() for number, text in enumerate(own)}
    for one, other in alike(said):
        groups.join(int(one.split(":")[0]), int(other.split(":")[0]))
    return groups


def assign(groups: Groups, wanted: Collection[int], before: Mapping[int, str]) -> dict[int, str]:
    """The side of every member of the groups that hold a wanted item.

    before: sides given earlier. A new group goes to the side that is farthest below its share of the wanted items;
    their order is that of a hash, so that the same items always come out the same.
    """
    members = groups.members()
    named = {name: members[name] for name in {groups.of(item) for item in wanted}}
    counts = {name: sum(item in wanted for item in held) for name, held in named.items()}
    sides = {name: _kept(before[item] for item in held if item in before) for name, held in named.items()}
    have = {side: sum(counts[name] for name, own in sides.items() if own == side) for side in SHARES}
    total = sum(counts.values())
    for name in sorted((name for name, own in sides.items() if not own), key=_order):
        sides[name] = max(SHARES, key=lambda side: SHARES[side] * total - have[side])
        have[sides[name]] += counts[name]
    return {item: sides[name] for name, held in named.items() for item in held}


def _kept(sides: Iterable[str]) -> str:
    """The strictest of the sides that members have; empty: none has one."""
    return min(sides, key=STRICTER.index, default="")


def _order(name: int) -> str:
    return hashlib.sha256(str(name).encode()).hexdigest()
