"""The application: routes, one table of errors, security headers, the built pages."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypedDict

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from starlette.exceptions import HTTPException

from asr.base import AsrError
from copilot import parts as parts_module
from copilot.api import access, calls, knowledge, tickets
from copilot.calls import CallError, Calls
from copilot.parts import Parts
from copilot.settings import Settings
from telephony.base import TelephonyError
from ticket_core.errors import Conflict, TicketError

STATIC = Path(__file__).parent / "static"
MAX_BODY = 1 << 20
STATUS: tuple[tuple[type[Exception], int, str], ...] = (
    (Conflict, 409, "内容已被他人修改"),
    (TicketError, 422, "工单不能这样办理"),
    (CallError, 409, "电话不能这样操作"),
    (TelephonyError, 400, "音频不对"),
    (AsrError, 503, "语音识别不可用"),
)
TITLES = {401: "请登录", 403: "没有权限", 404: "没有找到", 413: "内容太大", 422: "填写有误", 423: "账号已锁定"}
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "media-src 'self' blob:; worker-src 'self' blob:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class State(TypedDict):
    """What lifespan hands to every request."""

    parts: Parts
    calls: Calls


def create_app(settings: Settings, parts: Parts | None = None) -> FastAPI:
    """Build the application; `parts` given: they are used as they are and closed by whoever built them."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        built = parts or parts_module.build(settings)
        await access.create_samples(built, settings)
        live = Calls(built)
        await live.recover()
        yield {"parts": built, "calls": live}
        await live.close()
        if parts is None:
            await built.close()

    app = FastAPI(title="12345 坐席助手", lifespan=lifespan, docs_url="/api/docs", openapi_url="/api/openapi.json")
    for module in (access, calls, knowledge, tickets):
        app.include_router(module.router)
    for family, status, title in STATUS:
        app.add_exception_handler(family, _problem(status, title))
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.middleware("http")(_guard)
    app.add_api_route("/{path:path}", page, methods=["GET"], include_in_schema=False)
    return app


async def page(path: str) -> FileResponse:
    """The built pages; every path that is no file is the single page's."""
    if path.startswith("api/"):
        raise HTTPException(404, "没有这个接口")
    file = (STATIC / path).resolve()
    if path and file.is_relative_to(STATIC) and file.is_file():
        return FileResponse(file)
    if not (STATIC / "index.html").exists():
        raise HTTPException(503, "页面还没有构建，请先运行 make ui")
    return FileResponse(STATIC / "index.html")


async def _guard(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length) > MAX_BODY:
        return problem(413, TITLES[413], "一次最多提交 1 MB，请分开提交")
    response = await go_on(request)
    response.headers.update(HEADERS)
    return response


def problem(status: int, title: str, detail: str) -> JSONResponse:
    """An answer in the form of RFC 9457."""
    body = {"status": status, "title": title, "detail": detail}
    return JSONResponse(body, status, media_type="application/problem+json")


def _problem(status: int, title: str) -> Callable[[Request, Exception], JSONResponse]:
    return lambda _, error: problem(status, title, str(error))


def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, TITLES.get(error.status_code, "请求没有成功"), str(error.detail))


def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    where = "、".join(dict.fromkeys(".".join(str(part) for part in item["loc"][1:]) for item in error.errors()))
    return problem(422, TITLES[422], f"这些内容缺失、过长或格式不对：{where or '请求正文'}")
