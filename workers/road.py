"""What the stages work with in one process: the open store, the archive, and the network or recorded captures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from workers.config import Config
from workers.fetch.archive import Archive
from workers.fetch.network import Network
from workers.fetch.recordings import Recordings
from workers.fetch.transport import Transport
from workers.store.database import Database
from workers.store.items import LIVE

if TYPE_CHECKING:
    from workers.tag.tagger import Tagger


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """What the stages work with. `transport` is the network or, in a replay, the recorded captures."""

    config: Config
    database: Database
    archive: Archive
    transport: Transport
    recordings: Recordings | None
    tagger: Callable[[], Tagger]
    now: Callable[[], datetime]

    @property
    def recording(self) -> str:
        """Which recording stands in for the network, LIVE for none."""
        return LIVE if self.recordings is None else self.recordings.id

    @property
    def resend_at(self) -> datetime:
        """When a message sent now counts as lost."""
        return self.now() + timedelta(seconds=self.config.settings.stale_after)


def load_tagger(config: Config) -> Tagger:
    """Compile the topic of the settings. Raises ConfigError with every fault of its files."""
    # Imported when used: watchers and fetchers start without the libraries of the tagger.
    from workers.tag.tagger import Tagger  # noqa: PLC0415

    return Tagger.load(config.topic_folder)


@contextmanager
def open_road(config: Config) -> Iterator[Road]:
    """Open the store, the archive and the transport that the settings name; close them at the end.

    Raises StoreError, ArchiveError or RecordingError.
    """
    settings = config.settings
    recordings = None
    if settings.replay is not None:
        recordings = Recordings(
            settings.replay,
            outlets=config.outlets,
            trackers=config.trackers,
            max_bytes=settings.fetch_max_bytes,
            max_redirects=settings.fetch_max_redirects,
        )
    archive = Archive(settings.archive_folder)
    archive.check()
    transport = recordings or Network(settings)
    database = Database.open(settings.store)
    try:
        yield Road(
            config=config,
            database=database,
            archive=archive,
            transport=transport,
            recordings=recordings,
            tagger=cache(lambda: load_tagger(config)),
            now=lambda: datetime.now(UTC),
        )
    finally:
        transport.close()
        database.close()
