"""One file from its bytes to what is proposed: recognised, read, held to the limits."""

from collections.abc import Iterator

from kb_index.article import KnowledgeError
from kb_index.importing.archive import BROKEN
from kb_index.importing.base import ITEMS, Found, Note, Proposal, Recognised, Refusal, Refused, Source
from kb_index.importing.kinds import KINDS, recognise


def read(source: Source) -> Iterator[Found]:
    """What is in a file, in its order. Raises Refused where nothing of it can be used, or too much is in it."""
    kind, note = recognise(source)
    yield Recognised(kind, KINDS[kind].label)
    if note:
        yield Note(note)
    proposals = refusals = 0
    try:
        for found in KINDS[kind].load()(source):
            proposals += isinstance(found, Proposal)
            refusals += isinstance(found, Refusal)
            if proposals + refusals > ITEMS:
                raise Refused(f"一个文件最多 {ITEMS} 条；请分成几个文件再上传")
            yield found
    except (KnowledgeError, MemoryError):
        raise
    except Exception as error:  # a parser may raise anything over a file that was made to break it
        raise Refused(BROKEN) from error
    if not proposals + refusals:
        raise Refused("没有读到文字；请确认文件里有正文")
