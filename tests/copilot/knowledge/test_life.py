"""Whatever people do in whatever order: nobody publishes alone, nothing is found that must not be."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from copilot.knowledge import acts, dates, finding, follow
from copilot.knowledge.acts import Editor, Given
from copilot.knowledge.tables import ArticleRow, ArticleVersion, KnowledgeEntry
from copilot.parts import open_database
from copilot.settings import Settings
from kb_index.article import KnowledgeError, plain
from kb_index.encoders.base import NoEncoder
from kb_index.lifecycle import Action, State
from kb_index.search.index import Index
from kb_index.slicing import Slice
from tests.copilot.knowledge.base import AT, TODAY
from ticket_core.errors import Conflict

TEXTS = ("公积金提取要带身份证", "夜间施工噪声由城管部门处理", "老年卡在社区窗口办理", "医保异地就医先备案")
PEOPLE = {
    "xu": ("author", "first_review"),
    "pan": ("author", "first_review"),
    "gao": ("author", "first_review", "review"),
    "he": ("author", "first_review", "review"),
    "wang": (),
}
NAMES = tuple(f"ZS-{number:04d}" for number in range(1, 5))


class Life(RuleBasedStateMachine):
    """People, articles, days."""

    def __init__(self):
        super().__init__()
        self.folder = TemporaryDirectory(prefix="life")
        self.database = open_database(Settings(data=Path(self.folder.name)))
        self.index, self.at = Index.open(None, NoEncoder()), AT

    @initialize()
    def begin(self):
        for text in TEXTS[:2]:
            self.try_(lambda session: acts.write(session, article(text), self.editor("xu")))  # noqa: B023 - at once

    @rule(who=st.sampled_from(sorted(PEOPLE)), text=st.sampled_from(TEXTS))
    def write(self, who, text):
        if len(self.rows(ArticleRow)) < len(NAMES):
            self.try_(lambda session: acts.write(session, article(text), self.editor(who)))

    @rule(name=st.sampled_from(NAMES), who=st.sampled_from(sorted(PEOPLE)), base=st.integers(1, 4))
    def rewrite(self, name, who, base):
        self.try_(lambda session: acts.rewrite(session, name, base, self.editor(who)))

    @rule(
        name=st.sampled_from(NAMES),
        who=st.sampled_from(sorted(PEOPLE)),
        text=st.sampled_from(TEXTS),
        days=st.sampled_from([None, -1, 0, 2]),
        others=st.lists(st.sampled_from((*NAMES, "ZS-9999")), max_size=2, unique=True),
    )
    def edit(self, name, who, text, days, others):
        def work(session):
            row = finding.under_way(session, name)
            if row is not None:
                until = None if days is None else self.today + timedelta(days=days)
                new = replace(article(text), id=name, version=row.version, valid_to=until, supersedes=tuple(others))
                acts.edit(session, new, self.editor(who), seen=row.seen)

        self.try_(work)

    @rule(
        name=st.sampled_from(NAMES),
        who=st.sampled_from(sorted(PEOPLE)),
        action=st.sampled_from(sorted(Action)),
        newest=st.booleans(),
    )
    def act(self, name, who, action, newest):
        def work(session):
            head = finding.article(session, name)
            version = head.newest if newest or not head.live else head.live
            acts.act(session, name, version, action, self.editor(who), given=Given("有误", wrong=True))

        self.try_(work)

    @rule(name=st.sampled_from(NAMES))
    def all_the_way(self, name):
        """What is under way, by the right people."""

        def work(session):
            row = finding.under_way(session, name)
            for who in (*PEOPLE, *PEOPLE, *PEOPLE):
                for action in (Action.SUBMIT, Action.PASS, Action.APPROVE, Action.PUBLISH):
                    if row is not None and action in acts.possible(session, row, self.editor(who)):
                        acts.act(session, name, row.version, action, self.editor(who))

        self.try_(work)

    @rule(days=st.integers(1, 3))
    def nights_pass(self, days):
        self.at += timedelta(days=days)

    @rule()
    def the_clockwork_turns(self):
        self.database.submit(lambda session: dates.turn(session, self.at)).result()

    @invariant()
    def nobody_publishes_alone(self):
        wrote, passed, approved = {}, {}, {}
        for entry in self.rows(KnowledgeEntry):
            key = (entry.article, entry.version)
            if entry.action in (Action.WRITE, Action.EDIT, Action.REVERT):
                wrote.setdefault(key, set()).add(entry.actor)
            elif entry.action == Action.PASS:
                passed[key] = entry.actor
            elif entry.action == Action.APPROVE:
                approved[key] = entry.actor
            elif entry.action == Action.PUBLISH:
                first = {passed[key]} if key in passed else set()
                assert approved[key] not in wrote[key] | first
                assert entry.actor not in wrote[key]
                assert not first & wrote[key]

    @invariant()
    def the_journal_tells_what_is_live(self):
        told = {}
        for entry in self.rows(KnowledgeEntry):
            told[entry.article] = entry.live
        states = {}
        for entry in self.rows(KnowledgeEntry):
            states[entry.article, entry.version] = entry.state
        assert told == {head.id: head.live for head in self.rows(ArticleRow)}
        assert states == {(row.article, row.version): row.state for row in self.rows(ArticleVersion)}

    @invariant()
    def one_version_of_an_article_is_live_at_most(self):
        live = [(row.article, row.version) for row in self.rows(ArticleVersion) if row.state == State.LIVE]
        assert sorted(live) == sorted((head.id, head.live) for head in self.rows(ArticleRow) if head.live)

    @invariant()
    def only_what_is_live_and_valid_is_found(self):
        follow.catch_up(self.database, self.index)
        wanted = {
            (row.article, row.version)
            for row in self.rows(ArticleVersion)
            if row.state == State.LIVE and finding.as_article(row).valid(self.today)
        }
        found = [hit for text in TEXTS for hit in self.index.search(text, 50, today=self.today, all_hits=True)]
        shown = {(hit.article.id, hit.article.version) for hit in found}
        shown |= {(name, self.index.articles[name].version) for hit in found for name in hit.alike}
        assert shown == wanted

    @property
    def today(self):
        return TODAY + (self.at - AT)

    def editor(self, who):
        return Editor(who, self.at, PEOPLE[who])

    def rows(self, table):
        return self.database.read_now(lambda session: session.scalars(select(table).order_by(table.id)).all())

    def try_(self, work):
        """Do it, or be refused; whatever is refused leaves nothing behind, which the invariants see."""
        try:
            self.database.submit(work).result()
        except (KnowledgeError, Conflict):
            pass

    def teardown(self):
        self.database.close()
        self.folder.cleanup()


def article(text):
    return replace(plain("", text[:6], text), slices=(Slice(text),), issuer="扬州市数据局")


Life.TestCase.settings = settings(
    max_examples=6, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
TestLife = Life.TestCase
