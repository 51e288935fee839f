"""How the base is used: feedback, gaps, recalls, the dashboard."""

from fastapi import APIRouter

router = APIRouter(prefix="/api/knowledge")
