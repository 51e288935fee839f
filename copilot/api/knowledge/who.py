"""Whom the routes of 热线百科 let in."""

from typing import Annotated

from fastapi import Depends, HTTPException

from copilot.api.access import PartsIn, Who, WhoIn, allow
from copilot.api.knowledge.shapes import EDITORS, edits
from copilot.roles import PERMISSIONS


async def keeps(user: WhoIn, parts: PartsIn) -> Who:
    """A user who writes or reviews, or 403."""
    if not edits(user):
        roles = [card.role.label for card in parts.roles.values() if set(EDITORS).intersection(card.may)]
        what = "、".join(PERMISSIONS[one] for one in EDITORS)
        raise HTTPException(403, f"“{what}”需要{'、'.join(roles)}身份，您现在是{user.role_label}")
    return user


async def looks_after(user: WhoIn, parts: PartsIn) -> Who:
    """A user who reviews or configures, or 403."""
    return user if "review" in user.may else await allow("configure")(user, parts)


KeeperIn = Annotated[Who, Depends(keeps)]
AuthorIn = Annotated[Who, Depends(allow("author"))]
ReviewerIn = Annotated[Who, Depends(allow("review"))]
ConfigurerIn = Annotated[Who, Depends(allow("configure"))]
UpkeepIn = Annotated[Who, Depends(looks_after)]
