"""`python -m eval`: the measurements."""

import argparse
import sys

from eval import call, speech


def main(argv: list[str] | None = None) -> int:
    """Run one measurement."""
    parser = argparse.ArgumentParser(prog="eval", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    speech.arguments(commands.add_parser("speech", help="character error rate and cost over a TSV of recordings"))
    call.arguments(commands.add_parser("call", help="a two-leg recording through the whole pipeline"))
    options = parser.parse_args(argv)
    return int(options.run(options))


if __name__ == "__main__":
    sys.exit(main())
