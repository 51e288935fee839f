"""What a move asks of whoever makes it: one list, from which the pages draw their forms."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from ticket_core.errors import TicketError
from ticket_core.text import visible

Kind = Literal[
    "line", "text", "choice", "number", "date", "department", "departments", "ticket", "citations", "flag", "words"
]


@dataclass(frozen=True, slots=True)
class Input:
    """most: characters of a text, the largest of a number, the longest of a list."""

    label: str
    kind: Kind
    most: int = 500
    choices: tuple[str, ...] = ()


SERVICES = ("110", "119", "120", "122")
RESULTS = ("已解决", "部分解决", "解释说明", "无法解决")
SATISFIED = ("满意", "基本满意")
NUMBER = re.compile("[0-9]{1,9}")
UNREACHED = ("无人接听", "关机", "停机", "空号", "占线", "拒接")

INPUTS: dict[str, Input] = {
    "reason": Input("理由", "text"),
    "basis": Input("依据", "text"),
    "department": Input("承办单位", "department", 100),
    "assisting": Input("协办单位", "departments", 10),
    "answer": Input("答复内容", "text", 5000),
    "cited": Input("引用依据", "citations", 10),
    "route": Input("告知的法定途径", "text"),
    "service": Input("联动", "choice", choices=SERVICES),
    "report": Input("报送内容", "text", 2000),
    "into": Input("主单", "ticket", 16),
    "earlier": Input("前次工单", "ticket", 16),
    "days": Input("延期工作日数", "number", 200),
    "plan": Input("办理计划", "text", 2000),
    "review_at": Input("复核日期", "date"),
    "level": Input("督办级别", "number", 3),
    "reply": Input("办理情况", "text", 5000),
    "result": Input("办理结果", "choice", choices=RESULTS),
    "contact": Input("联系情况", "text"),
    "satisfaction": Input("满意度", "choice", choices=SATISFIED),
    "outcome": Input("未接通原因", "choice", choices=UNREACHED),
    "evidence": Input("证据", "text", 2000),
    "note": Input("说明", "text"),
}


def read(given: Mapping[str, Any], needs: tuple[str, ...], takes: tuple[str, ...]) -> dict[str, Any]:
    """The inputs of a move, checked. Raises TicketError for what is missing, too much, or not among the choices."""
    if unknown := [name for name in given if name not in (*needs, *takes)]:
        raise TicketError(f"这一步不用填{_labels(unknown)}；要填的是：{_labels((*needs, *takes)) or '无'}")
    clean = {name: value for name, raw in given.items() if (value := checked(INPUTS[name], raw)) not in ("", [], None)}
    if missing := [name for name in needs if name not in clean]:
        raise TicketError(f"还要填写：{_labels(missing)}")
    return clean


def _labels(names: tuple[str, ...] | list[str]) -> str:
    return "、".join(INPUTS[name].label if name in INPUTS else name for name in names)


def checked(one: Input, raw: Any) -> Any:
    """A value as it is kept. Raises TicketError for one that does not fit; its message names the input."""
    if raw is None:
        return None
    match one.kind:
        case "number":
            return _number(one, raw)
        case "date":
            return _date(one, raw)
        case "departments" | "words":
            return _names(one, raw)
        case "flag":
            return _flag(one, raw)
        case "citations":
            return _citations(one, raw)
    return _text(one, raw)


def _text(one: Input, raw: Any) -> str:
    if not isinstance(raw, str):
        raise TicketError(f"“{one.label}”要填文字")
    clean = visible(raw)
    if len(clean) > one.most:
        raise TicketError(f"“{one.label}”最多 {one.most} 字，现在是 {len(clean)} 字")
    if clean and one.choices and clean not in one.choices:
        raise TicketError(f"“{one.label}”没有“{clean}”；可选：{'、'.join(one.choices)}")
    return clean


def _number(one: Input, raw: Any) -> int | None:
    if raw == "":
        return None
    text = str(raw)
    if isinstance(raw, bool) or not NUMBER.fullmatch(text) or not 1 <= int(text) <= one.most:
        raise TicketError(f"“{one.label}”要填 1 到 {one.most} 的整数")
    return int(text)


def _date(one: Input, raw: Any) -> date | None:
    if raw == "":
        return None
    try:
        return date.fromisoformat(str(raw))
    except ValueError as error:
        raise TicketError(f"“{one.label}”要填日期，例如 2026-12-01") from error


def _flag(one: Input, raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise TicketError(f"“{one.label}”只能选是或否")
    return raw


def _names(one: Input, raw: Any) -> list[str]:
    if not isinstance(raw, list) or len(raw) > one.most:
        raise TicketError(f"“{one.label}”要逐个填写，最多 {one.most} 个")
    single = Input(one.label, "line", 100)
    return list(dict.fromkeys(filter(None, (_text(single, name) for name in raw))))


def _citations(one: Input, raw: Any) -> list[dict[str, Any]]:
    if not isinstance(raw, list) or len(raw) > one.most:
        raise TicketError(f"“{one.label}”最多 {one.most} 条")
    return [_citation(one, found) for found in raw]


def _citation(one: Input, raw: Any) -> dict[str, Any]:
    article, version = (raw.get("article"), raw.get("version")) if isinstance(raw, Mapping) else (None, None)
    if not isinstance(article, str) or not 0 < len(article) <= 64 or type(version) is not int or version < 0:
        raise TicketError(f"“{one.label}”要有条目编号和版本，请重新采用一条建议")
    return {"article": article, "version": version}
