"""The dispatch catalogue and the departments: data files, replaced without code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from classifier.datafile import CatalogueError, Row, read
from classifier.districts import DISTRICTS, Places, district_of
from classifier.examples import Example
from classifier.examples import load as load_examples

__all__ = ["DISTRICTS", "Catalogue", "CatalogueError", "Department", "Line", "district_of", "load"]

CITY = "扬州市"
DISTRICT, COUNTY = "{district}", "{county}"
SELF_RUN = "县级"


@dataclass(frozen=True, slots=True)
class Department:
    """A department that can be dispatched to. district: empty for the city's own.

    level 县级 marks the departments of a county that runs its own city services (lights, water, insurance).
    """

    name: str
    level: str
    district: str


@dataclass(frozen=True, slots=True)
class Line:
    """matter -> department with its basis. keywords: how citizens say it.

    department may begin with `{district}` (each district's own) or `{county}` (the city's, save in counties
    that run their own).
    """

    matter1: str
    matter2: str
    department: str
    basis: str
    keywords: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """Lines in the file's order, departments by name, places by which a district is known.

    examples: requests to learn from; set_aside: requests that are never learnt from, to calibrate on.
    """

    lines: tuple[Line, ...]
    departments: dict[str, Department]
    places: Places = field(default_factory=Places)
    examples: tuple[Example, ...] = ()
    set_aside: tuple[Example, ...] = ()

    def department(self, line: Line, district: str) -> str:
        """The department's name for a district; the city's own when the district is unknown or has none."""
        if DISTRICT in line.department:
            return self._local(line, DISTRICT, district) or self._whole(district) or _city(line)
        local = self._local(line, COUNTY, district)
        return local if local and self.departments[local].level == SELF_RUN else _city(line)

    def depends_on_district(self, line: Line) -> bool:
        """Whether another district would mean another department."""
        return len({self.department(line, district) for district in self.districts()}) > 1

    def districts(self) -> list[str]:
        """The districts that have departments of their own, in the file's order."""
        return list(dict.fromkeys(d.district for d in self.departments.values() if d.district))

    def _local(self, line: Line, slot: str, district: str) -> str:
        name = line.department.replace(slot, district)
        return name if district and name in self.departments else ""

    def _whole(self, district: str) -> str:
        """The government or committee of a district: its first department."""
        return next((d.name for d in self.departments.values() if district and d.district == district), "")


def load(path: Path) -> Catalogue:
    """The catalogue of a CSV file, with departments.csv and, where there are any, localities.csv, examples.tsv and
    calibration.tsv beside it.

    Raises CatalogueError (Chinese), naming file and line.
    """
    departments: dict[str, Department] = {}
    for row in read(path.with_name("departments.csv"), ("name", "level", "district")):
        if not row["name"] or row["name"] in departments:
            raise row.refuse(f"承办单位“{row['name']}”为空或与前面重复")
        departments[row["name"]] = Department(row["name"], row["level"], row["district"])
    lines: dict[tuple[str, str], Line] = {}
    for row in read(path, ("matter1", "matter2", "department", "basis", "keywords")):
        line = _line(row, departments)
        if lines.setdefault((line.matter1, line.matter2), line) is not line:
            raise row.refuse(f"事项“{line.matter1}/{line.matter2}”与前面重复")
    if not lines:
        raise CatalogueError(f"{path.name} 里没有一条事项，请至少写一条")
    return Catalogue(
        tuple(lines.values()),
        departments,
        _places(path.with_name("localities.csv"), departments),
        load_examples(path.with_name("examples.tsv"), lines),
        load_examples(path.with_name("calibration.tsv"), lines),
    )


def _line(row: Row, departments: Mapping[str, Department]) -> Line:
    line = Line(row["matter1"], row["matter2"], row["department"], row["basis"], tuple(row["keywords"].split()))
    if not (line.matter1 and line.matter2 and line.basis):
        raise row.refuse("事项（两级）和依据都要填")
    if _city(line) not in departments:
        raise row.refuse(f"承办单位“{_city(line)}”不在 departments.csv 里")
    if not line.keywords:
        raise row.refuse("没有关键词，请写几个市民的说法，用空格分开")
    return line


def _places(path: Path, departments: Mapping[str, Department]) -> Places:
    known = {d.district for d in departments.values() if d.district} | set(DISTRICTS.values())
    places = dict(DISTRICTS)
    for row in read(path, ("place", "district")) if path.exists() else ():
        if row["district"] not in known:
            raise row.refuse(f"区县“{row['district']}”没有承办单位，可用：{'、'.join(sorted(known))}")
        if len(row["place"]) < 2 or places.get(row["place"], row["district"]) != row["district"]:
            raise row.refuse(f"地名“{row['place']}”太短，或前面已归到别的区县")
        places[row["place"]] = row["district"]
    return Places(places)


def _city(line: Line) -> str:
    """The city's own department of a line."""
    return line.department.replace(DISTRICT, CITY).replace(COUNTY, CITY)
