"""Users: made, changed from a day on, disabled, changed back; every state of a user is a kept version."""

import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from copilot.configuration import versions
from copilot.configuration.versions import ConfigurationError, local_date
from copilot.tables import Configuration, SignIn, User
from ticket_core.deadline.calendar import ZONE
from ticket_core.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Profile:
    """What is versioned of a user."""

    name: str
    role: str
    department: str = ""
    team: str = ""
    active: bool = True


def kind(username: str) -> str:
    """What a user's versions are kept under."""
    return f"user:{username}"


def profile(user: User) -> Profile:
    """A user as they stand."""
    return Profile(user.name, user.role, user.department, user.team, user.active)


def password() -> str:
    """A temporary password: 80 bits, twelve or more characters."""
    return secrets.token_urlsafe(10)


def create(session: Session, username: str, new: Profile, hashed: str, *, author: str, note: str, at: datetime) -> User:
    """A user with a temporary password, given as its hash. Raises ConfigurationError where the name is taken."""
    if session.get(User, username) is not None:
        raise ConfigurationError(f"用户名“{username}”已有人用，请换一个")
    user = User(username=username, password=hashed, temporary=True, **asdict(new))
    session.add(user)
    today = local_date(at)
    _keep(session, username, new, 0, today, author=author, note=note, at=at)
    return user


def change(
    session: Session, user: User, new: Profile, *, seen: int, effective_from: date, note: str, author: str, at: datetime
) -> Configuration:
    """Keep a new version and let it hold from its day. Raises Conflict, and ConfigurationError."""
    _check_admins(session, user, new)
    seen = _begin(session, user, seen, at)
    row = _keep(session, user.username, new, seen, effective_from, author=author, note=note, at=at)
    settle(session, user, at)
    return row


def undo(session: Session, user: User, version: int, *, note: str, author: str, at: datetime) -> Configuration:
    """Let hold again what held before the newest version. Raises Conflict, and ConfigurationError."""
    key = kind(user.username)
    if version == 1:
        raise ConfigurationError("这是用户的第一版，没有更早的可以恢复；不再用的账号请停用")
    body = versions.before(session, key, version, lambda: asdict(profile(user)))
    _check_admins(session, user, Profile(**body))
    row = versions.undo(session, key, version, body, note=note, author=author, at=at)
    settle(session, user, at)
    return row


def reset(session: Session, user: User, hashed: str) -> None:
    """Give out a temporary password; who is signed in with the old one is signed out."""
    user.password, user.temporary = hashed, True
    user.failures, user.locked_until = 0, None
    sign_out(session, user)


def settle(session: Session, user: User, at: datetime) -> None:
    """Let the version of the day hold; a user who is disabled by it is signed out."""
    key, today = kind(user.username), local_date(at)
    if row := versions.current(session, key, today):
        for name, value in row.body.items():
            setattr(user, name, value)
    user.changes_at = _next_change(session, user, today)
    if not user.active:
        sign_out(session, user)


def sign_out(session: Session, user: User) -> None:
    """End every session of a user."""
    session.execute(delete(SignIn).where(SignIn.username == user.username))


def due(session: Session, at: datetime) -> list[User]:
    """The users whose next version came into effect meanwhile."""
    return list(session.scalars(select(User).where(User.changes_at <= at)))


def sessions(session: Session, username: str) -> list[str]:
    """The keys of a user's sessions."""
    return list(session.scalars(select(SignIn.token).where(SignIn.username == username)))


def _begin(session: Session, user: User, seen: int, at: datetime) -> int:
    """A user from before there were versions gets a first one, so that the change can be undone."""
    if seen or versions.newest(session, kind(user.username)):
        return seen
    now, today = profile(user), local_date(at)
    return _keep(session, user.username, now, 0, today, author="", note="原有账号", at=at).version


def _keep(
    session: Session, username: str, new: Profile, seen: int, day: date, *, author: str, note: str, at: datetime
) -> Configuration:
    body: dict[str, Any] = asdict(new)
    return versions.publish(
        session, kind(username), body, seen=seen, effective_from=day, note=note, author=author, at=at
    )


def _next_change(session: Session, user: User, today: date) -> datetime | None:
    """When the user will stand differently; a change that was taken back before its day changes nothing then."""
    key, now = kind(user.username), asdict(profile(user))
    later = select(Configuration.effective_from).where(Configuration.kind == key, Configuration.effective_from > today)
    for day in session.scalars(later.distinct().order_by(Configuration.effective_from)):
        found = versions.current(session, key, day)
        if found is not None and found.body != now:
            return datetime.combine(day, time(), ZONE).astimezone(UTC)
    return None


def _check_admins(session: Session, user: User, new: Profile) -> None:
    """Someone must be left who can let people in: an administrator whom no change awaits."""
    if user.role != Role.ADMIN or not user.active or (new.role == Role.ADMIN and new.active):
        return
    others = select(User.username).where(
        User.role == Role.ADMIN.value, User.active, User.changes_at.is_(None), User.username != user.username
    )
    if session.scalar(others.limit(1)) is None:
        raise ConfigurationError("这是最后一个可用的管理员，不能停用或改角色；请先新建另一个管理员")
