"""What is searched of an article: the words of each slice, and short passages for the encoder."""

from collections.abc import Sequence

import numpy as np

from kb_index.article import Article
from kb_index.search.postings import MOST, UNIT
from kb_index.search.words import Keys, characters
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


def best_stretches(texts: Sequence[str], sought: Keys) -> list[str]:
    """Of each text the stretch that shares most of these pairs of characters; the first where none does."""
    cut = [stretches(text) or [text] for text in texts]
    every = [part for parts in cut for part in parts]
    terms = characters(every)
    here = np.isin(terms.keys, sought)
    distinct = np.unique(terms.keys[here] << UNIT | terms.owner[here].astype(np.uint64))
    shared = np.bincount((distinct & np.uint64(MOST - 1)).astype(np.int64), minlength=len(every))
    ends = np.cumsum([len(parts) for parts in cut])
    return [
        every[end - len(parts) + int(np.argmax(shared[end - len(parts) : end]))]
        for parts, end in zip(cut, ends.tolist(), strict=True)
    ]
