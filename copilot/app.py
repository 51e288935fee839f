"""The application: routes, one table of errors, the built pages."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypedDict

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from asr.base import AsrError
from copilot import parts as parts_module
from copilot.api import (
    access,
    attachments,
    calls,
    configuration,
    desk,
    export,
    inbound,
    knowledge,
    labelling,
    lines,
    suggestions,
    tickets,
    users,
    views,
)
from copilot.api.throttle import Throttle
from copilot.attachments import AttachmentError, Store
from copilot.calls import CallError, Calls
from copilot.clockwork import Clockwork
from copilot.configuration.versions import ConfigurationError
from copilot.guard import Guard, Limits
from copilot.knowledge.finding import Unknown
from copilot.knowledge.intake import Intake
from copilot.knowledge.jobs import Jobs
from copilot.knowledge.upkeep import Upkeep
from copilot.labelling.errors import Closed, LabelError
from copilot.parts import Parts
from copilot.settings import Settings
from kb_index.article import KnowledgeError
from telephony.base import NoTransfer, TelephonyError
from ticket_core.errors import Conflict, TicketError

STATIC = Path(__file__).parent / "static"
STATUS: tuple[tuple[type[Exception], int, str], ...] = (
    (Conflict, 409, "内容已被他人修改"),
    (ConfigurationError, 422, "设置没有保存"),
    (TicketError, 422, "工单不能这样办理"),
    (AttachmentError, 422, "附件不能上传"),
    (Unknown, 404, "没有找到"),
    (KnowledgeError, 422, "热线百科不能这样办理"),
    (Closed, 409, "已收卷"),
    (LabelError, 422, "不能这样标注"),
    (CallError, 409, "电话不能这样操作"),
    (NoTransfer, 409, "不能转接"),
    (TelephonyError, 400, "音频不对"),
    (AsrError, 503, "语音识别不可用"),
)
TITLES = {
    400: "请求读不出来",
    401: "请登录",
    403: "没有权限",
    404: "没有找到",
    405: "不能这样请求",
    413: "内容太大",
    422: "填写有误",
    423: "账号已锁定",
    429: "请稍后再试",
}
OTHERWISE = {400: "请求正文读不出来，请检查格式", 404: "没有这个接口", 405: "这个接口不支持这种请求方法"}
log = logging.getLogger(__name__)


class State(TypedDict):
    """What lifespan hands to every request."""

    parts: Parts
    calls: Calls
    intake: Intake
    jobs: Jobs
    throttle: Throttle
    forms: Throttle


def create_app(settings: Settings, parts: Parts | None = None) -> FastAPI:
    """Build the application; `parts` given: they are used as they are and closed by whoever built them."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        built = parts or parts_module.build(settings)
        await access.create_samples(built.database, settings)
        Store(settings).sweep(datetime.now(UTC))
        live, jobs, intake = Calls(built), Jobs(), Intake(built)
        clockwork, upkeep = Clockwork(built, jobs=jobs), Upkeep(built, jobs)
        await live.recover()
        await intake.sweep(datetime.now(UTC))
        forms = Throttle(most=settings.web_form_hourly, within=3600)
        ticking = asyncio.create_task(clockwork.run(), name="clockwork")
        following = asyncio.create_task(built.live.run(upkeep.look), name="index")
        yield {"parts": built, "calls": live, "intake": intake, "jobs": jobs, "throttle": Throttle(), "forms": forms}
        await clockwork.close()
        await intake.close()
        await built.live.close()
        await ticking
        await following
        await jobs.close()
        await live.close()
        if parts is None:
            await built.close()

    app = FastAPI(title="12345 坐席助手", lifespan=lifespan, docs_url="/api/docs", openapi_url="/api/openapi.json")
    for module in (
        access,
        users,
        configuration,
        calls,
        desk,
        labelling,
        lines,
        views,
        export,
        inbound,
        suggestions,
        attachments,
        tickets,
    ):
        app.include_router(module.router)
    for router in knowledge.ROUTERS:
        app.include_router(router)
    for family, status, title in STATUS:
        app.add_exception_handler(family, _problem(status, title))
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(SQLAlchemyError, _failed(503, "数据库暂不可用，内容没有保存；请稍后重试"))
    app.add_exception_handler(Exception, _failed(500, "服务出错了，请重试；仍不行请联系管理员"))
    app.add_middleware(Guard, refuse=partial(problem, 413, TITLES[413]), uploads=uploads(settings))
    app.add_api_route("/{path:path}", page, methods=["GET"], include_in_schema=False)
    return app


def uploads(settings: Settings) -> Limits:
    """The paths that take files, and how many MB a request to them may have: a file and the form around it."""
    return (
        (r"/api/(?:tickets/\d+/attachments|inbound/\w+|web-form)", settings.attachment_mb + 1),
        (r"/api/knowledge/imports", settings.import_mb + 1),
        (r"/api/knowledge/import-base", settings.bundle_mb + 1),
    )


async def page(path: str) -> FileResponse:
    """The built pages: /form is the citizens', every other path that names no file the single page of the desk."""
    if path.startswith("api/"):
        raise HTTPException(404, "没有这个接口")
    if not (STATIC / "index.html").exists():
        raise HTTPException(503, "页面还没有构建，请先运行 make ui")
    file = (STATIC / path).resolve()
    if path and file.is_relative_to(STATIC) and file.is_file():
        return FileResponse(file)
    if "." in path.rpartition("/")[2]:
        raise HTTPException(404, "没有这个文件，页面可能刚刚更新，请刷新后再试")
    return FileResponse(STATIC / ("form.html" if path == "form" else "index.html"))


def problem(status: int, title: str, detail: str) -> JSONResponse:
    """An answer in the form of RFC 9457. detail: may quote what was sent, half a character as well."""
    body = {"status": status, "title": title, "detail": detail.encode(errors="replace").decode()}
    return JSONResponse(body, status, media_type="application/problem+json")


def _problem(status: int, title: str) -> Callable[[Request, Exception], JSONResponse]:
    return lambda _, error: problem(status, title, str(error))


def _failed(status: int, detail: str) -> Callable[[Request, Exception], JSONResponse]:
    def answer(request: Request, error: Exception) -> JSONResponse:
        log.error("request failed", exc_info=error, extra={"method": request.method})
        return problem(status, "没有办成", detail)

    return answer


def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status, detail = error.status_code, str(error.detail)
    ours = any("\u4e00" <= character <= "\u9fff" for character in detail)
    answer = problem(status, TITLES.get(status, "请求没有成功"), detail if ours else OTHERWISE.get(status, detail))
    answer.headers.update(error.headers or {})
    return answer


def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    where = "、".join(dict.fromkeys(".".join(str(part) for part in item["loc"][1:]) for item in error.errors()))
    return problem(422, TITLES[422], f"这些内容缺失、过长或格式不对：{where or '请求正文'}")
