"""What administrators set, as the product works with it: read when it changes, in force from its day on."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from classifier.catalogue import Catalogue
from copilot.configuration import versions
from copilot.configuration.kinds import Department, Dispatch, Kind, Phrase, Search, Tag, kinds, limited, merged
from copilot.configuration.versions import ConfigurationError, local_date
from copilot.database import Database
from copilot.tables import Configuration
from kb_index.search.synonyms import Synonyms
from ticket_core import deadline
from ticket_core.deadline.rules import Rulebook, Rules
from ticket_core.errors import TicketError

LOOK_AGAIN = 2.0  # seconds after which what another server published is noticed


class Configured:
    """Reads what is in force. catalogue: the shipped one. clock: seconds, for tests with time of their own.

    While the database does not answer, what was read before holds.
    """

    def __init__(self, database: Database, catalogue: Catalogue, clock: Callable[[], float] = time.monotonic) -> None:
        self.kinds: Mapping[str, Kind] = kinds()
        self._database, self._shipped, self._clock = database, catalogue, clock
        self._look_at, self._newest = float("-inf"), -1
        self._kept: dict[tuple[str, date], Any] = {}

    def rulebook(self, at: datetime) -> Rulebook:
        """Every rule pack, shipped and published, with the holidays and the callback policy in force then."""
        book: Rulebook = self._keep("rulebook", at, lambda session, day: self._rulebook(session, day))
        return book

    def rules(self, at: datetime, draft: str = "") -> Rules:
        """The rule pack in force at a moment, or a draft of one, with today's holidays. Raises TicketError."""
        now = datetime.now(UTC)
        if not draft:
            return self.rulebook(now).at(at)
        return deadline.parse(draft).on(self._value("holidays", now))

    def departments(self, at: datetime) -> Mapping[str, Department]:
        """The departments by name, those that are no longer active included."""
        found: Mapping[str, Department] = self._value("departments", at)
        return found

    def active_departments(self, at: datetime) -> Mapping[str, Department]:
        """The departments that may be given a ticket."""
        return {name: one for name, one in self.departments(at).items() if one.active}

    def phrases(self, at: datetime) -> tuple[Phrase, ...]:
        """The agents' phrases, in the order of the table."""
        found: tuple[Phrase, ...] = self._value("phrases", at)
        return found

    def tags(self, at: datetime) -> tuple[Tag, ...]:
        """The tags that may be put on tickets."""
        return tuple(tag for tag in self._value("tags", at) if tag.active)

    def lines(self, at: datetime) -> tuple[Dispatch, ...]:
        """The lines of the dispatch catalogue."""
        found: tuple[Dispatch, ...] = self._value("catalogue", at)
        return found

    def search(self, at: datetime) -> Search:
        """How the knowledge base is searched and looked after."""
        found: Search = self._value("search", at)
        return found

    def synonyms(self, at: datetime) -> Synonyms:
        """Words that mean the same; the same object until others are published."""
        found: Synonyms = self._value("synonyms", at)
        return found

    def catalogue(self, at: datetime) -> Catalogue:
        """The dispatch catalogue to train a router on; the shipped one itself where nothing was published."""
        changed = self._keep("changed", at, lambda session, day: self._changed(session, day))
        return merged(self._shipped, self.active_departments(at), self.lines(at)) if changed else self._shipped

    def kind(self, name: str) -> Kind:
        """A kind by its name. Raises ConfigurationError where there is none."""
        if name not in self.kinds:
            every = "、".join(f"{kind.name}（{kind.label}）" for kind in self.kinds.values())
            raise ConfigurationError(f"没有“{name[:40]}”这一类配置；可选：{every}")
        return self.kinds[name]

    def body(self, session: Session, name: str, version: int) -> Any:
        """The body of a version; 0: what ships with the product. Raises ConfigurationError."""
        return versions.named(session, name, version).body if version else self.shipped(name)

    def shipped(self, name: str) -> Any:
        """The body that ships with the product."""
        return self.kind(name).shipped(self._shipped)

    def check(self, session: Session, name: str, body: Any, day: date) -> None:
        """Raises TicketError (Chinese) naming the place where a body that is to hold from that day is wrong."""
        kind = self.kind(name)
        value = kind.parse(body)
        kind.check(value, lambda other: self._read(session, other, day))
        if isinstance(value, Rules):
            self._check_version(session, value.version, body)

    def forget(self) -> None:
        """Look at once: something was published here."""
        self._look_at = float("-inf")

    def _value(self, name: str, at: datetime) -> Any:
        return self._keep(name, at, lambda session, day: self._read(session, name, day))

    def _keep(self, name: str, at: datetime, read: Callable[[Session, date], Any]) -> Any:
        """What was read for that day, unless something was published since."""
        day = local_date(at)
        self._look()
        if (name, day) not in self._kept:
            self._kept[name, day] = self._database.read_now(lambda session: read(session, day))
        return self._kept[name, day]

    def _look(self) -> None:
        if self._clock() < self._look_at:
            return
        try:
            newest = self._database.read_now(lambda session: session.scalar(select(func.max(Configuration.id))) or 0)
        except SQLAlchemyError:
            if self._newest < 0:
                raise
            newest = self._newest
        if newest != self._newest:
            self._newest, self._kept = newest, {}
        self._look_at = self._clock() + LOOK_AGAIN

    def _read(self, session: Session, name: str, day: date) -> Any:
        row = versions.current(session, name, day)
        return self.kinds[name].parse(row.body if row else self.shipped(name))

    def _rulebook(self, session: Session, day: date) -> Rulebook:
        holidays = self._read(session, "holidays", day)
        published = [_pack(row) for row in reversed(versions.history(session, "deadlines"))]
        packs = [pack.on(holidays) for pack in (deadline.load(), *published)]
        if versions.current(session, "callback", day):
            policy = self._read(session, "callback", day)
            packs = [replace(pack, limits=limited(pack.limits, policy)) for pack in packs]
        return Rulebook(tuple(packs))

    def _changed(self, session: Session, day: date) -> bool:
        return any(versions.current(session, name, day) for name in ("departments", "catalogue"))

    def _check_version(self, session: Session, version: str, body: str) -> None:
        """A ticket names the version that its terms were computed by, so no two packs may share one."""
        earlier = [self.shipped("deadlines"), *(row.body for row in versions.history(session, "deadlines"))]
        if any(deadline.parse(text).version == version and text != body for text in earlier):
            raise TicketError(f"version “{version}”已用于另一份规则，请换一个，例如 {version}-2")


def _pack(row: Configuration) -> Rules:
    return replace(deadline.parse(row.body), effective_from=row.effective_from)
