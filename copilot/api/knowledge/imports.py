"""Files brought into the knowledge base: read, looked at, taken."""

from fastapi import APIRouter

router = APIRouter(prefix="/api/knowledge")
