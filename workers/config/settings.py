"""How this installation runs: config/settings.toml, each key overridable by the environment as MARSAD_<KEY>."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from workers.config.toml import Fault, Model, read_toml

HOME = Path(__file__).resolve().parents[2]


class SettingsFile(Model):
    """The keys that settings.toml may hold, with units and defaults."""

    store_url: str = ""
    var: Path = HOME / "var"
    archive: str | None = None
    topic: str = "russia-syria"
    log_format: Literal["auto", "console", "json"] = "auto"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    user_agent: str = "marsad/0.2 (news research)"
    contact: str = ""
    fetch_timeout: float = Field(default=30.0, gt=0, description="seconds for one request")
    fetch_max_bytes: int = Field(default=10_000_000, gt=0, description="bytes of a body after decompression")
    fetch_max_redirects: int = Field(default=5, ge=0)
    pace: float = Field(default=5.0, gt=0, description="seconds between two requests to one site, at least")
    ports: tuple[int, ...] = Field(default=(80, 443, 8080, 8443), description="ports that may be asked")
    allow_loopback: bool = Field(default=False, description="ask this machine too; for tests only")
    poll_every: float = Field(default=900.0, gt=0, description="seconds between two looks at a source, on the average")
    poll_shortest: float = Field(default=120.0, gt=0, description="seconds between two looks at the busiest hour")
    poll_longest: float = Field(default=7200.0, gt=0, description="seconds between two looks at the quietest hour")
    public_url: str = Field(default="", description="where hubs reach the desk, for WebSub; empty for none")
    desk_host: str = Field(default="127.0.0.1", description="the address the desk listens on")
    desk_port: int = Field(default=8765, ge=0, le=65535)
    retention: dict[int, int] = Field(
        default={0: 90, 1: 365}, description="days that captures of a grade are kept; a grade not named: for ever"
    )
    retention_sources: int = Field(default=90, ge=1, description="days that the answers of sources are kept")
    attempts: int = Field(default=5, gt=0, description="tries of a stage where the reason does not say how often")
    retry_after: float = Field(
        default=300.0, ge=0, description="seconds before a second such try; the n-th waits n times"
    )
    tick_every: float = Field(default=2.0, gt=0, description="seconds between two searches for work that is due")
    stale_after: float = Field(default=300.0, gt=0, description="seconds after which an unanswered message is resent")
    task_limit: int = Field(default=120, gt=0, le=1800, description="seconds one clean or tag task may take")
    queue_prefix: str = Field(default="", description="what the names of all keys in Redis begin with")
    flower_port: int = Field(default=5555, ge=0, le=65535)


class Settings(BaseSettings, SettingsFile):
    """The settings of this process: the environment over the file over the defaults.

    `redis_url` is REDIS_URL, empty for the embedded server; `replay` is a folder or WARC file of recorded captures that
    stands in for the network; `push_secret` is what hubs' deliveries are signed with (WebSub), empty for none. They
    come from the environment only, and so should passwords inside URLs.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="MARSAD_", env_ignore_empty=True, populate_by_name=True
    )

    redis_url: SecretStr = Field(default=SecretStr(""), validation_alias=AliasChoices("REDIS_URL", "MARSAD_REDIS_URL"))
    replay: Path | None = None
    push_secret: SecretStr = SecretStr("")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over what the file says."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    @property
    def archive_place(self) -> str:
        """Where captures are kept: a folder, under `var` unless another is set, or a URL like s3://bucket/prefix."""
        place = str(self.archive or self.var / "archive")
        return place if "://" in place else str(Path(place).resolve())

    @property
    def agent(self) -> str:
        """How marsad names itself to hosts, with where to write to."""
        return f"{self.user_agent} ({self.contact})" if self.contact else self.user_agent

    @property
    def prefix(self) -> str:
        """What the names of all keys in Redis begin with: two stores on one Redis never share their queues."""
        return self.queue_prefix or f"marsad-{hashlib.sha256(self.store.encode()).hexdigest()[:8]}:"

    @property
    def store(self) -> str:
        """The store's SQLAlchemy URL: SQLite under `var` unless another is set."""
        return self.store_url or f"sqlite:///{self.var.resolve() / 'marsad.db'}"


def read_settings(path: Path, faults: list[Fault]) -> Settings:
    """Return the settings of `path` under the environment; faults of either are appended to `faults`."""
    file = read_toml(path, SettingsFile, faults) if path.exists() else SettingsFile()
    values = file.model_dump(exclude_unset=True) if file else {}
    # A file's paths are seen from the checkout, the environment's from where the command is given.
    if "var" in values:
        values["var"] = HOME / values["var"]
    if "://" not in values.get("archive", "://"):
        values["archive"] = str(HOME / values["archive"])
    try:
        return Settings(**values)
    except ValidationError as error:
        for one in error.errors():
            name = str(one["loc"][0]) if one["loc"] else "*"
            variable = name if name.isupper() else f"MARSAD_{name.upper()}"
            faults.append(Fault(f"environment variable {variable}", 0, one["msg"]))
        return Settings.model_construct(**values)
