"""A small base to work on: who works on it, an article to begin with, the way of one to everybody's eyes."""

from dataclasses import replace
from datetime import UTC, date, datetime

from copilot.knowledge import acts
from copilot.knowledge.acts import Editor, Given
from kb_index.article import plain
from kb_index.lifecycle import Action

AT = datetime(2026, 11, 27, 2, tzinfo=UTC)
TODAY = date(2026, 11, 27)
ANNOTATOR = ("author", "first_review", "label")
REVIEWER = (*ANNOTATOR, "review")
WATER = replace(
    plain("", "停水通知", "计划停水提前一天在官网公布，紧急停水即时公布。"),
    questions=("明天停水吗",),
    issuer="扬州市供水公司",
)


def annotator(name="xuting", at=AT):
    """One who writes and reviews first."""
    return Editor(name, at, ANNOTATOR)


def reviewer(name="gaofeng", at=AT):
    """One who may do everything."""
    return Editor(name, at, REVIEWER)


def department(name="扬州市供水公司", at=AT):
    """One of a department's staff."""
    return Editor("shui", at, ("author",), name)


def do(session, name, version, *steps):
    """Act after act, each (action, editor[, Given])."""
    entry = None
    for action, by, *given in steps:
        entry = acts.act(session, name, version, action, by, given=given[0] if given else Given())
    return entry


def publish(session, name, version, at=AT):
    """A draft, through both reviews, to everybody's eyes."""
    return do(
        session,
        name,
        version,
        (Action.SUBMIT, annotator("xuting", at)),
        (Action.PASS, annotator("panyue", at)),
        (Action.APPROVE, reviewer("gaofeng", at)),
        (Action.PUBLISH, reviewer("gaofeng", at)),
    )


def released(session, article=WATER, at=AT):
    """A new article that is live; its id."""
    entry = acts.write(session, article, annotator("xuting", at))
    publish(session, entry.article, entry.version, at)
    return entry.article
