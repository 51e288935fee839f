"""Sign-in, roles and the session behind every request."""

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from fastapi import APIRouter, Depends, HTTPException, Request, Response, WebSocket
from pydantic import BaseModel, Field, PrivateAttr
from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection

from copilot import users
from copilot.api.throttle import Throttle
from copilot.calls import Calls
from copilot.database import Database
from copilot.parts import Parts
from copilot.roles import PERMISSIONS, Permission, RoleCard, needed
from copilot.settings import Settings
from copilot.tables import SignIn, User

router = APIRouter(prefix="/api")
COOKIE = "copilot_session"
LOCK_AFTER, LOCK_MINUTES = 5, 15
SHORTEST = 10
WRONG = "用户名或密码不对，请检查后重试"
SAMPLES = (
    ("wangli", "王丽", "agent", "", "一组"),
    ("zhaomin", "赵敏", "agent", "", "一组"),
    ("qianjun", "钱军", "team_leader", "", "一组"),
    ("sunjuan", "孙娟", "reviewer", "", ""),
    ("chenjie", "陈杰", "dispatcher", "", ""),
    ("zhoutao", "周涛", "supervisor", "", ""),
    ("lihua", "李华", "caller_back", "", ""),
    ("hanjiang", "韩江", "department", "邗江区城市管理局", ""),
    ("guangling", "广玲", "department", "广陵区城市管理局", ""),
    ("xuting", "徐婷", "annotator", "", ""),
    ("panyue", "潘越", "annotator", "", ""),
    ("gaofeng", "高峰", "knowledge_reviewer", "", ""),
    ("admin", "管理员", "admin", "", ""),
)
SAMPLE_PASSWORD = "yangzhou-12345"
_hasher = PasswordHasher()
NOBODY = _hasher.hash(secrets.token_urlsafe())  # an unknown user costs as much time as a known one


class Who(BaseModel):
    """The signed-in user and what their role opens to them; temporary: the password is one that was given out."""

    username: str
    name: str
    role: str
    role_label: str
    department: str
    team: str
    pages: list[str]
    may: list[str]
    bulk: list[str]
    temporary: bool
    _card: RoleCard = PrivateAttr()

    @property
    def card(self) -> RoleCard:
        """The card of the role: queues and scope."""
        return self._card


class Credentials(BaseModel):
    """What the sign-in form sends."""

    username: str = Field(max_length=64)
    password: str = Field(max_length=128)


class NewPassword(BaseModel):
    """One's own password, and the one to use from now on."""

    old: str = Field(max_length=128)
    new: str = Field(max_length=128)


def parts_of(request: Request) -> Parts:
    """The parts that lifespan built."""
    parts: Parts = request.state.parts
    return parts


def calls_of(request: Request) -> Calls:
    """The calls of this process."""
    calls: Calls = request.state.calls
    return calls


PartsIn = Annotated[Parts, Depends(parts_of)]
CallsIn = Annotated[Calls, Depends(calls_of)]


async def known(request: Request, parts: PartsIn) -> Who:
    """The signed-in user, or 401."""
    found = await find(parts, request.cookies.get(COOKIE, ""))
    if found is None:
        raise HTTPException(401, "登录已失效，请重新登录")
    return found


KnownIn = Annotated[Who, Depends(known)]


async def who(user: KnownIn) -> Who:
    """The signed-in user, or 401; 403 for one who has yet to choose a password."""
    if user.temporary:
        raise HTTPException(403, "您的密码是管理员发的临时密码，请先改成自己的密码，再继续使用")
    return user


WhoIn = Annotated[Who, Depends(who)]


def allow(permission: Permission) -> Callable[[Who, Parts], Coroutine[Any, Any, Who]]:
    """A dependency that lets in whose role has this permission."""

    async def check(user: WhoIn, parts: PartsIn) -> Who:
        if permission not in user.may:
            holders = needed(permission, parts.roles)
            detail = f"“{PERMISSIONS[permission]}”需要{holders}身份，您现在是{user.role_label}"
            raise HTTPException(403, detail)
        return user

    return check


AgentIn = Annotated[Who, Depends(allow("calls"))]


async def find(parts: Parts, token: str) -> Who | None:
    """The user of a session cookie; touches the session. None when it is unknown, idle too long or too old."""
    if not token:
        return None
    key, now = _key(token), datetime.now(UTC)
    row = await parts.database.read(lambda session: _load(session, key))
    if row is None or not row[1].active or row[1].role not in parts.roles:
        return None
    sign_in, user = row
    if user.changes_at is not None and user.changes_at <= now:
        await settle(parts, now)
        return await find(parts, token)
    settings = parts.settings
    idle = now - sign_in.seen_at > timedelta(minutes=settings.session_idle_minutes)
    if idle or now - sign_in.started_at > timedelta(hours=settings.session_hours):
        return None
    if now - sign_in.seen_at > timedelta(minutes=1):

        def touch(session: Session) -> None:
            if kept := session.get(SignIn, key):
                kept.seen_at = now

        await parts.database.write(touch)
    return introduce(user, parts.roles[user.role])


def introduce(user: User, card: RoleCard) -> Who:
    """A user with what the role opens to them."""
    known = Who(
        username=user.username,
        name=user.name,
        role=user.role,
        role_label=card.role.label,
        department=user.department,
        team=user.team,
        pages=list(card.pages),
        may=list(card.may),
        bulk=[action.value for action in card.bulk],
        temporary=user.temporary,
    )
    known._card = card
    return known


async def settle(parts: Parts, now: datetime) -> None:
    """Let the changes of users hold that were made ahead and came due."""

    def work(session: Session) -> None:
        for user in users.due(session, now):
            users.settle(session, user, now)

    await parts.database.write(work)


async def socket_user(socket: WebSocket) -> Who | None:
    """The user of a WebSocket that comes from our own page; None when it must be refused."""
    origin = socket.headers.get("origin", "")
    if origin and origin.split("://", 1)[-1] != socket.headers.get("host", ""):
        return None
    found = await find(socket.state.parts, socket.cookies.get(COOKIE, ""))
    return None if found is None or found.temporary else found


async def signed_in_still(parts: Parts, key: str) -> bool:
    """Whether a session is there and not too old; does not count as use. While the database does not answer, it is."""
    oldest = datetime.now(UTC) - timedelta(hours=parts.settings.session_hours)
    try:
        row = await parts.database.read(lambda session: _load(session, key))
    except SQLAlchemyError:
        return True
    return row is not None and row[1].active and row[0].started_at > oldest


@router.post("/session")
async def sign_in(credentials: Credentials, request: Request, response: Response, parts: PartsIn) -> Who:
    """Sign in. Five wrong passwords lock the user for 15 minutes; ten from one address in a minute hold it up."""
    throttle: Throttle = request.state.throttle
    address = request.client.host if request.client else ""
    if wait := throttle.wait(address):
        raise HTTPException(429, f"登录尝试太频繁，请 {wait} 秒后再试", {"Retry-After": str(wait)})
    now = datetime.now(UTC)
    await settle(parts, now)
    user = await parts.database.read(lambda session: session.get(User, credentials.username))
    if user is not None and user.locked_until is not None and user.locked_until > now:
        raise HTTPException(423, f"密码连续错误{LOCK_AFTER}次，已锁定{LOCK_MINUTES}分钟，请稍后再试或联系管理员")
    good = await asyncio.to_thread(_matches, user.password if user else NOBODY, credentials.password)
    if user is None or not (good and user.active and user.role in parts.roles):
        throttle.note(address)
        if user is not None and user.active:
            await parts.database.write(lambda session: _count_failure(session, user.username, now))
        raise HTTPException(401, WRONG)
    token = secrets.token_urlsafe(32)
    oldest = now - timedelta(hours=parts.settings.session_hours)
    await parts.database.write(lambda session: _begin(session, user.username, _key(token), now, oldest))
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=parts.settings.cookie_secure)
    return introduce(user, parts.roles[user.role])


@router.post("/session/password", status_code=204)
async def change_password(body: NewPassword, user: KnownIn, request: Request, parts: PartsIn, calls: CallsIn) -> None:
    """Choose a password of one's own; the other sessions of the user end. Wrong old ones count as failed sign-ins."""
    now, own = datetime.now(UTC), session_key(request)
    row = await parts.database.read(lambda session: session.get_one(User, user.username))
    if row.locked_until is not None and row.locked_until > now:
        raise HTTPException(423, f"密码连续错误{LOCK_AFTER}次，已锁定{LOCK_MINUTES}分钟，请稍后再试或联系管理员")
    if not await asyncio.to_thread(_matches, row.password, body.old):
        await parts.database.write(lambda session: _count_failure(session, user.username, now))
        raise HTTPException(422, "原密码不对，请重新输入")
    if len(body.new) < SHORTEST or body.new == body.old or user.username in body.new.lower():
        raise HTTPException(422, f"新密码至少 {SHORTEST} 个字符，不能与原密码相同，也不能含有用户名")
    hashed = await asyncio.to_thread(hash_password, body.new)

    def change(session: Session) -> list[str]:
        kept = session.get_one(User, user.username)
        kept.password, kept.temporary, kept.failures = hashed, False, 0
        others = [key for key in users.sessions(session, user.username) if key != own]
        session.execute(delete(SignIn).where(SignIn.token.in_(others)))
        return others

    for key in await parts.database.write(change):
        calls.desks.close(key)


def _count_failure(session: Session, username: str, now: datetime) -> None:
    user = session.get_one(User, username)
    user.failures += 1
    if user.failures >= LOCK_AFTER:
        user.failures, user.locked_until = 0, now + timedelta(minutes=LOCK_MINUTES)


def _begin(session: Session, username: str, key: str, now: datetime, oldest: datetime) -> None:
    user = session.get_one(User, username)
    user.failures, user.locked_until = 0, None
    session.execute(delete(SignIn).where(SignIn.started_at < oldest))
    session.add(SignIn(token=key, username=username, started_at=now, seen_at=now))


@router.get("/session")
async def signed_in(user: KnownIn) -> Who:
    """Who is signed in."""
    return user


@router.delete("/session", status_code=204)
async def sign_out(request: Request, response: Response, parts: PartsIn, calls: CallsIn) -> None:
    """End the session on the server, too, and close its desks."""
    key = session_key(request)

    def drop(session: Session) -> None:
        if kept := session.get(SignIn, key):
            session.delete(kept)

    await parts.database.write(drop)
    calls.desks.close(key)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=parts.settings.cookie_secure)


def session_key(connection: HTTPConnection) -> str:
    """What the session of a request or socket is kept under."""
    return _key(connection.cookies.get(COOKIE, ""))


async def create_samples(database: Database, settings: Settings) -> None:
    """The sample sign-ins, only where there is no user yet."""

    def none(session: Session) -> bool:
        return session.query(User).count() == 0

    def create(session: Session) -> None:
        if none(session):
            for username, name, role, department, team in SAMPLES:
                place = {"department": department, "team": team}
                session.add(User(username=username, name=name, role=role, password=hashed, **place))

    if settings.demo_users and await database.read(none):
        hashed = await asyncio.to_thread(hash_password, SAMPLE_PASSWORD)
        await database.write(create)


def hash_password(password: str) -> str:
    """An argon2 hash; takes a while, so away from the event loop."""
    return _hasher.hash(password)


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except VerificationError:
        return False


def _load(session: Session, key: str) -> tuple[SignIn, User] | None:
    sign_in = session.get(SignIn, key)
    return None if sign_in is None else (sign_in, session.get_one(User, sign_in.username))


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
