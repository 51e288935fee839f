"""`python -m copilot.typescript`: writes ui/src/events.ts out of the JSON Schema of the wire events."""

import json
from pathlib import Path
from typing import Any

from copilot.events import WIRE

TARGET = Path(__file__).parents[1] / "ui" / "src" / "events.ts"
HEAD = "// Generated from copilot/events.py by `python -m copilot.typescript`; edit that file, not this one.\n"
PRIMITIVES = {"string": "string", "number": "number", "integer": "number", "boolean": "boolean", "null": "null"}


def generate() -> str:
    """The whole file: one type a definition, and the union that the desk's socket speaks."""
    schema = WIRE.json_schema(mode="serialization")
    parts = [declare(name, body) for name, body in sorted(schema["$defs"].items())]
    return "\n".join([HEAD, *parts, f"export type WireEvent = {render(schema)};\n"])


def declare(name: str, body: dict[str, Any]) -> str:
    """A named type with its description as a comment."""
    comment = f"/** {body['description']} */\n" if "description" in body else ""
    if body.get("type") != "object":
        return f"{comment}export type {name} = {render(body)};\n"
    return f"{comment}export interface {name} {render(body)}\n"


def render(schema: dict[str, Any]) -> str:
    """A schema as a TypeScript type. Raises TypeError for what the wire events have not needed so far."""
    match schema:
        case {"$ref": ref}:
            return str(ref).rsplit("/", 1)[-1]
        case {"oneOf": options} | {"anyOf": options}:
            return " | ".join(render(option) for option in options)
        case {"const": value}:
            return json.dumps(value)
        case {"enum": values}:
            return " | ".join(json.dumps(value) for value in values)
        case {"type": "array", "items": items}:
            return f"Array<{render(items)}>"
        case {"type": "object", "properties": fields}:
            required = set(schema.get("required", ()))
            lines = [f"  {name}{'' if name in required else '?'}: {render(field)};" for name, field in fields.items()]
            return "\n".join(["{", *lines, "}"])
        case {"type": "object", "additionalProperties": dict(values)}:
            return f"Record<string, {render(values)}>"
        case {"type": str(kind)} if kind in PRIMITIVES:
            return PRIMITIVES[kind]
    raise TypeError(f"no TypeScript for {schema}")


if __name__ == "__main__":
    TARGET.write_text(generate(), "utf8")
