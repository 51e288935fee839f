"""Numbers and addresses as lists show them: 138****6021, z***@example.com."""

import re

MOBILE = re.compile(r"(?<!\d)((?:86)?1\d{2})\d{4}(\d{4})(?!\d)")
LANDLINE = re.compile(r"(?<!\d)(0\d{2,3}-?\d{3}|8\d{2})\d{2,3}(\d{2})(?!\d)")
IDENTITY = re.compile(r"(?<!\d)(\d{3})\d{11}(\d{3}[\dXx])(?!\d)")

EMAIL = re.compile(r"([\w.+-])[\w.+-]*(@[\w-]+(?:\.[\w-]+)+)", re.ASCII)


def masked(text: str) -> str:
    """A text with its telephone and identity numbers and its e-mail addresses masked."""
    text = EMAIL.sub(r"\1***\2", text)
    text = IDENTITY.sub(r"\1***********\2", text)
    text = MOBILE.sub(r"\1****\2", text)
    return LANDLINE.sub(r"\1***\2", text)


def masked_name(name: str) -> str:
    """A name with only its first character: 李**."""
    return name[:1] + "*" * (len(name) - 1)


def masked_number(number: str) -> str:
    """A number or address of a citizen, also one of no usual form."""
    usual = masked(number)
    return usual if usual != number else f"{number[:3]}****{number[-2:]}" if len(number) > 7 else "****"
