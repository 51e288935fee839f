"""Whether a model's answer says what the base says: its numbers, dates, names, conditions and denials, and no others.

Strict on purpose: where it is refused, the base's own sentences are shown instead.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from copilot import grounding
from kb_index.quantities import Quantity, quantities
from kb_index.spoken import sentences

PARTS = re.compile(r"[，、：:；;,（）()“”\"\s]+")
CLAUSES = re.compile(r"[，：:；;,（）()\s]+")
FILLER = frozenset(
    "您你的了就是呢哦啊吧嘛可以要请先再去到会能把也都还这那个一下来说话啦么有给我们咱和跟或者及在用拿带上去后如果需想像等些样为对于里"
)
NOT_DENIED = re.compile(
    r"不超过|不少于|不低于|不高于|不足|不满|未满|不动产|非常|无障碍|未成年|不同|不论|不管|无论|无偿|差不多|不但|不仅|非机动车|非遗|能不能|是不是|要不要"
)
DENIED = re.compile(r"[不没未无非勿别]|禁止|严禁|拒绝|免除|除外")
FORBIDDEN = re.compile(r"不得|不能|不准|不可|禁止|严禁")
UP = re.compile(r"以上|至少|不少于|不低于|超过|(?<![未不])满|起码|最低")
DOWN = re.compile(r"以下|以内|[之日月年时天周期]内|内|不超过|不高于|最多|至多|最高|最长|未满|不满|不足")
BEFORE, AFTER = re.compile(r"之前|以前|前|截至|截止"), re.compile(r"之后|以后|后|起(?!码)|开始")
ONLY = re.compile(r"(?<![犬船])只|仅|唯一|才")
THAN = re.compile(r"[高低多少早晚大小长短]于|超过|不足")
BOUND = re.compile(r"应当|必须|[必须]须|须|不得|务必|只能|一定要")
FREE = re.compile(r"可以|可(?!能)|能(?!力)|自愿")
HEDGE = re.compile(r"一般|原则上|左右|大约|约(?=\d|[一二三四五六七八九十])|通常|可能|部分|个别")
PROMISE = re.compile(
    r"一定|肯定|保证|绝对|全部|所有|任何|马上|立即|立刻|当场|当天|免费|随时|无条件|直接|优先|自动|统一|全国|永久|终身"
)
CONDITION = re.compile(
    r"的$|[时后]$|如果|只有|只能|仅|除|但|不|须|应当|满|未|非|凭|需|经|之一|同意|以上|以下|以内|限|前提|条件|符合|逾期|本人"
)
EXCEPTION = re.compile(r"除|但|不|须|必须|只|仅|逾期|未")
BODY = re.compile(
    r"([\u4e00-\u9fff]{2})(局|委员会|委|厅|办公室|中心|支队|大队|法院|检察院|派出所|居委会|村委会|银行|医院|公司|协会|工会|政府|部门|机关|机构)"
)
PLACE = re.compile(r"窗口|平台|社区|街道|官网|小程序|公众号|热线|手机应用|学校|网点|大厅")
GLUE = re.compile(r"[者的或和与及在到向由去是了]")
OVERLAP = 0.5  # of a clause's pairs: then it tells the same
ALIKE = 0.6  # of the pairs of both: then it is that clause and no other
WITHIN = 0.25  # less for a part of which all stands in a longer clause
COVERED = 0.75  # of a clause's characters that must stand in its source
TOUCHED = 0.3  # of a clause's pairs: then some of it was told
REMAINS = 0.6  # of a condition's pairs that must be told with what it is a condition of


def problems(told: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """What is wrong with an answer (Chinese), nothing where it is faithful. told: sentences with cited slices."""
    found = [] if told else ["没有内容"]
    for text, sources in told:
        if not sources:
            found.append(f"“{text}”没有标明出处")
            continue
        found += [f"“{text}”{what}" for what in _sentence(text, "。".join(sources))]
    return found + (list(_dropped(told)) if not found else [])


def _sentence(text: str, source: str) -> Iterator[str]:
    wanted = list(quantities(source))
    known = {(one.value, one.unit) for one in wanted}
    for one in quantities(text):
        if (one.value, one.unit) not in known:
            yield f"的“{text[one.start : one.end]}{one.unit}”不在原文里"
        elif not any(_sides(text, one) == _sides(source, other) for other in wanted if _same(one, other)):
            yield f"把“{text[one.start : one.end]}{one.unit}”的起止、上下限说得与原文不同"
    for name in _names(text):
        if name not in source:
            yield f"的“{name}”不在原文里"
    for clause in filter(None, CLAUSES.split(text.rstrip("。！？"))):
        yield from _clause(clause, source)


def _clause(clause: str, source: str) -> Iterator[str]:
    kept = [one for one in clause if one not in FILLER and one.isalnum()]
    if len(kept) > 1 and sum(_stands(one, source) for one in kept) / len(kept) < COVERED:
        yield f"的“{clause}”不在原文里"
        return
    if word := next((found[0] for found in PROMISE.finditer(clause) if found[0] not in source), ""):
        yield f"的“{word}”不在原文里"
    parts = _aligned(clause, source)
    if not parts:
        if len(kept) > 3:
            yield f"的“{clause}”在原文里找不到"
        return
    same = "，".join(parts)
    if bool(_denials(clause)) != bool(_denials(same)):
        yield f"的“{clause}”与原文一是一否"
    if bool(ONLY.search(clause)) != bool(ONLY.search(same)):
        yield f"的“{clause}”与原文的限定不同"
    if FREE.search(_positive(clause)) and BOUND.search(same) and not FREE.search(_positive(same)):
        yield f"的“{clause}”把必须说成了可以"
    if BOUND.search(clause) and not BOUND.search(source):
        yield f"的“{clause}”把可以说成了必须"
    if word := next((found[0] for found in THAN.finditer(clause) if found[0] not in source), ""):
        yield f"的“{word}”不在原文里"
    for hedge in HEDGE.finditer(same):
        if hedge[0] not in clause:
            yield f"的“{clause}”漏了“{hedge[0]}”"
    near = [*quantities(same)] or [*quantities(_whole(parts, source))]
    if not _in_order([*quantities(clause)], near):
        yield f"的“{clause}”里数字的先后与原文不同"


def _dropped(told: Sequence[tuple[str, Sequence[str]]]) -> Iterator[str]:
    """Conditions of a sentence of the base that was told without them: before what was told, exceptions behind it, too.

    A clause of which little was told has lost a condition of its own.
    """
    pairs = _pairs("，".join(text for text, _ in told))
    for sentence in dict.fromkeys(one for text, sources in told for one in _retold(text, sources)):
        clauses = [clause for clause in CLAUSES.split(sentence.rstrip("。！？；")) if clause]
        shares = [_share(_pairs(clause), pairs) for clause in clauses]
        last = max((place for place, share in enumerate(shares) if share >= TOUCHED), default=-1)
        for place, (clause, share) in enumerate(zip(clauses, shares, strict=True)):
            if share < REMAINS and (CONDITION if place <= last else EXCEPTION).search(clause):
                yield f"漏了条件“{clause}”"


def _retold(text: str, sources: Sequence[str]) -> Iterator[str]:
    """The sentences of the base that a sentence tells: of each of its clauses those that share most with it."""
    every = [one for source in sources for one in sentences(source)]
    for clause in filter(None, CLAUSES.split(text.rstrip("。！？"))):
        own = _pairs(clause)
        shares = [_share(own, _pairs(sentence)) for sentence in every]
        best = max(shares, default=0.0)
        yield from (one for one, share in zip(every, shares, strict=True) if share == best >= OVERLAP)


def _aligned(clause: str, source: str) -> list[str]:
    """The parts of the source that tell what this clause tells; what a list forbids is forbidden of each part."""
    own = _pairs(clause)
    found: list[tuple[float, str]] = []
    for whole in filter(None, re.split(r"[，：:；;,。！？（）()\s]+", source)):
        forbidden = ""
        for part in filter(None, whole.split("、")):
            pairs = _pairs(part)
            shared = own & pairs
            if shared and (len(shared) >= OVERLAP * len(pairs) or len(shared) >= OVERLAP * len(own)):
                found.append((max(len(shared) / len(own | pairs), len(shared) / len(pairs) - WITHIN), forbidden + part))
            forbidden = forbidden or next((word[0] for word in FORBIDDEN.finditer(part)), "")
    alike = [part for share, part in found if share >= ALIKE]
    return alike or [part for _, part in found]


def _whole(parts: Sequence[str], source: str) -> str:
    """The sentences of the source in which these clauses stand."""
    return "".join(
        one for one in sentences(source) if any(FORBIDDEN.sub("", part) in FORBIDDEN.sub("", one) for part in parts)
    )


def _pairs(text: str) -> set[str]:
    """Adjacent characters that carry meaning, numbers as digits, so that 三 and 3 are the same."""
    plain = list(text)
    for one in reversed(list(quantities(text))):
        plain[one.start : one.end] = [f"#{one.value}"]
    kept = [one for one in plain if one not in FILLER and (len(one) > 1 or one.isalnum())]
    return {f"{a}{b}" for a, b in pairwise(kept)} or set(kept)


def _share(some: set[str], others: set[str]) -> float:
    return len(some & others) / len(some) if some else 1.0


def _stands(one: str, source: str) -> bool:
    return one in source or any(one in text for text in ("零一二三四五六七八九十百千万亿两半0123456789",))


def _positive(text: str) -> str:
    """Without what is denied: 不可以 is no 可以."""
    return re.sub(r"[不没未](?:可以|可|能)", "", text)


def _denials(text: str) -> list[str]:
    return DENIED.findall(NOT_DENIED.sub("", text))


def _sides(text: str, one: Quantity) -> tuple[bool, ...]:
    """On which sides of a number its limit lies: words right before it and behind its unit."""
    before = re.split(r"[，。；、！？]", text[max(0, one.start - 4) : one.start])[-1]
    behind = re.split(r"[，。；、！？]", text[one.end : one.end + len(one.unit) + 4])[0]
    around = f"{before}|{behind}"
    return tuple(bool(side.search(around)) for side in (UP, DOWN, BEFORE, AFTER))


def _same(one: Quantity, other: Quantity) -> bool:
    return (one.value, one.unit) == (other.value, other.unit)


def _in_order(some: Sequence[Quantity], others: Sequence[Quantity]) -> bool:
    rest = iter(others)
    return all(any(_same(one, other) for other in rest) for one in some)


def _names(text: str) -> Iterator[str]:
    for found in BODY.finditer(text):
        yield GLUE.split(found[1])[-1] + found[2]
    yield from (found[0] for found in PLACE.finditer(text))
    yield from (name for name in grounding.names(text) if not GLUE.search(name))
