"""A form with files as it comes over HTTP: read once the sender is known, and nothing of it left where it fails."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fastapi import HTTPException, Request
from starlette.datastructures import UploadFile

from copilot.attachments import Staged, Store
from copilot.parts import Parts

FIELDS, LONGEST = 40, 1 << 20
FILE: dict[str, Any] = {"type": "string", "format": "binary"}


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent. files: checked, waiting to be kept."""

    fields: dict[str, Any] = field(default_factory=dict)
    files: list[Staged] = field(default_factory=list)

    def digest(self) -> str:
        """SHA-256 of it all: the same form has the same."""
        told = [*sorted(self.fields.items()), *((one.name, one.sha256) for one in self.files)]
        return hashlib.sha256(repr(told).encode(errors="surrogatepass")).hexdigest()


def body(fields: dict[str, Any], required: Sequence[str], files: dict[str, Any]) -> dict[str, Any]:
    """How the interface's document describes such a form; FastAPI would read the body before it knows the sender."""
    schema = {"type": "object", "properties": {**fields, **files}, "required": list(required)}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


@asynccontextmanager
async def received(request: Request, parts: Parts, most: int) -> AsyncIterator[Form]:
    """The form of a request, its files staged, at most so many. Raises HTTPException and AttachmentError.

    A form of text alone may come as JSON. What was not kept by the end is gone.
    """
    store, form = Store(parts.settings), Form()
    try:
        await _read(request, store, form, most)
        yield form
    except BaseException:
        if form.files:
            await parts.database.write(partial(store.settle, files=form.files))
        raise
    finally:
        store.drop(form.files)


async def _read(request: Request, store: Store, form: Form, most: int) -> None:
    if request.headers.get("content-type", "").startswith("application/json"):
        form.fields.update(await _json(request))
        return
    async with request.form(max_files=most + 1, max_fields=FIELDS, max_part_size=LONGEST) as sent:
        uploads = [one for _, one in sent.multi_items() if isinstance(one, UploadFile) and (one.filename or one.size)]
        if len(uploads) > most:
            raise HTTPException(422, f"一次最多上传 {most} 个文件，请分次上传")
        form.fields.update({name: value for name, value in sent.multi_items() if isinstance(value, str)})
        for upload in uploads:
            form.files.append(await asyncio.to_thread(store.stage, upload.file, upload.filename or ""))


async def _json(request: Request) -> dict[str, Any]:
    try:
        told = await request.json()
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, "请求正文读不出来，请用 UTF-8 编码的 JSON 或表单") from error
    if not isinstance(told, dict):
        raise HTTPException(422, "请求正文要是一组字段")
    return told
