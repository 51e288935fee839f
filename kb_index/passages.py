"""What is searched of an article: all its words at once, and short passages for the encoder."""

from kb_index.article import Article
from kb_index.bm25 import character_bigrams
from kb_index.slicing import stretches

QUESTIONS, STRETCHES = 5, 4  # of one article, encoded: what stands behind them is found by its words


def words(article: Article) -> str:
    """The text whose words are counted: title, questions, tags and the whole body."""
    return "\n".join([article.title, *article.questions, " ".join(article.tags), article.body])


def passages(article: Article) -> list[str]:
    """The texts to encode, at least one: each question alone, each stretch of the body under the title."""
    asked = [question for question in article.questions[:QUESTIONS] if question]
    told = [f"{article.title}。{part}".lstrip("。") for part in stretches(article.body)[:STRETCHES]]
    return asked + told or [article.title]


def best_stretch(article: Article, query: str) -> str:
    """The stretch of the body that shares most with the query; the first where none does."""
    sought = set(character_bigrams(query))
    parts = stretches(article.body) or [article.title]
    return max(parts, key=lambda text: len(sought.intersection(character_bigrams(text))))
