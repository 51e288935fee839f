"""Answers drafted out of the base."""

from fastapi import APIRouter

router = APIRouter(prefix="/api/knowledge")
