"""The life of articles: write, review, publish, withdraw, compare, go back."""

from fastapi import APIRouter

router = APIRouter(prefix="/api/knowledge")
