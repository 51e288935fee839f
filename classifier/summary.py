"""A rolling summary, extracted: the citizen's own clauses, numbers and names verbatim."""

import re
from collections.abc import Sequence

from classifier.fields import Turn, extract

LONGEST = 160


def summarise(turns: Sequence[Turn]) -> str:
    """Who, where, what and what for, in at most 160 characters of the citizen's words; empty when nothing was said."""
    fields = extract(turns)
    if "content" not in fields:
        return ""
    clauses = [clause for clause in re.split(r"(?<=[。！？])", fields["content"].value) if len(clause) > 5]
    body = ""
    for clause in clauses:
        if len(body) + len(clause) > LONGEST:
            break
        body += clause
    body = body or clauses[0][:LONGEST] if clauses else fields["content"].value[:LONGEST]
    who = f"{fields['citizen_name'].value}姓市民" if "citizen_name" in fields else "市民"
    return f"{who}反映：{body}"
