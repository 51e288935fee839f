"""Bodies that are tables or forms: rows as models, errors that name row and column, columns for the page to draw."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from copilot.configuration.versions import ConfigurationError

MOST_ROWS = 5000
Word = Annotated[str, Field(min_length=1, max_length=50)]
Label = Annotated[str, Field(min_length=1, max_length=100)]


class Line(BaseModel):
    """A row of a table, or a form. Text is stripped, what is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Column(BaseModel):
    """How a page shows a column; words: a list of short texts."""

    name: str
    label: str
    kind: Literal["text", "switch", "number", "choice", "words"]
    choices: list[str] = []


L = TypeVar("L", bound=Line)


def columns(model: type[Line]) -> list[Column]:
    """The columns of a model's table."""
    return [_column(name, field) for name, field in model.model_fields.items()]


def read_rows(model: type[L], body: Any) -> tuple[L, ...]:
    """The rows of a table. Raises ConfigurationError naming each row that is wrong."""
    if not isinstance(body, list) or len(body) > MOST_ROWS:
        raise ConfigurationError(f"内容要是一张表，最多 {MOST_ROWS} 行")
    return tuple(_read(TypeAdapter(list[model]), body, model))  # type: ignore[valid-type]


def read_form(model: type[L], body: Any) -> L:
    """A form. Raises ConfigurationError naming each field that is wrong."""
    read: L = _read(TypeAdapter(model), body, model)
    return read


def distinct(rows: tuple[L, ...], *names: str) -> tuple[L, ...]:
    """The rows. Raises ConfigurationError where two are alike in these columns."""
    first: dict[tuple[Any, ...], int] = {}
    for number, row in enumerate(rows, 1):
        key = tuple(getattr(row, name) for name in names)
        if (earlier := first.setdefault(key, number)) != number:
            raise ConfigurationError(f"第 {number} 行“{'/'.join(map(str, key))}”与第 {earlier} 行重复")
    return rows


def refuse(problems: list[str]) -> None:
    """Raises ConfigurationError with the first ten problems; nothing where there are none."""
    if problems:
        more = f"；另有 {len(problems) - 10} 处" if len(problems) > 10 else ""
        raise ConfigurationError("；".join(problems[:10]) + more)


def _read(adapter: TypeAdapter[Any], body: Any, model: type[Line]) -> Any:
    try:
        return adapter.validate_python(body)
    except ValidationError as error:
        refuse(list(_problems(error, model)))
        raise


def _problems(error: ValidationError, model: type[Line]) -> Iterator[str]:
    for item in error.errors(include_url=False):
        row = "".join(f"第 {part + 1} 行" for part in item["loc"][:1] if isinstance(part, int))
        name = next((part for part in item["loc"] if isinstance(part, str)), "")
        field = model.model_fields.get(name)
        yield f"{row}{f'“{field.title or name}”' if field else name}{_wanted(item)}"


def _wanted(item: Any) -> str:
    given = item.get("ctx", {})
    match item["type"]:
        case "missing":
            return "没有填"
        case "extra_forbidden":
            return "：没有这一列"
        case "string_too_short" | "too_short":
            return "没有填"
        case "string_too_long" | "too_long":
            return f"太长，最多 {given['max_length']}"
        case "literal_error":
            return f"没有这一项，可选：{given['expected']}"
        case "greater_than_equal" | "less_than_equal":
            return f"超出范围，{'最小' if 'ge' in given else '最大'} {given.get('ge', given.get('le'))}"
    return "格式不对"


def _column(name: str, field: FieldInfo) -> Column:
    label, kind = field.title or name, field.annotation
    if get_origin(kind) is Literal:
        return Column(name=name, label=label, kind="choice", choices=list(get_args(kind)))
    if kind is bool:
        return Column(name=name, label=label, kind="switch")
    if kind is int:
        return Column(name=name, label=label, kind="number")
    return Column(name=name, label=label, kind="words" if get_origin(kind) is tuple else "text")
