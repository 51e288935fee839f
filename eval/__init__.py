"""Measurements: speech, search, whole calls."""
