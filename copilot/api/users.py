"""Users, as an administrator manages them. A temporary password is shown once and never kept."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot import users
from copilot.api.access import CallsIn, PartsIn, Who, allow, hash_password, settle
from copilot.api.configuration import Undo, VersionOut
from copilot.api.once import Once, Sent, once
from copilot.api.shapes import Version
from copilot.calls import Calls
from copilot.configuration import versions
from copilot.configuration.versions import local_date
from copilot.parts import Parts
from copilot.roles import PEOPLE
from copilot.tables import User
from copilot.users import Profile
from ticket_core.text import visible
from ticket_core.vocabulary import Role

router = APIRouter(prefix="/api/users", tags=["用户"])
AdminIn = Annotated[Who, Depends(allow("users"))]
USERNAME = r"^[a-z][a-z0-9_.\-]{1,31}$"
Name = Annotated[str, Field(max_length=50)]


class UserOut(BaseModel):
    """A user. version: of the newest change; changes_at: when one that was made ahead comes into effect."""

    username: str
    name: str
    role: str
    role_label: str
    department: str
    team: str
    active: bool
    locked: bool
    temporary: bool
    version: int
    changes_at: datetime | None


class NewUser(BaseModel):
    """A user to make."""

    username: str = Field(pattern=USERNAME, examples=["liming"])
    name: Name = Field(examples=["李明"])
    role: Role = Field(examples=["agent"])
    department: str = Field("", max_length=100)
    team: Name = ""
    note: str = Field("", max_length=500)


class UserEdit(BaseModel):
    """What to change; left out: stays. version: the newest one that was seen; effective_from: today where left out."""

    version: Version
    name: Name | None = None
    role: Role | None = None
    department: str | None = Field(None, max_length=100)
    team: Name | None = None
    active: bool | None = None
    effective_from: date | None = None
    note: str = Field("", max_length=500)


class GivenOut(BaseModel):
    """A user and the temporary password, which is shown this once; empty where a request was sent again."""

    user: UserOut
    password: str


class UserVersionOut(VersionOut):
    """A version of a user."""

    body: dict[str, str | bool]


@router.get("")
async def index(user: AdminIn, parts: PartsIn) -> list[UserOut]:
    """Every user, by name of sign-in."""

    def find(session: Session) -> list[UserOut]:
        return [_out(session, row) for row in session.scalars(select(User).order_by(User.username))]

    await settle(parts, datetime.now(UTC))
    return await parts.database.read(find)


@router.post("", status_code=201)
async def create(body: NewUser, user: AdminIn, parts: PartsIn, request: Once) -> GivenOut:
    """Make a user; the temporary password is in the answer and nowhere else."""
    given, at = users.password(), datetime.now(UTC)
    hashed = await asyncio.to_thread(hash_password, given)
    new = _checked(parts, Profile(body.name, body.role, body.department, body.team))

    def make(session: Session) -> GivenOut:
        row = users.create(session, body.username, new, hashed, author=user.username, note=body.note, at=at)
        return GivenOut(user=_out(session, row), password="")

    return await _giving(parts, request, make, given)


@router.patch("/{username}")
async def edit(username: str, body: UserEdit, user: AdminIn, parts: PartsIn, calls: CallsIn, request: Once) -> UserOut:
    """Change a user from a day on. One who is disabled is signed out at once."""
    at = datetime.now(UTC)

    def change(session: Session) -> UserOut:
        row = _load(session, username)
        before = users.profile(row)
        asked = body.model_dump(include={"name", "role", "department", "team", "active"}, exclude_none=True)
        new = _checked(parts, Profile(**{**_fields(before), **asked}))
        users.change(
            session,
            row,
            new,
            seen=body.version,
            effective_from=body.effective_from or local_date(at),
            note=body.note,
            author=user.username,
            at=at,
        )
        return _out(session, row)

    return await _closing(parts, calls, username, once(request, UserOut, change))


@router.post("/{username}/password")
async def reset(username: str, user: AdminIn, parts: PartsIn, calls: CallsIn, request: Once) -> GivenOut:
    """Give out a temporary password; who is signed in with the old one is signed out at once."""
    given = users.password()
    hashed = await asyncio.to_thread(hash_password, given)

    def change(session: Session) -> GivenOut:
        row = _load(session, username)
        users.reset(session, row, hashed)
        return GivenOut(user=_out(session, row), password="")

    open_sessions = await parts.database.read(lambda session: users.sessions(session, username))
    answer = await _giving(parts, request, change, given)
    if answer.password:
        _close(calls, open_sessions)
    return answer


@router.get("/{username}/versions")
async def history(username: str, user: AdminIn, parts: PartsIn) -> list[UserVersionOut]:
    """Every version of a user, the newest first."""

    def find(session: Session) -> list[UserVersionOut]:
        _load(session, username)
        rows = versions.history(session, users.kind(username))
        return [UserVersionOut.model_validate(row, from_attributes=True) for row in rows]

    return await parts.database.read(find)


@router.post("/{username}/undo")
async def undo(username: str, body: Undo, user: AdminIn, parts: PartsIn, calls: CallsIn, request: Once) -> UserOut:
    """Take back the newest version of a user."""
    at = datetime.now(UTC)

    def change(session: Session) -> UserOut:
        row = _load(session, username)
        users.undo(session, row, body.version, note=body.note, author=user.username, at=at)
        return _out(session, row)

    return await _closing(parts, calls, username, once(request, UserOut, change))


def _load(session: Session, username: str) -> User:
    row = session.get(User, username) if "\0" not in username else None
    if row is None:
        raise HTTPException(404, f"没有用户“{username[:64]}”")
    return row


def _fields(one: Profile) -> dict[str, str | bool]:
    return {name: getattr(one, name) for name in Profile.__slots__}


def _checked(parts: Parts, new: Profile) -> Profile:
    """The profile as it is kept. Raises 422 for a role that nobody signs in with and a department that there is not."""
    name, team, department = visible(new.name), visible(new.team), visible(new.department)
    if new.role not in PEOPLE:
        raise HTTPException(422, f"角色可选：{'、'.join(f'{role.label}（{role}）' for role in PEOPLE)}")
    if not name:
        raise HTTPException(422, "请填写姓名")
    if new.role != Role.DEPARTMENT:
        return Profile(name, str(new.role), "", team, new.active)
    if department not in parts.departments():
        raise HTTPException(422, f"承办单位里没有“{department}”或已停用；请从承办单位列表选择这位用户的单位")
    return Profile(name, str(new.role), department, team, new.active)


def _out(session: Session, row: User) -> UserOut:
    now = datetime.now(UTC)
    return UserOut(
        username=row.username,
        name=row.name,
        role=row.role,
        role_label=Role(row.role).label,
        department=row.department,
        team=row.team,
        active=row.active,
        locked=row.locked_until is not None and row.locked_until > now,
        temporary=row.temporary,
        version=versions.newest(session, users.kind(row.username)),
        changes_at=row.changes_at,
    )


async def _giving(parts: Parts, request: Sent, work: Callable[[Session], GivenOut], given: str) -> GivenOut:
    """The answer with the password, unless the work had been done before: then nobody knows it any more."""
    done: list[GivenOut] = []

    def run(session: Session) -> GivenOut:
        done.append(work(session))
        return done[-1]

    answer = await parts.database.write(once(request, GivenOut, run))
    return answer.model_copy(update={"password": given}) if done else answer


async def _closing(parts: Parts, calls: Calls, username: str, work: Callable[[Session], UserOut]) -> UserOut:
    """Do it, and close the desks of a user whom it disabled."""
    before = await parts.database.read(lambda session: users.sessions(session, username))
    answer = await parts.database.write(work)
    if not answer.active:
        _close(calls, before)
    return answer


def _close(calls: Calls, sessions: list[str]) -> None:
    """Close the desks of these sessions."""
    for key in sessions:
        calls.desks.close(key)
