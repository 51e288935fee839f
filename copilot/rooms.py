"""Where the rooms keep what they ship."""

from pathlib import Path


def room_data(package: object) -> Path:
    """The data folder that a room ships."""
    return Path(str(getattr(package, "__file__", ""))).parent / "data"
