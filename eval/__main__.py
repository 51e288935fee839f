"""`python -m eval`: the measurements."""

import argparse
import sys

from eval import audit, bench, call, routing, search, speech, tickets


def main(argv: list[str] | None = None) -> int:
    """Run one measurement."""
    parser = argparse.ArgumentParser(prog="eval", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    speech.arguments(commands.add_parser("speech", help="character error rate and cost over a TSV of recordings"))
    call.arguments(commands.add_parser("call", help="a two-leg recording through the whole pipeline"))
    search.arguments(commands.add_parser("search", help="recall of each scorer and of the fusion over documents"))
    routing.arguments(commands.add_parser("routing", help="accuracy and calibration of the departments over a TSV"))
    tickets.arguments(commands.add_parser("tickets", help="a year of tickets made, and the pages over them measured"))
    audit.arguments(commands.add_parser("audit", help="faults put into the index of a large base, and those found"))
    bench.arguments(commands.add_parser("bench", help="everything that has a bar, beside it"))
    options = parser.parse_args(argv)
    return int(options.run(options))


if __name__ == "__main__":
    sys.exit(main())
