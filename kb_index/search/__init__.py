"""The search over 热线百科: segments that never change, scorers, one ranking."""
