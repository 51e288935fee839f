"""At the door of the application: a limit on what is sent, and the security headers on what goes out."""

import re
from collections.abc import Callable, Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_MB = 1
Limits = Sequence[tuple[str, int]]
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "media-src 'self' blob:; worker-src 'self' blob:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Guard:
    """Counts the body as it comes, so that a sender who announces no length is held to the limit as well.

    refuse: the answer to what is too large, given the words; uploads: patterns of the paths that take files, and MB.
    """

    def __init__(self, app: ASGIApp, refuse: Callable[[str], ASGIApp], uploads: Limits) -> None:
        self._app, self._refuse = app, refuse
        self._uploads = [(re.compile(path), most) for path, most in uploads]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what is no HTTP request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = next((most for path, most in self._uploads if path.fullmatch(scope["path"])), BODY_MB)
        length = Headers(scope=scope).get("content-length", "0")
        fits = length.isascii() and length.isdigit() and int(length[:20]) <= most << 20
        app = self._app if fits else self._refuse(too_large(most))
        await app(scope, _counted(receive, most), _with_headers(send))


def too_large(most: int) -> str:
    """The words of a refusal; most: MB."""
    return f"一次最多提交 {most} MB，请分开提交"


def _counted(receive: Receive, most: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most << 20:
            raise HTTPException(413, too_large(most))
        return message

    return counted


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return sending
