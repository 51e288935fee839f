"""The base as a whole: audits, export and import, the encoder."""

from fastapi import APIRouter

router = APIRouter(prefix="/api/knowledge")
