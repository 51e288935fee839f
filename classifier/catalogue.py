"""The dispatch catalogue and the departments: data files, replaced without code."""

import csv
from dataclasses import dataclass
from pathlib import Path

DISTRICTS = {
    "邗江": "邗江区",
    "广陵": "广陵区",
    "江都": "江都区",
    "仪征": "仪征市",
    "高邮": "高邮市",
    "宝应": "宝应县",
    "开发区": "经济技术开发区",
    "生态科技新城": "生态科技新城",
}


class CatalogueError(Exception):
    """Family of errors of this room; the message (Chinese) says what is possible."""


@dataclass(frozen=True, slots=True)
class Department:
    """A department that can be dispatched to. district: empty for the city's own."""

    name: str
    level: str
    district: str


@dataclass(frozen=True, slots=True)
class Line:
    """matter -> department with its basis. department may hold `{district}`; keywords: how citizens say it."""

    matter1: str
    matter2: str
    department: str
    basis: str
    keywords: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """Lines in the file's order, departments by name."""

    lines: tuple[Line, ...]
    departments: dict[str, Department]

    def department(self, line: Line, district: str) -> str:
        """The department's name for a district; the city's own when the district is unknown or has none."""
        if "{district}" not in line.department:
            return line.department
        local = line.department.format(district=district) if district else ""
        if local in self.departments:
            return local
        whole = next((d.name for d in self.departments.values() if district and d.district == district), "")
        return whole or line.department.format(district="扬州市")


def district_of(text: str) -> str:
    """The district that was said last; empty when none was."""
    said = {text.rfind(word): name for word, name in DISTRICTS.items() if word in text}
    return said[max(said)] if said else ""


def load(path: Path) -> Catalogue:
    """The catalogue of a CSV file and the departments.csv beside it. Raises CatalogueError, naming the line."""
    departments = {row["name"]: Department(**row) for row in _rows(path.with_name("departments.csv"))}
    lines = []
    for number, row in enumerate(_rows(path), 2):
        try:
            line = Line(row["matter1"], row["matter2"], row["department"], row["basis"], tuple(row["keywords"].split()))
        except KeyError as error:
            raise CatalogueError(f"{path.name} 缺少 {error} 这一列") from error
        if not line.keywords or line.department.format(district="扬州市") not in departments:
            raise CatalogueError(f"{path.name} 第 {number} 行：承办单位不在 departments.csv 里，或没有关键词")
        lines.append(line)
    return Catalogue(tuple(lines), departments)


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf8", newline="") as file:
            return list(csv.DictReader(file, strict=True))
    except (OSError, csv.Error, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path.name} 读不出来：{error}") from error
