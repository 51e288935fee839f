"""Documents that are drawn from the code: `python -m copilot.documents` writes them, a test holds them fresh."""

from pathlib import Path

from copilot.settings import Settings
from ticket_core import workflow
from ticket_core.inputs import INPUTS

DOCS = Path(__file__).parents[1] / "docs"


def settings() -> str:
    """Every setting with its default."""
    rows = [
        f"| `COPILOT_{name.upper()}` | {_default(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    head = ["# Settings", "", "Read from the environment by `copilot/settings.py` alone.", ""]
    return "\n".join([*head, "| variable | default | what it sets |", "|---|---|---|", *rows, ""])


def ticket_workflow() -> str:
    """The workflow table, drawn and listed."""
    rows = [f"| {' | '.join(_cells(move))} |" for move in workflow.TABLE]
    head = ["# Workflow of a ticket", "", "Drawn from `ticket_core/workflow.py:TABLE`.", ""]
    diagram = ["```mermaid", workflow.diagram(), "```", ""]
    names = ["from", "action", "to", "who", "when", "asks for", "may have"]
    return "\n".join([*head, *diagram, f"| {' | '.join(names)} |", "|---" * len(names) + "|", *rows, ""])


def _cells(row: workflow.Move) -> tuple[str, ...]:
    when = row.when.label if row.when else ""
    asks, may = ("、".join(INPUTS[name].label for name in names) for names in (row.needs, row.takes))
    return (row.source.label, row.action.label, row.target.label, _roles(row), when, asks, may)


DOCUMENTS = {"settings.md": settings, "workflow.md": ticket_workflow}


def write(folder: Path = DOCS) -> None:
    """Write every document."""
    for name, draw in DOCUMENTS.items():
        (folder / name).write_text(draw(), "utf8")


def _default(value: object) -> str:
    return f"`{value}`" if str(value) else "(empty)"


def _roles(row: workflow.Move) -> str:
    return "、".join(sorted(role.label for role in row.roles))


if __name__ == "__main__":
    write()
