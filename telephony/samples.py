"""The sample calls that come with the product, for training, demos and measuring."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Sample:
    """A recorded two-leg call and what a good copilot makes of it."""

    id: str
    title: str
    number: str
    expect_department: str
    expect_article: str
    expect_phone: str
    expect_alert: bool

    @property
    def wav(self) -> Path:
        """Two channels, 8 kHz A-law: citizen, agent."""
        return DATA / f"{self.id}.wav"


SAMPLES: tuple[Sample, ...] = tuple(
    Sample(**row) for row in tomllib.loads((DATA / "calls.toml").read_text("utf8"))["call"]
)
