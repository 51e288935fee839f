"""A request that is sent again is done once: its answer is kept under the key that the page chose."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, HTTPException, Request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from copilot.api.access import WhoIn
from copilot.tables import DoneOnce

Out = TypeVar("Out", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Sent:
    """key: empty where the page gave none; request: digest of what was asked for."""

    key: str
    user: str
    request: str


async def sent(request: Request, user: WhoIn, idempotency_key: Annotated[str, Header(max_length=100)] = "") -> Sent:
    """The key of the header `Idempotency-Key`, and what was asked for."""
    asked = f"{request.method} {request.url.path}\n".encode() + await request.body()
    return Sent(idempotency_key, user.username, hashlib.sha256(asked).hexdigest())


Once = Annotated[Sent, Depends(sent)]


def once(this: Sent, model: type[Out], work: Callable[[Session], Out]) -> Callable[[Session], Out]:
    """`work`, or the answer that it gave before; in one transaction, so that neither is kept without the other."""

    def run(session: Session) -> Out:
        if not this.key:
            return work(session)
        before = session.get(DoneOnce, (this.user, this.key))
        if before is not None:
            if before.request != this.request:
                raise HTTPException(409, "这个提交编号已用于另一次提交，请刷新页面后重试")
            return model.model_validate(before.answer)
        answer = work(session)
        body: dict[str, Any] = answer.model_dump(mode="json")
        session.add(DoneOnce(user=this.user, key=this.key, request=this.request, answer=body))
        return answer

    return run
