"""Places of the city and the districts they lie in: a data file, replaced without code."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from classifier.datafile import read
from classifier.districts import DISTRICTS
from classifier.sound import sounds

FILE = Path(__file__).parent / "data" / "localities.csv"
LONGEST, SHORTEST = 12, 2


class Localities:
    """Finds known places in a text. places: name -> district, empty where a name lies in more than one."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self.places = dict(places)
        self._starts = {name[:SHORTEST] for name in places if len(name) >= SHORTEST}

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Spans of known places and their names, the longest at each position, not overlapping."""
        at = 0
        while at < len(text):
            length = self._length(text, at)
            if length:
                yield at, at + length, text[at : at + length]
            at += length or 1

    def _length(self, text: str, at: int) -> int:
        if text[at : at + SHORTEST] not in self._starts:
            return 0
        lengths = range(min(LONGEST, len(text) - at), SHORTEST - 1, -1)
        return next((n for n in lengths if text[at : at + n] in self.places), 0)


@cache
def known(path: Path = FILE) -> Localities:
    """The places of a CSV file with the columns place and district. Raises CatalogueError, naming the line."""
    return Localities({row["place"]: row["district"] for row in read(path, ("place", "district"))})


@cache
def district_sounds() -> dict[str, str]:
    """How each district sounds with its rank (韩江区 sounds as 邗江区) -> its official name."""
    return {sounds(name): name for name in DISTRICTS.values() if len(name) == 3}


def sounded_district(text: str) -> Iterator[tuple[int, int, str]]:
    """Spans that sound like a district with its rank, and the district."""
    heard = sounds(text)
    for sound, name in district_sounds().items():
        at = heard.find(sound)
        if at >= 0 and text[at + 2] in "区市县":
            yield at, at + 3, name
