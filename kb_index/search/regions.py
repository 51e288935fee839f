"""Where articles hold: a city and its districts, by whatever name."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from kb_index.article import KnowledgeError

SHIPPED = Path(__file__).parents[1] / "data" / "regions.toml"
ROAD = r"(?![东西南北中新老]?(?:路|街(?!道)|巷|大道|桥|线|花园|小区|公馆))"  # 江都路 lies in another district


@dataclass(frozen=True)
class Regions:
    """city: its name. spelt, towns: other names and places, each with the district that it stands for."""

    city: str
    spelt: Mapping[str, str]
    towns: Mapping[str, str]

    def full(self, name: str) -> str:
        """The whole name of a place, from the city down; a place that is not known stays as it is."""
        inner = name[name.find(self.city) :].removeprefix(self.city) if self.city in name else name
        return self.city + self.spelt[inner] if inner in self.spelt else name

    def touch(self, held: str, asked: str) -> bool:
        """Whether what holds in one place concerns another: the one lies in the other, or either is everywhere."""
        one, other = self.full(held), self.full(asked)
        return not (one and other) or one.startswith(other) or other.startswith(one)

    def named(self, text: str) -> tuple[str, ...]:
        """The districts that a question names, whole names; none where it names none."""
        found = (self.spelt.get(name) or self.towns[name] for name in self._names.findall(text))
        return tuple(dict.fromkeys(self.city + district for district in found))

    @cached_property
    def _names(self) -> re.Pattern[str]:
        names = sorted({*self.spelt, *self.towns}, key=len, reverse=True)
        return re.compile("(?:" + "|".join(map(re.escape, names)) + ")" + ROAD if names else "(?!)")


def load(file: Path) -> Regions:
    """Out of its file. Raises KnowledgeError."""
    try:
        with file.open("rb") as opened:
            kept = tomllib.load(opened)
        districts = kept["district"]
        spelt = {name: str(one["name"]) for one in districts for name in (one["name"], *one.get("spelt", ()))}
        towns = {name: str(one["name"]) for one in districts for name in one.get("towns", ())}
        return Regions(str(kept["city"]), spelt, towns)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise KnowledgeError(f"区划数据 {file} 读不出来：{error}") from error


@cache
def shipped() -> Regions:
    """Those of the product's city."""
    return load(SHIPPED)
