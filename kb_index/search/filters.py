"""Which articles a search may find: decided before anything is ranked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from kb_index.search.regions import Regions

Test = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Wanted:
    """day: its ordinal, None: any. tests: for columns of the article, on their text. tags: all of them."""

    day: int | None
    tests: Mapping[str, Test]
    tags: tuple[str, ...] = ()


def wanted(
    day: date, regions: Regions, asked: tuple[str, ...], line: str = "", issuer: str = "", tags: tuple[str, ...] = ()
) -> Wanted:
    """asked: regions of which an article must concern one, full names; none: wherever. line: its own articles and those
    that are kept for all lines.
    """
    tests: dict[str, Test] = {}
    if asked:
        tests["region"] = lambda held: any(regions.touch(held, one) for one in asked)
    if line:
        tests["line"] = lambda held: held in ("", line)
    if issuer:
        tests["issuer"] = lambda held: held == issuer
    return Wanted(day.toordinal(), tests, tags)
