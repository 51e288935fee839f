"""What the pages of 热线百科 send and get."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, computed_field
from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.api.access import Who
from copilot.events import Card
from copilot.knowledge import acts, finding
from copilot.knowledge.acts import Editor
from copilot.knowledge.tables import ArticleRow, ArticleVersion, KnowledgeEntry
from copilot.tables import User
from kb_index.article import Article
from kb_index.lifecycle import TABLE, Action, State
from kb_index.slicing import Slice
from ticket_core.text import visible
from ticket_core.vocabulary import Role

EDITORS = ("author", "first_review", "review")
TEXT, LONG = 2000, 20_000  # above what the rules allow, so that they can say what is too long
Words = list[Annotated[str, Field(max_length=TEXT)]]
Number = Annotated[int, Field(ge=0, lt=2**31)]
Names = Mapping[str, str]


class SliceShape(BaseModel):
    """A slice; clause: empty where it stands under the article's own."""

    text: str = Field(max_length=LONG)
    clause: str = Field("", max_length=TEXT)


class ArticleBody(BaseModel):
    """What is written of an article. Days: None where there is none."""

    title: str = Field(max_length=TEXT)
    questions: Words = Field([], max_length=1000)
    slices: list[SliceShape] = Field(max_length=10_000)
    clause: str = Field("", max_length=TEXT)
    issuer: str = Field("", max_length=TEXT)
    region: str = Field("", max_length=TEXT)
    line: str = Field("", max_length=TEXT)
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = Field("", max_length=TEXT)
    tags: Words = Field([], max_length=1000)
    matter: Words = Field([], max_length=10)
    supersedes: Words = Field([], max_length=1000)
    review_due: date | None = None

    def article(self, name: str = "", version: int = 1) -> Article:
        """As an article, without characters that nobody can see."""
        given = self.model_dump(exclude={"slices"})
        texts = {key: visible(value) for key, value in given.items() if isinstance(value, str)}
        lists = {
            key: tuple(clean for one in value if (clean := visible(one)))
            for key, value in given.items()
            if isinstance(value, list)
        }
        parts = tuple(Slice(visible(part.text), visible(part.clause)) for part in self.slices)
        return Article(id=name, version=version, slices=parts, **{**given, **texts, **lists})


class ActionOut(BaseModel):
    """Something that the reader may do to a version now. reason: it wants one."""

    name: str
    label: str
    reason: bool


class VersionOut(BaseModel):
    """A version in a list. live: it is the one that is shown; actions: what its reader may do now."""

    article: str
    version: int
    state: str
    title: str
    department: str
    issuer: str
    region: str
    line: str
    valid_from: str
    valid_to: str
    review_due: str
    base: int
    note: str
    author: str
    author_name: str
    first_reviewer: str
    first_reviewer_name: str
    reviewer: str
    reviewer_name: str
    created_at: datetime
    changed_at: datetime
    published_at: datetime | None
    reviewed_at: datetime | None
    seen: int
    live: bool
    slices: int
    actions: list[ActionOut]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def state_label(self) -> str:
        """The state in Chinese."""
        return State(self.state).label


class ArticleOut(VersionOut):
    """A version to read or edit. content: what an editor sends back; body: its whole text. live_version: 0 for none."""

    id: str
    body: str
    clause: str
    source: str
    tags: list[str]
    content: ArticleBody
    live_version: int


class HitOut(Card):
    """A card with what speaks for it. slice: from 0; highlights: [start, end] in `text`; alike: near duplicates.

    sure: likely enough for the desk to show it unasked.
    """

    sure: bool
    slice: int
    highlights: list[list[int]]
    alike: list["AlikeOut"]
    line: str
    tags: list[str]


class AlikeOut(BaseModel):
    """An article that says nearly the same as the one it stands under."""

    article: str
    title: str


class EntryOut(BaseModel):
    """What happened to an article."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    actor: str
    actor_name: str = ""
    action: str
    version: int
    state: str
    live: int
    reason: str
    wrong: bool

    @computed_field  # type: ignore[prop-decorator]
    @property
    def label(self) -> str:
        """The action in Chinese."""
        return Action(self.action).label

    @computed_field  # type: ignore[prop-decorator]
    @property
    def state_label(self) -> str:
        """The state in Chinese."""
        return State(self.state).label

    @classmethod
    def of(cls, entry: KnowledgeEntry, people: Names) -> Self:
        """An entry, with the actor's name."""
        return cls.model_validate(entry).model_copy(update={"actor_name": people.get(entry.actor, "")})


def editor(user: Who, at: datetime | None = None) -> Editor:
    """The signed-in user as one who writes: a department for its own articles alone."""
    own = user.department if user.role == Role.DEPARTMENT else None
    return Editor(user.username, at or datetime.now(UTC), tuple(user.may), own)


def edits(user: Who) -> bool:
    """Whether the user sees more than what is live."""
    return any(one in user.may for one in EDITORS)


def names(session: Session) -> Names:
    """Everybody's name."""
    return {row.username: row.name for row in session.execute(select(User.username, User.name))}


def listed(session: Session, rows: list[ArticleVersion], user: Who) -> list[VersionOut]:
    """Versions as a list shows them to that user."""
    people, by, authors = names(session), editor(user), finding.authors(session, rows)
    heads = {
        head.id: head
        for head in session.scalars(select(ArticleRow).where(ArticleRow.id.in_({row.article for row in rows})))
    }
    return [
        VersionOut(
            **_told(row, heads[row.article], people),
            actions=_actions(row, acts.possible(session, row, by, authors[row.id])),
        )
        for row in rows
    ]


def shown(session: Session, name: str, number: int, user: Who) -> ArticleOut:
    """A version to read, as that user may."""
    row, head = finding.version(session, name, number), finding.article(session, name)
    article = finding.as_article(row)
    return ArticleOut(
        **_told(row, head, names(session)),
        actions=_actions(row, acts.possible(session, row, editor(user))),
        id=name,
        body=article.body,
        clause=article.clause,
        source=article.source,
        tags=list(article.tags),
        content=ArticleBody.model_validate(_written(article)),
        live_version=head.live,
    )


def _written(article: Article) -> dict[str, Any]:
    row = article.row()
    days = {name: row[name] or None for name in ("valid_from", "valid_to", "review_due")}
    return {key: value for key, value in (row | days).items() if key not in ("id", "version")}


def _told(row: ArticleVersion, head: ArticleRow, people: Names) -> dict[str, Any]:
    own = {name: getattr(row, name) for name in VersionOut.model_fields if hasattr(ArticleVersion, name)}
    body = {name: str(row.body.get(name) or "") for name in ("issuer", "region", "valid_from")}
    return own | body | {
        "department": head.department,
        "author_name": people.get(row.author, ""),
        "first_reviewer_name": people.get(row.first_reviewer, ""),
        "reviewer_name": people.get(row.reviewer, ""),
        "live": head.live == row.version,
        "slices": len(row.body["slices"]),
    }  # fmt: skip


def _actions(row: ArticleVersion, possible: list[Action]) -> list[ActionOut]:
    steps = {step.action: step for step in TABLE if step.source == row.state}
    return [ActionOut(name=one.value, label=one.label, reason=steps[one].reason) for one in possible]
