"""What a version must be like to be kept, and to go live; every refusal names all that is wrong with it."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from copilot.knowledge.tables import ArticleRow, ArticleVersion
from kb_index.article import Article, KnowledgeError, parse
from kb_index.lifecycle import State

LENGTHS = {"title": 200, "clause": 200, "issuer": 100, "region": 50, "line": 16, "source": 500}
LABELS = {
    "title": "标题",
    "clause": "依据",
    "issuer": "发布单位",
    "region": "适用地区",
    "line": "专线",
    "source": "来源",
    "questions": "常见问法",
    "tags": "标签",
    "matter": "事项分类",
    "supersedes": "取代的文章",
}
LISTS = {"questions": (100, 200), "tags": (50, 50), "matter": (3, 50), "supersedes": (50, 64)}  # how many, how long
SLICES, SLICE, CLAUSE = 2000, 1000, 100  # a slice longer than an encoder takes in would be found by its head alone


def check(session: Session, article: Article) -> None:
    """Whether a version may be kept as it stands. Raises KnowledgeError with everything that is wrong."""
    refuse([*_texts(article), *_slices(article), *_days(article), *_superseding(session, article)])


def check_publishing(session: Session, article: Article, replaces: int, today: date) -> None:
    """Whether a version may go live today. replaces: the live version that it would take the place of, 0: none.

    Raises KnowledgeError with everything that stands against it.
    """
    problems = [*_texts(article), *_slices(article), *_days(article), *_superseding(session, article)]
    if article.valid_to is not None and article.valid_to < today:
        problems.append(f"有效期到 {article.valid_to} 已过，请退回修改有效期")
    if article.valid_from is not None and article.valid_from > today and (replaces or article.supersedes):
        problems.append(f"{article.valid_from} 才生效，现在上线会让现行内容提前消失；请到生效当天再上线")
    if above := superseded_by(session, article.id):
        problems.append(f"已被 {above} 取代；请先在 {above} 的新版里去掉对 {article.id} 的取代")
    refuse(problems)


def refuse(problems: list[str]) -> None:
    """Raises KnowledgeError with the first ten problems; nothing where there are none."""
    if problems:
        more = f"；另有 {len(problems) - 10} 处" if len(problems) > 10 else ""
        raise KnowledgeError("；".join(problems[:10]) + more)


def superseded_by(session: Session, name: str) -> str:
    """The live article that takes the place of this one; empty: none."""
    query = select(ArticleVersion).join(
        ArticleRow, (ArticleRow.id == ArticleVersion.article) & (ArticleRow.live == ArticleVersion.version)
    )
    told = cast(ArticleVersion.body, Text).contains(f'"{name}"', autoescape=True)
    rows = session.scalars(query.where(told, ArticleRow.id != name))
    return next((row.article for row in rows if name in row.body.get("supersedes", ())), "")


def _texts(article: Article) -> Iterator[str]:
    if not article.title.strip():
        yield "标题没有填"
    for name, most in LENGTHS.items():
        if len(getattr(article, name)) > most:
            yield f"“{LABELS[name]}”太长，最多 {most} 字"
    for name, (count, most) in LISTS.items():
        values = getattr(article, name)
        if len(values) > count:
            yield f"“{LABELS[name]}”太多，最多 {count} 条"
        if any(not value.strip() or len(value) > most for value in values):
            yield f"“{LABELS[name]}”每条要有 1 至 {most} 字"


def _slices(article: Article) -> Iterator[str]:
    if not 0 < len(article.slices) <= SLICES:
        yield f"正文要有 1 至 {SLICES} 个切片，现在有 {len(article.slices)} 个"
    for number, part in enumerate(article.slices, 1):
        if not part.text.strip():
            yield f"第 {number} 个切片是空的"
        elif len(part.text) > SLICE:
            yield f"第 {number} 个切片有 {len(part.text)} 字，最多 {SLICE} 字，请再切分"
        if len(part.clause) > CLAUSE:
            yield f"第 {number} 个切片的条款号太长，最多 {CLAUSE} 字"


def _days(article: Article) -> Iterator[str]:
    if article.valid_from and article.valid_to and article.valid_from > article.valid_to:
        yield f"有效期从 {article.valid_from} 到 {article.valid_to}，起始晚于截止"


def _superseding(session: Session, article: Article) -> Iterator[str]:
    known = set(session.scalars(select(ArticleRow.id).where(ArticleRow.id.in_(article.supersedes))))
    for name in article.supersedes:
        if name == article.id:
            yield "文章不能取代自己"
        elif name not in known:
            yield f"要取代的 {name[:64]} 不在热线百科里"
        elif ring := _ring(session, article.id, name):
            yield f"取代关系绕成一圈：{' → '.join(ring)}；请先改其中一篇"


def _ring(session: Session, name: str, first: str) -> list[str]:
    """The way from an article back to itself along what supersedes what, beginning with `first`; empty: none."""
    ways, passed = [[name, first]], {first}
    while name and ways:
        way = ways.pop()
        for following in _supersedes(session, way[-1]):
            if following == name:
                return [*way, name]
            if following not in passed:
                passed.add(following)
                ways.append([*way, following])
    return []


def _supersedes(session: Session, name: str) -> tuple[str, ...]:
    """What an article takes the place of: as it is live, or as it was when another took its own place."""
    told = (State.LIVE.value, State.SUPERSEDED.value)
    query = select(ArticleVersion).where(ArticleVersion.article == name, ArticleVersion.state.in_(told))
    row = session.scalar(query.order_by(ArticleVersion.version.desc()).limit(1))
    return parse(row.body).supersedes if row else ()
