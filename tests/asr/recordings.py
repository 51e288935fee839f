"""The spoken sentences beside these tests: `names.tsv` with places and departments, `general.tsv` without."""

import csv
from pathlib import Path

import soundfile

FOLDER = Path(__file__).parent / "names"


def rows(table):
    """(int16 samples at 8 kHz, text, names) of each row."""
    with (FOLDER / table).open(encoding="utf8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield soundfile.read(FOLDER / row["file"], dtype="int16")[0], row["text"], (row["names"] or "").split()
