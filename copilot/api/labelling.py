"""Labelling: queues, labels, agreement, data sets."""

from fastapi import APIRouter

router = APIRouter(prefix="/api/labelling")
