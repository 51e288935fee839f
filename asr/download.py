"""A large file over HTTP: what is there is kept, the rest is asked for."""

from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

Progress = Callable[[int, int], None]
BLOCK = 1 << 18
SILENT = 30.0


def download(url: str, to: Path, progress: Progress) -> None:
    """Bring `url` to the file `to` by way of `to`.partial, which outlives a failure and is continued.

    A connection that is cut is taken up again as long as each attempt brings something. progress: bytes (done, total;
    total 0 when the server does not say). Raises OSError or HTTPException.
    """
    partial = to.with_name(f"{to.name}.partial")
    while True:
        had = _size(partial)
        try:
            _continue(url, partial, had, progress)
            break
        except (OSError, HTTPException):
            if _size(partial) <= had:
                raise
    partial.replace(to)


def _continue(url: str, partial: Path, had: int, progress: Progress) -> None:
    request = Request(url, headers={"Range": f"bytes={had}-"} if had else {})
    try:
        with urlopen(request, timeout=SILENT) as response:
            done = had if response.status == 206 else 0
            total = done + int(response.headers.get("Content-Length") or 0)
            with partial.open("ab" if done else "wb") as out:
                while block := response.read(BLOCK):
                    out.write(block)
                    done += len(block)
                    progress(done, total)
    except HTTPError as error:
        if error.code != 416 or error.headers.get("Content-Range") != f"bytes */{had}":
            raise
        return  # nothing is left to ask for: the last attempt stopped between the last byte and the rename
    if done < total:
        raise ConnectionError(f"{done} / {total}")


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0
