"""Reads a file in a process of its own and hears what it tells; whatever happens there, the server goes on."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from kb_index.importing.base import Refused

SECONDS = 180  # by the clock; of the processor it takes less
MEMORY = 1 << 30  # bytes
LINE, TOLD = 8 << 20, 256 << 20  # bytes of one line, and of all
BROKE = "读取时出错、超时或超出内存限制，文件可能已损坏或太复杂；请另存一份或分成几个文件再上传"


async def told(path: Path, name: str, seconds: float = SECONDS, memory: int = MEMORY) -> AsyncIterator[dict[str, Any]]:
    """Each object that the reader says: done and total, an item, a refusal, a note. Raises Refused.

    The process is given nothing of the environment, where keys may stand, and is gone when this ends.
    """
    command = [sys.executable, "-m", "kb_index.importing", str(path), name, str(memory)]
    found_by = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONDONTWRITEBYTECODE": "1"}
    process = await asyncio.create_subprocess_exec(
        *command, env=found_by, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL, limit=LINE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(seconds):
            async for one in _lines(process):
                yield one
    except TimeoutError as error:
        raise Refused(BROKE) from error
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _lines(process: asyncio.subprocess.Process) -> AsyncIterator[dict[str, Any]]:
    assert process.stdout is not None
    size = 0
    ended = False
    try:
        async for line in process.stdout:
            size += len(line)
            one: dict[str, Any] = json.loads(line)
            if "refused" in one:
                raise Refused(one["refused"])
            ended = "end" in one
            if size > TOLD:
                break
            if not ended:
                yield one
    except ValueError as error:
        raise Refused(BROKE) from error
    if not ended:
        raise Refused(BROKE)
