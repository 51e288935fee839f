"""What an article has in common with another: the same said twice, or the same matter told differently.

No model: sentences are laid side by side with their facts taken out, and only where the rest is the same matter are
the facts compared. So it finds what is worded alike, and stays silent about what is worded anew.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from zlib import crc32

from kb_index.article import Article
from kb_index.facts import Fact, facts
from kb_index.search import regions

SENTENCE = re.compile(r"[^。！？；!?;\n]+[。！？；!?;]?")
CLAUSE = re.compile(r"[，,：:（）()、]")
UNSAID = re.compile(r"[^\w]|_")
# what may change without the subject changing
FUNCTION = re.compile(
    r"关于|有关|进行|以及|或者|并且|其中|时候|期间|办理|办法|申请|申领|领取|补领|补办|提供|提交|携带|准备|相关|规定|通知|政策|指南|须知|流程|事项"
    r"|怎么|怎样|如何|什么|哪些|哪里|多少|请问|问题|标准|电话|热线|号码|扬州市|扬州|我市|本市|全市|目前|现在|一般|通常|按照|根据|大概|左右|最新"
    r"|[的了是为在等和与及其个每按由向从至到将被把对于也都还就吧吗呢啊即并或则者这那您你我他]"
)
ASPECT = re.compile("材料|条件|时间|地点|地址|费用|收费|方式|期限|时限|比例|额度|金额|资格|范围|对象|政策|多久|几天")
SAME, NEAR = 0.6, 0.7  # of a sentence, how much must be shared to speak of one matter; of a text, to be a copy
ALL, LONG = 0.9, 16  # of two sentences that are the same but for their facts: how much is shared, how many tokens
OPENING = 4  # tokens from a sentence's beginning in which it says whom it is about
LEAST = 4  # characters that two sentences share at least
WORTH = 20  # characters of a text that is worth calling a copy
SHINGLE = 4


@dataclass(frozen=True, slots=True)
class Side:
    """A passage of a slice, and the places in it that a finding is about."""

    slice: int
    text: str
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """kind: duplicate or contradiction; label and says: as the screen says it."""

    kind: str
    label: str
    says: str
    mine: Side
    theirs: Side


@dataclass(frozen=True, slots=True)
class Token:
    """A character, or a fact as one token of its kind; start, end: its place in the sentence."""

    key: str
    start: int
    end: int
    fact: Fact | None = None


@dataclass(frozen=True)
class Sentence:
    """A sentence of a slice."""

    slice: int
    text: str

    @cached_property
    def facts(self) -> list[Fact]:
        """What it states."""
        return facts(self.text)

    @cached_property
    def tokens(self) -> list[Token]:
        """Its characters and facts without marks."""
        starts = {fact.start: fact for fact in self.facts}
        out: list[Token] = []
        place = 0
        while place < len(self.text):
            fact = starts.get(place)
            end = max(fact.end, place + 1) if fact else place + 1
            if fact or not UNSAID.match(self.text[place]):
                out.append(Token(f"<{fact.kind}>" if fact else self.text[place], place, end, fact))
            place = end
        return out

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Neighbouring tokens."""
        keys = [token.key for token in self.tokens]
        return frozenset(zip(keys, keys[1:], strict=False))

    @property
    def clauses(self) -> list["Sentence"]:
        """Its parts between commas."""
        return [Sentence(self.slice, part) for part in CLAUSE.split(self.text) if part.strip()]


def compare(mine: Article, theirs: Article) -> list[Finding]:
    """What two articles have in common or contradict each other in, the weightiest first."""
    if not regions.shipped().touch(mine.region, theirs.region):
        return []
    copies = list(_copies(mine, theirs))
    if copies and copies[0].label == "重复":
        return copies
    if not _together(mine, theirs):
        return copies
    against = list(_contradictions(mine, theirs))
    return against + [one for one in copies if not against or one.label != "近似"]


def _copies(mine: Article, theirs: Article) -> Iterator[Finding]:
    same = _same_question(mine, theirs)
    if _plain(mine.body) == _plain(theirs.body) and (same or len(_plain(mine.body)) >= WORTH):
        yield _whole("重复", f"与《{theirs.title}》内容相同", mine, theirs)
    elif (
        (share := _overlap(mine.body, theirs.body)) >= NEAR
        and len(_plain(mine.body)) >= WORTH
        and related(mine, theirs)
    ):
        yield _whole("近似", f"与《{theirs.title}》有 {share:.0%} 的文字相同", mine, theirs)
    elif (
        same
        and _together(mine, theirs)
        and (mine.valid_from or mine.valid_to)
        and (theirs.valid_from or theirs.valid_to)
    ):
        dates = f"{_dates(mine)}；{_dates(theirs)}"
        says = f"与《{theirs.title}》问的是同一件事，有效期又重叠（{dates}），上线后会同时被搜到"
        yield _whole("有效期重叠", says, mine, theirs)
    elif same:
        yield _whole("同一问题", f"《{theirs.title}》答的是同一个问题", mine, theirs)
    else:
        yield from _same_slices(mine, theirs)


def _same_slices(mine: Article, theirs: Article) -> Iterator[Finding]:
    known = {_plain(part.text): number for number, part in enumerate(theirs.slices)}
    for number, part in enumerate(mine.slices):
        place = known.get(_plain(part.text))
        if place is not None and len(_plain(part.text)) >= 2 * WORTH:
            sides = Side(number, part.text), Side(place, theirs.slices[place].text)
            yield Finding("duplicate", "重复", f"这一段与《{theirs.title}》的一段相同", *sides)


def _whole(label: str, says: str, mine: Article, theirs: Article) -> Finding:
    sides = (Side(0, one.slices[0].text if one.slices else "") for one in (mine, theirs))
    return Finding("duplicate", label, says, *sides)


def _contradictions(mine: Article, theirs: Article) -> Iterator[Finding]:
    ours, others = _sentences(mine), _sentences(theirs)
    near, touching = related(mine, theirs), _touching(mine.title, theirs.title)
    said = FUNCTION.sub("", "".join([mine.title, theirs.title, *mine.questions[:5], *theirs.questions[:5]]))
    stated = {_stated(clause) for one in others for clause in one.clauses if clause.facts}
    for sentence in ours:
        scored = sorted(((_shared(sentence, one), n) for n, one in enumerate(others)), reverse=True)
        for share, place in scored[:3]:
            other = others[place]
            one_matter = (
                near or _names(theirs, sentence) or _names(mine, other) or (touching and _as_good_as(sentence, other))
            )
            if share < SAME / 2 or not (sentence.facts or other.facts) or not one_matter:
                break
            pairs = _against(sentence, other, said)
            if pairs is None:
                continue
            pairs = [pair for pair in pairs if _stated(_clause_of(sentence, pair[0])) not in stated]
            if pairs and not (len(pairs) > 1 and _tiers(sentence, ours)):
                yield _contradiction(pairs, sentence, other, theirs)
            break


def _contradiction(pairs: list[tuple[Fact, Fact]], sentence: Sentence, other: Sentence, theirs: Article) -> Finding:
    one, two = pairs[0]
    says = f"这里是“{_quote(sentence, one)}”，《{theirs.title}》是“{_quote(other, two)}”"
    sides = (
        Side(place.slice, place.text, tuple((fact.start, fact.end) for fact in told))
        for place, told in ((sentence, [a for a, _ in pairs]), (other, [b for _, b in pairs]))
    )
    return Finding("contradiction", one.label, says, *sides)


def _quote(sentence: Sentence, fact: Fact) -> str:
    """A fact with a little of what stands around it where it says too little by itself."""
    around = 4 if fact.kind in ("not", "modal", "bound", "fee", "number") else 0
    return sentence.text[max(0, fact.start - around) : fact.end + around].strip()


def _against(mine: Sentence, theirs: Sentence, said: str) -> list[tuple[Fact, Fact]] | None:
    """The facts in which two sentences on one matter differ; None where they are on different matters.

    said: the titles; what one sentence begins with and neither the other nor these have narrows what it speaks of.
    """
    left, right = mine.tokens, theirs.tokens
    matcher = SequenceMatcher(None, [one.key for one in left], [one.key for one in right], autojunk=False)
    shared, narrower = 0, False
    pairs: list[tuple[Fact, Fact]] = []
    lone: list[tuple[Fact, Fact]] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            shared += b - a
            pairs += [(x.fact, y.fact) for x, y in zip(left[a:b], right[c:d], strict=True) if x.fact and y.fact]
            continue
        if _content(left[a:b]) and _content(right[c:d]):
            return None
        more = _content(left[a:b]) or _content(right[c:d])
        narrower = narrower or (len(more) > 1 and max(a, c) < OPENING and not pairs and more not in said)
        lone += [(fact, other) for fact, other in _negated(left[a : b + 1], right[c : c + 1])]
        lone += [(other, fact) for fact, other in _negated(right[c : d + 1], left[a : a + 1])]
    if narrower or shared < LEAST or shared < SAME * min(len(left), len(right)):
        return None
    return [pair for pair in pairs if pair[0].differs(pair[1])] + lone


def _negated(here: list[Token], there: list[Token]) -> list[tuple[Fact, Fact]]:
    """A negation that only one side has, and beside it what the other says without it. here: from it to the next."""
    if len(here) != 2 or not there or here[0].key != "<not>" or here[1].key != there[0].key:
        return []
    fact = here[0].fact
    return [(fact, Fact("not", "", there[0].start, there[0].end))] if fact else []


def _content(tokens: list[Token]) -> str:
    """What is left of some tokens once words that may change freely are gone."""
    return FUNCTION.sub("", "".join(one.key for one in tokens if one.key not in ("<modal>", "<not>")))


def related(mine: Article, theirs: Article) -> bool:
    """Whether two articles are about one matter, by their titles and questions."""
    return any(
        _one_matter(a, b) for a in (mine.title, *mine.questions[:5]) for b in (theirs.title, *theirs.questions[:5])
    )


def _one_matter(a: str, b: str) -> bool:
    """Whether nothing in two titles stands against the other: each may say more, not something else."""
    one, two = _subject(a), _subject(b)
    if not one or not two:
        return UNSAID.sub("", a) == UNSAID.sub("", b)
    matcher = SequenceMatcher(None, one, two, autojunk=False)
    shared = sum(block.size for block in matcher.get_matching_blocks())
    swapped = any(tag == "replace" for tag, *_ in matcher.get_opcodes())
    return not swapped and shared >= SAME * min(len(one), len(two)) and shared >= 2


def _touching(a: str, b: str) -> bool:
    """Whether two titles have something in common at least."""
    one, two = _subject(a), _subject(b)
    shared = sum(block.size for block in SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks())
    return shared * 3 >= min(len(one), len(two)) > 0 and shared > 1


def _as_good_as(a: Sentence, b: Sentence) -> bool:
    """Whether two sentences are long and the same but for their facts."""
    return _shared(a, b) >= ALL and min(len(a.tokens), len(b.tokens)) >= LONG


def _subject(title: str) -> str:
    """What a title is about, without what is asked about it."""
    return ASPECT.sub("", FUNCTION.sub("", UNSAID.sub("", title)))


def _names(article: Article, sentence: Sentence) -> bool:
    """Whether a sentence says the whole of what an article is about."""
    told = set(FUNCTION.sub("", UNSAID.sub("", sentence.text)))
    return any(
        len(subject) >= 3 and set(subject) <= told for subject in map(_subject, (article.title, *article.questions[:5]))
    )


def _same_question(mine: Article, theirs: Article) -> bool:
    asked = {_plain(text) for text in (theirs.title, *theirs.questions)}
    return any(_plain(text) in asked for text in (mine.title, *mine.questions))


def _sentences(article: Article) -> list[Sentence]:
    return [
        Sentence(number, found[0].strip())
        for number, part in enumerate(article.slices)
        for found in SENTENCE.finditer(part.text)
        if found[0].strip()
    ]


def _shared(a: Sentence, b: Sentence) -> float:
    """Of the shorter sentence's pairs, how many the other has."""
    least = min(len(a.pairs), len(b.pairs))
    return len(a.pairs & b.pairs) / least if least else 0.0


def _stated(clause: Sentence) -> tuple[str, ...]:
    """A clause with its facts by value, so that the same said elsewhere is known."""
    return tuple(f"{one.fact.kind}={one.fact.value}" if one.fact else one.key for one in clause.tokens)


def _clause_of(sentence: Sentence, fact: Fact) -> Sentence:
    start = max((found.end() for found in CLAUSE.finditer(sentence.text, 0, fact.start)), default=0)
    found = CLAUSE.search(sentence.text, fact.end)
    return Sentence(sentence.slice, sentence.text[start : found.start() if found else len(sentence.text)])


def _tiers(sentence: Sentence, others: Iterable[Sentence]) -> bool:
    """Whether an article says the like several times, as lists of rates do: then one line is not another's match."""
    return sum(_shared(sentence, one) >= NEAR for one in others if one.facts) > 1


def _plain(text: str) -> str:
    return UNSAID.sub("", text).lower()


def _overlap(a: str, b: str) -> float:
    """Of all stretches of four characters in two texts, how many are in both."""
    one, two = (_shingles(text) for text in (a, b))
    return len(one & two) / len(one | two) if one | two else 0.0


def _shingles(text: str) -> set[str]:
    plain = _plain(text)
    return {plain[n : n + SHINGLE] for n in range(max(1, len(plain) - SHINGLE + 1))}


def _together(a: Article, b: Article) -> bool:
    """Whether both hold on some day."""
    return not (a.valid_to and b.valid_from and a.valid_to < b.valid_from) and not (
        b.valid_to and a.valid_from and b.valid_to < a.valid_from
    )


def _dates(article: Article) -> str:
    return f"{article.valid_from or '不限'} 至 {article.valid_to or '长期'}"


class Pool:
    """Articles of one file, so that each is compared with those alone that may be alike."""

    MOST = 200  # articles with one sign in common: a sign that more have tells nothing

    def __init__(self) -> None:
        self._having: defaultdict[str, list[int]] = defaultdict(list)

    def near(self, article: Article, most: int = 5) -> list[int]:
        """Keys of those put in before that share most signs with this one."""
        counted: Counter[int] = Counter()
        for sign in _signs(article):
            having = self._having.get(sign, [])
            if len(having) <= self.MOST:
                counted.update(having)
        return [key for key, shared in counted.most_common(most) if shared > 1]

    def put(self, key: int, article: Article) -> None:
        """Let those that come later find it."""
        for sign in _signs(article):
            self._having[sign].append(key)


def _signs(article: Article) -> set[str]:
    """Pairs of characters of the title, and some stretches of the body, the same whatever its numbers are."""
    titles = list(map(_subject, (article.title, *article.questions[:3])))
    heads = {text[n : n + 2] for text in titles for n in range(len(text) - 1)}
    masked = "".join("#" if "0" <= one <= "9" else one for one in _plain(article.body[:1000]))
    bodies = sorted({masked[n : n + 6] for n in range(max(1, len(masked) - 5))}, key=lambda one: crc32(one.encode()))
    return heads | set(bodies[:12])
