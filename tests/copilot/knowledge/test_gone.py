"""An article that was withdrawn answers nothing any more, however hard a thousand questions try."""

import random

import kb_index
from copilot.knowledge import acts, shipped
from copilot.knowledge.acts import Given
from copilot.rooms import room_data
from eval.noise import Homophones
from kb_index.article import load
from kb_index.lifecycle import Action
from tests.copilot.knowledge.base import AT, TODAY, reviewer

BASE, GONE, EACH = 100, 5, 200


def questions(article, chance, noise):
    """Written to hit it: its title, questions, sentences and tags, whole, in pieces and misheard."""
    own = [article.title, *article.questions, *article.body.split("。"), *article.tags]
    own = [text for text in own if len(text) > 1]
    for _ in range(EACH):
        text = chance.choice(own) + chance.choice(["", chance.choice(own)])
        begin = chance.randrange(max(1, len(text) - 8))
        yield noise.swap(text[begin:] if chance.random() < 0.3 else text, chance.choice([0.0, 0.1, 0.2]))


def test_a_thousand_questions_do_not_find_what_was_withdrawn(base, server, encoder):
    base.submit(lambda session: shipped.seed(session, load(room_data(kb_index) / "articles")[:BASE], AT)).result()
    live, chance = server(base, encoder), random.Random(1)
    chosen = chance.sample([article for _, article in sorted(live.index.articles.items())], GONE)
    noise = Homophones(article.body for article in live.index.articles.values())
    asked = [(article.id, text) for article in chosen for text in questions(article, chance, noise)]
    found = {name for name, text in asked[::40] if name in weighed(live, text)}
    assert found == {article.id for article in chosen}

    def withdraw(session):
        for article in chosen:
            acts.act(session, article.id, 1, Action.WITHDRAW, reviewer(), given=Given("有误", wrong=True))

    base.submit(withdraw).result()
    live.follow()
    hits = [hit for _, text in asked[::10] for hit in live.index.search(text, 5, today=TODAY, all_hits=True)]
    shown = {name for hit in hits for name in (hit.article.id, *hit.alike)}
    come_into_question = {name for _, text in asked for name in weighed(live, text)}
    assert len(asked) == GONE * EACH
    assert come_into_question.isdisjoint(found)
    assert shown
    assert shown <= come_into_question


def weighed(live, text):
    """Every article that is weighed for a question, however unlikely it is."""
    return live.index.weigh(text)[0]
