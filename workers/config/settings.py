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
    archive: Path | None = None
    topic: str = "russia-syria"
    log_format: Literal["auto", "console", "json"] = "auto"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    user_agent: str = "marsad/0.1 (news research)"
    contact: str = ""
    fetch_timeout: float = Field(default=30.0, gt=0, description="seconds for one request, redirects included")
    fetch_max_bytes: int = Field(default=10_000_000, gt=0, description="bytes of a body after decompression")
    fetch_max_redirects: int = Field(default=5, ge=0)
    poll_every: float = Field(default=900.0, gt=0, description="seconds between two looks at a source")
    attempts: int = Field(default=5, gt=0, description="tries of one stage before an item ends as failed")
    retry_after: float = Field(default=300.0, ge=0, description="seconds before a second try; the n-th waits n times")
    tick_every: float = Field(default=10.0, gt=0, description="seconds between two searches for work that is due")
    stale_after: float = Field(default=300.0, gt=0, description="seconds after which an unanswered message is resent")
    task_limit: int = Field(default=120, gt=0, le=1800, description="seconds one clean or tag task may take")
    queue_prefix: str = Field(default="", description="what the names of all keys in Redis begin with")
    flower_port: int = Field(default=5555, ge=0, le=65535)


class Settings(BaseSettings, SettingsFile):
    """The settings of this process: the environment over the file over the defaults.

    `redis_url` is REDIS_URL, empty for the embedded server; `replay` is a folder of recorded captures that stands in
    for the network. Both come from the environment only, and so should passwords inside URLs.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="MARSAD_", env_ignore_empty=True, populate_by_name=True
    )

    redis_url: SecretStr = Field(default=SecretStr(""), validation_alias=AliasChoices("REDIS_URL", "MARSAD_REDIS_URL"))
    replay: Path | None = None

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
    def archive_folder(self) -> Path:
        """Where captures are kept: under `var` unless another folder is set."""
        return (self.archive or self.var / "archive").resolve()

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
    for name in {"var", "archive"} & values.keys():
        # A file's paths are seen from the checkout, the environment's from where the command is given.
        values[name] = HOME / values[name]
    try:
        return Settings(**values)
    except ValidationError as error:
        for one in error.errors():
            name = str(one["loc"][0]) if one["loc"] else "*"
            variable = name if name.isupper() else f"MARSAD_{name.upper()}"
            faults.append(Fault(f"environment variable {variable}", 0, one["msg"]))
        return Settings.model_construct(**values)
