"""What is searched of an article: the words of each slice, and short passages for the encoder."""

import numpy as np

from kb_index.article import Article
from kb_index.search.words import characters
from kb_index.slicing import stretches

QUESTIONS, STRETCHES = 5, 4  # of an article, of a slice, encoded: what stands behind them is found by its words
ALL = -1


def units(article: Article) -> list[str]:
    """For each slice the text whose words are counted: title, questions, tags and its own."""
    head = [article.title, *article.questions, " ".join(article.tags)]
    return ["\n".join([*head, part.text]) for part in article.slices]


def passages(article: Article) -> list[tuple[int, str]]:
    """The texts to encode, at least one, with the slice each belongs to: questions alone, which belong to ALL, and
    each slice's stretches under the title.
    """
    asked = [(ALL, question) for question in article.questions[:QUESTIONS] if question]
    told = [
        (number, f"{article.title}。{text}".lstrip("。"))
        for number, part in enumerate(article.slices)
        for text in stretches(part.text)[:STRETCHES]
    ]
    return asked + told or [(ALL, article.title)]


def best_stretch(text: str, query: str) -> str:
    """The stretch of a slice that shares most with the query; the first where none does."""
    parts = stretches(text) or [text]
    sought, terms = characters([query]).keys, characters(parts)
    shared = np.unique(np.array([terms.owner, terms.keys], np.uint64)[:, np.isin(terms.keys, sought)], axis=1)[0]
    return parts[int(np.argmax(np.bincount(shared.astype(np.int64), minlength=len(parts))))]
