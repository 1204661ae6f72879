"""config/ as frozen values: settings, outlets, the shared lists. All faults are reported at once (`ConfigError`)."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from workers.config.layouts import Layouts
from workers.config.outlet import Leftovers, Outlet, Profile, SourceConfig
from workers.config.settings import HOME, Settings, read_settings
from workers.config.toml import ConfigError, Fault, Model, read_toml
from workers.items import Source
from workers.urls import canonical, host_of, key_of

__all__ = [
    "Config",
    "ConfigError",
    "Fault",
    "Layouts",
    "Leftovers",
    "Outlet",
    "Profile",
    "Settings",
    "SourceConfig",
    "config_folder",
    "load_config",
]


class Trackers(Model):
    """Query parameters that say where a reader came from and not which page is meant; `*` at the end is any ending."""

    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)  # compared by identity, so that what is compiled of it is kept by it
class Config:
    """Everything under config/ except the topics, which the tagger loads."""

    folder: Path
    settings: Settings
    outlets: dict[str, Outlet]
    leftovers: Leftovers
    trackers: tuple[str, ...]
    layouts: Layouts = field(default_factory=Layouts)

    def outlet_of(self, url: str) -> Outlet | None:
        """The outlet whose host `url` is on, or None."""
        host = (urlsplit(url).hostname or "").lower()
        return next((outlet for outlet in self.outlets.values() if outlet.owns(host)), None)

    def declared(self, source: Source) -> tuple[Outlet | None, SourceConfig | None]:
        """The outlet of a source, and what its file says of it; for an older page, of the source that it continues."""
        outlet = self.outlets.get(source.outlet or "") or self.outlet_of(source.url)
        known = []
        for one in outlet.sources if outlet else ():
            url = canonical(one.url, trackers=self.trackers)
            if url is not None and key_of(url) == key_of(source.url):
                return outlet, one
            if url is not None and one.kind == source.kind and host_of(url) == host_of(source.url):
                known.append((urlsplit(url).path.rstrip("/"), one))
        if source.parent is None and source.since is None:
            return outlet, None
        path = urlsplit(source.url).path.rstrip("/")
        above = [(start, one) for start, one in known if path == start or path.startswith(start + "/")]
        return outlet, max(above, key=lambda pair: len(pair[0]), default=("", None))[1]

    def with_settings(self, **changes: Any) -> Config:
        """The same configuration with some settings changed."""
        return replace(self, settings=self.settings.model_copy(update=changes))

    @property
    def topic_folder(self) -> Path:
        """Where the files of the topic in force stand."""
        return self.folder / "topics" / self.settings.topic


def config_folder() -> Path:
    """MARSAD_CONFIG, or the config folder of this checkout."""
    return Path(os.environ.get("MARSAD_CONFIG") or HOME / "config")


def load_config(folder: Path | None = None) -> Config:
    """Read config/. Raises ConfigError with every fault of every file."""
    folder = folder or config_folder()
    if not folder.is_dir():
        raise ConfigError([Fault(str(folder), 0, "is not a folder; MARSAD_CONFIG names the configuration's folder")])
    faults: list[Fault] = []
    settings = read_settings(folder / "settings.toml", faults)
    leftovers = read_toml(folder / "leftovers.toml", Leftovers, faults)
    layouts = read_toml(folder / "layouts.toml", Layouts, faults)
    trackers = read_toml(folder / "trackers.toml", Trackers, faults)
    outlets = _read_outlets(folder / "outlets", faults)
    if faults or leftovers is None or layouts is None or trackers is None:
        raise ConfigError(faults)
    return Config(folder, settings, outlets, leftovers, trackers.parameters, layouts)


def _read_outlets(folder: Path, faults: list[Fault]) -> dict[str, Outlet]:
    outlets: dict[str, Outlet] = {}
    if not any(folder.glob("*.toml")):
        faults.append(Fault(str(folder), 0, "holds no outlet; every outlet is a file <slug>.toml there"))
    owners: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        outlet = read_toml(path, Outlet, faults)
        if outlet is None:
            continue
        for name in (*outlet.hosts, *(source.url for source in outlet.sources)):
            if name in owners:
                faults.append(Fault(str(path), 0, f"{name} belongs to {owners[name]} already"))
            owners[name] = path.name
        outlets[path.stem] = outlet.model_copy(update={"slug": path.stem})
    return outlets
