"""Labelling: queues, labels, agreement, data sets. Nothing here tells an annotator of another's label."""

from fastapi import APIRouter

from copilot.api.labelling import datasets, items, judging

router = APIRouter()
for part in (items, judging, datasets):
    router.include_router(part.router)
