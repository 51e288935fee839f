"""The process that reads one file, apart from the server: `python -m kb_index.importing FILE NAME BYTES`.

Says on standard output, a JSON object a line, what it finds; its memory and time are limited by itself, before it
looks at the file, so that a file made to break a parser breaks this process alone.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

from kb_index.importing.base import Note, Proposal, Recognised, Refusal, Refused, Source
from kb_index.importing.reading import read

SECONDS = 90
TOO_MUCH = "文件太大或太复杂，读取时超出内存限制；请分成几个文件再上传"


def main() -> None:
    """Read and tell."""
    memory = int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    told = 0

    def progress(done: int, total: int) -> None:
        nonlocal told
        if done == total or done * 100 // max(total, 1) > told:
            told = done * 100 // max(total, 1)
            _say(done=done, total=total)

    try:
        for found in read(Source(Path(sys.argv[1]), sys.argv[2], progress)):
            match found:
                case Proposal():
                    _say(where=found.where, row=found.row(), notes=list(found.notes))
                case Refusal():
                    _say(where=found.where, why=found.why)
                case Note():
                    _say(note=found.text)
                case Recognised():
                    _say(kind=found.kind, label=found.label)
    except Refused as refused:
        _say(refused=str(refused))
    except MemoryError:
        _say(refused=TOO_MUCH)
    _say(end=True)


def _say(**told: Any) -> None:
    sys.stdout.buffer.write(json.dumps(told, ensure_ascii=False).encode(errors="replace") + b"\n")
    sys.stdout.buffer.flush()


main()
