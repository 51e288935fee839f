"""Every setting of the product; the only reader of the environment (`COPILOT_…`)."""

from functools import cached_property
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Defaults run everything embedded: SQLite, an in-process bus, the packaged speech model."""

    model_config = SettingsConfigDict(env_prefix="COPILOT_", env_file=None)

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8000, ge=1, le=65535, description="port to listen on")
    data: Path = Field(default=Path("var"), description="folder of the database and the recordings")
    cache: Path = Field(default=Path("var/cache"), description="folder of what can be computed again: vectors of texts")
    models: Path = Field(default=Path("models"), description="folder of speech weights")
    database_url: str = Field(default="", description="SQLAlchemy URL; empty: SQLite in the data folder")
    redis_url: str = Field(default="", description="Redis that carries events between servers; empty: one server")
    engine: str = Field(
        default="whisper",
        description="speech engine: whisper, vosk[:WEIGHTS], sherpa[:WEIGHTS] or scripted[:FILE]",
    )
    speech_workers: int = Field(default=2, ge=1, le=64, description="decodes at once")
    encoder: str = Field(
        default="",
        description="text encoder: e5, use, none, folder:PATH or endpoint:URL#MODEL; empty: the packaged default",
    )
    encoder_key: str = Field(default="", description="key for an encoder or reranker at an endpoint")
    encoder_seconds: float = Field(default=20, gt=0, description="how long such an endpoint may take for a batch")
    reranker: str = Field(
        default="", description="second look at the best hits: folder:PATH or endpoint:URL#MODEL; empty: none"
    )
    demo_users: bool = Field(default=True, description="create the sample sign-ins when there is no user yet")
    session_idle_minutes: int = Field(default=30, ge=1, description="a session ends after this many idle minutes")
    session_hours: int = Field(default=12, ge=1, description="a session ends after this many hours, however busy")
    cookie_secure: bool = Field(default=False, description="send the session cookie over TLS only")
    sweep_seconds: float = Field(default=20, gt=0, description="seconds between two looks for what timers are due for")
    gap_days: int = Field(
        default=5, ge=1, le=60, description="working days in which a department is to fill a gap of the base (assumed)"
    )
    gap_least: int = Field(default=2, ge=1, description="questions without an answer that make a gap")
    line_token: str = Field(
        default="", description="token that a telephone exchange sends with its audio; empty: loopback only"
    )
    line_idle_seconds: float = Field(default=30, gt=0, description="a line that sends nothing for so long is closed")
    attachment_mb: int = Field(default=20, ge=1, le=1024, description="largest attachment, in MB")
    attachment_count: int = Field(default=20, ge=1, le=1000, description="attachments of one ticket at most")
    import_mb: int = Field(default=50, ge=1, le=1024, description="largest file brought into the knowledge base, in MB")
    bundle_mb: int = Field(default=500, ge=1, le=8192, description="largest exported knowledge base taken in, in MB")
    export_rows: int = Field(default=100_000, ge=1, description="tickets in one exported file at most")
    web_form_hourly: int = Field(
        default=20, ge=0, description="requests that one address may file by the web form in an hour; 0: closed"
    )
    wechat_token: str = Field(default="", description="token of the WeChat gateway; empty: the channel is closed")
    sms_token: str = Field(default="", description="token of the SMS gateway; empty: the channel is closed")
    email_token: str = Field(default="", description="token of the e-mail gateway; empty: the channel is closed")
    llm_url: str = Field(default="", description="OpenAI-compatible endpoint that words the summary; empty: extractive")
    llm_model: str = Field(default="", description="model name at llm_url")
    llm_key: str = Field(default="", description="key for llm_url")
    llm_seconds: float = Field(default=10, gt=0, description="how long the model may take; then the extract stays")

    @cached_property
    def sqlalchemy_url(self) -> str:
        """The database to open."""
        return self.database_url or f"sqlite:///{self.data / 'copilot.db'}"
