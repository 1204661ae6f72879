"""What the stages work with in one process: the open store, the archive, and the network or recorded captures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING

from workers.config import Config, ConfigError
from workers.fetch.archive import Archive, ArchiveError
from workers.fetch.guard import refuse_url
from workers.fetch.network import Network
from workers.fetch.pace import LocalPace, Pace
from workers.fetch.polite import Polite
from workers.fetch.recordings import Recordings
from workers.fetch.robots import Kept, Shelf
from workers.fetch.transport import Transport
from workers.reasons import REASONS, Policy
from workers.store import hosts
from workers.store.database import Database, StoreError
from workers.store.items import LIVE

if TYPE_CHECKING:
    from workers.tag.tagger import Tagger

# What is wrong with this installation and not with an item: the item waits until it is mended.
OURS = (ArchiveError, ConfigError, StoreError)


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
    def first_try_at(self) -> datetime:
        """When the tick takes up an item just found: live ones at once, a host at a time; recorded ones follow by
        message, and are looked for when that is lost.
        """
        return self.now() if self.recordings is None else self.resend_at

    @property
    def resend_at(self) -> datetime:
        """When a message sent now counts as lost."""
        return self.now() + timedelta(seconds=self.config.settings.stale_after)


def policy_of(road: Road, reason: str) -> Policy:
    """When an item that failed for `reason` is tried again; recorded answers do not change while one waits."""
    policy = live_policy(road.config, reason)
    return replace(policy, retries=tuple(0.0 for _ in policy.retries)) if road.recordings else policy


def live_policy(config: Config, reason: str) -> Policy:
    """When what the network brought to `reason` is tried again; the settings say so where the reason does not."""
    settings = config.settings
    policy = REASONS.get(reason, Policy(""))
    waits = policy.retries or tuple(settings.retry_after * number for number in range(1, settings.attempts))
    return replace(policy, retries=waits)


def load_tagger(config: Config) -> Tagger:
    """Compile the topic of the settings. Raises ConfigError with every fault of its files."""
    # Imported when used: watchers and fetchers start without the libraries of the tagger.
    from workers.tag.tagger import Tagger  # noqa: PLC0415

    return Tagger.load(config.topic_folder, config.settings.var / "knowledge")


@contextmanager
def open_road(config: Config, pace: Pace | None = None) -> Iterator[Road]:
    """Open the store, the archive and the transport that the settings name; close them at the end.

    `pace` gives out the turns at a host, to all workers the same; without it those of this process alone are kept
    apart. Raises StoreError, ArchiveError or RecordingError.
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
    archive = Archive(settings.archive_place, agent=settings.agent)
    archive.check()
    database = Database.open(settings.store)
    transport: Transport = recordings or _polite(config, pace or LocalPace(), StoreShelf(database))
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
        archive.close()
        database.close()


@contextmanager
def live_transport(config: Config, pace: Pace | None = None) -> Iterator[Transport]:
    """The network without a store, for commands that only look; without `pace` it keeps this process's own."""
    transport = _polite(config, pace or LocalPace(), MemoryShelf())
    try:
        yield transport
    finally:
        transport.close()


class MemoryShelf:
    """robots.txt files kept while a command runs."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}

    def load(self, origin: str) -> Kept | None:
        """What is kept for an origin."""
        return self._kept.get(origin)

    def save(self, origin: str, kept: Kept) -> None:
        """Keep what came for an origin."""
        self._kept[origin] = kept


class StoreShelf:
    """robots.txt files kept in the store, for all workers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, origin: str) -> Kept | None:
        """What is kept for an origin."""
        row = hosts.robots_of(self._database, origin)
        return Kept(**row) if row else None

    def save(self, origin: str, kept: Kept) -> None:
        """Keep what came for an origin."""
        hosts.keep_robots(self._database, origin, asdict(kept))


def _polite(config: Config, pace: Pace, shelf: Shelf) -> Polite:
    settings = config.settings

    def gap(url: str) -> float:
        outlet = config.outlet_of(url)
        return outlet.pace if outlet is not None and outlet.pace is not None else settings.pace

    return Polite(
        Network(settings),
        pace=pace,
        shelf=shelf,
        gap=gap,
        max_redirects=settings.fetch_max_redirects,
        timeout=settings.fetch_timeout,
        refuse=partial(refuse_url, ports=settings.ports, loopback=settings.allow_loopback),
        poll_every=settings.poll_every,
    )
