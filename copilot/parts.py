"""The composition root: builds every part from the settings and hands them down."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import numpy as np

import asr
import classifier
import kb_index
from asr import registry
from asr.base import AsrError, Lexicon, Recognizer
from asr.text import names as names_in
from classifier.catalogue import Catalogue
from classifier.catalogue import load as load_catalogue
from classifier.router import Router
from classifier.watch import Watch
from copilot import schema
from copilot.bus import Bus, MemoryBus
from copilot.configuration import Configured
from copilot.database import Database
from copilot.knowledge import shipped, upkeep
from copilot.knowledge.live import Live, open_live
from copilot.redis_bus import RedisBus
from copilot.roles import RoleCard
from copilot.roles import load as load_roles
from copilot.rooms import room_data
from copilot.settings import Settings
from copilot.suggest import Wording
from kb_index.article import Article
from kb_index.article import load as load_articles
from kb_index.encoders.base import Encoder, Vectors
from kb_index.search.index import Index
from ticket_core.deadline.rules import Rulebook

Say = Callable[[str], None]
Progress = Callable[[int, int], None]
Bar = Callable[[str], AbstractContextManager[Progress]]
BATCH = 64


@dataclass(frozen=True)
class Parts:
    """All that the roof works with. `recognizer` is None when speech is down: the form works on."""

    settings: Settings
    database: Database
    bus: Bus
    recognizer: Recognizer | None
    live: Live
    catalogue: Catalogue
    router: Router
    watch: Watch
    wording: Wording
    speech_error: str = ""
    roles: Mapping[str, RoleCard] = field(default_factory=load_roles)

    @property
    def index(self) -> Index:
        """What is searched now; take it once for a search, another may be there the next time."""
        return self.live.index

    @property
    def articles(self) -> Mapping[str, Article]:
        """The live articles by id."""
        return self.live.articles

    @cached_property
    def configured(self) -> Configured:
        """What administrators set."""
        return Configured(self.database, load_catalogue(room_data(classifier) / "catalogue.csv"))

    def rules(self) -> Rulebook:
        """The rule packs as they stand now."""
        return self.configured.rulebook(datetime.now(UTC))

    def departments(self) -> Collection[str]:
        """Whom a ticket can be dispatched to now."""
        return self.configured.active_departments(datetime.now(UTC))

    async def close(self) -> None:
        """Stop the workers; what waits is committed."""
        if self.recognizer is not None:
            await self.recognizer.close()
        await self.bus.close()
        self.live.shut()
        self.database.close()


@contextmanager
def unseen(_: str) -> Iterator[Progress]:
    """A bar that nobody watches."""
    yield lambda done, total: None


def build(settings: Settings, say: Say = lambda _: None, bar: Bar = unseen) -> Parts:
    """Build every part. say hears what is being done, bar shows how far it is (Chinese). Errors are the rooms' own."""
    roles = load_roles()
    settings.data.mkdir(parents=True, exist_ok=True)
    say("读取派单目录与热线百科")
    database = open_database(settings)
    configured = Configured(database, load_catalogue(room_data(classifier) / "catalogue.csv"))
    catalogue = configured.catalogue(datetime.now(UTC))
    fill(database)
    say("建立检索索引")
    chosen = upkeep.chosen(settings, configured, datetime.now(UTC))
    encoder = upkeep.made(settings, chosen)
    with bar("编码热线百科") as show:
        live = open_live(settings, database, encoder, chosen, show)
    if live.index.notice:
        say(live.index.notice)
    articles = list(live.articles.values())
    say("训练事项分类")
    router = train(catalogue, articles, encoder, settings.cache, bar)
    say(f"载入语音引擎 {settings.engine}")
    error = ""
    recognizer: Recognizer | None = None
    try:
        recognizer = registry.create(
            settings.engine,
            settings.models,
            lexicon(articles, catalogue),
            settings.speech_workers,
        )
    except AsrError as problem:
        error = str(problem)
        say(f"语音暂不可用：{error}")
    return Parts(
        settings=settings,
        database=database,
        bus=RedisBus(settings.redis_url) if settings.redis_url else MemoryBus(),
        recognizer=recognizer,
        live=live,
        catalogue=catalogue,
        router=router,
        watch=Watch(),
        wording=Wording(settings),
        speech_error=error,
        roles=roles,
    )


def fill(database: Database) -> int:
    """Put what ships with the product into an empty knowledge base; how many articles."""
    articles = load_articles(room_data(kb_index) / "articles")
    return database.submit(lambda session: shipped.seed(session, articles, datetime.now(UTC))).result()


def train(catalogue: Catalogue, articles: Sequence[Article], encoder: Encoder, cache: Path, bar: Bar) -> Router:
    """The router, by meaning as well where there is an encoder; an article's questions are phrases of its matter."""

    def encode(texts: Sequence[str]) -> Vectors:
        if len(texts) <= BATCH:
            return encoder.encode(texts, query=True)
        parts = []
        with bar("编码派单目录") as show:
            for start in range(0, len(texts), BATCH):
                parts.append(encoder.encode(texts[start : start + BATCH], query=True))
                show(start + len(parts[-1]), len(texts))
        return np.concatenate(parts)

    matters = [one for one in articles if len(one.matter) > 1]
    asked = [((one.matter[0], one.matter[1]), text) for one in matters for text in (one.title, *one.questions)]
    return Router.train(catalogue, encode if encoder.size else None, cache, asked)


def open_database(settings: Settings) -> Database:
    """Open the database and bring it up to date. Raises SchemaError."""
    database = Database(settings.sqlalchemy_url)
    try:
        schema.upgrade(database.engine)
    except BaseException:
        database.close()
        raise
    return database


def lexicon(articles: list[Article], catalogue: Catalogue) -> Lexicon:
    """Names and sentences that calls are likely to hold, out of the places, the catalogue and the articles."""
    shipped = [name for file in sorted(room_data(asr).glob("*.txt")) for name in names_in(file)]
    names = {*shipped, *catalogue.departments, *(article.issuer for article in articles)}
    sentences = [text for article in articles for text in (article.title, *article.questions, article.body)]
    sentences += [text for line in catalogue.lines for text in (line.matter2, *line.keywords)]
    sentences += [example.text for example in catalogue.examples]
    return Lexicon(tuple(sorted(names)), tuple(sentences))


def shipped_lexicon() -> Lexicon:
    """The lexicon of what is shipped."""
    return lexicon(
        load_articles(room_data(kb_index) / "articles"), load_catalogue(room_data(classifier) / "catalogue.csv")
    )
