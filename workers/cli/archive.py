"""Commands about what is kept of the web: `verify`, `prune` and `record`."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import click

from workers.cli import screen
from workers.cli.asking import MAX_CHILDREN, Asker, sentence
from workers.cli.faults import InputError
from workers.cli.options import as_json, configuration, open_store, print_json, store_option
from workers.config import Config
from workers.fetch.archive import About, Archive
from workers.fetch.recorder import FolderRecorder, Recorder, WarcRecorder
from workers.fetch.sniff import Kind, sniff
from workers.fetch.transport import Transport
from workers.items import Response, Source
from workers.store.captures import Retention
from workers.urls import canonical, key_of
from workers.watch.children import follow
from workers.watch.read import read

_PATIENCE = 300.0  # seconds that one address is waited for


@click.command()
@as_json
@store_option
@click.pass_context
def verify(context: click.Context, store_url: str | None, *, as_json: bool) -> None:
    """Check every kept page against its digest, and every capture that the store names against the archive."""
    from workers import checkup  # noqa: PLC0415

    with open_store(store_url) as (config, database):
        report = checkup.verify(database, _archive(config))
    if as_json:
        print_json(asdict(report))
    else:
        click.echo(
            f"{report.files} files, {report.records} records; {report.captures} captures of the store, "
            f"{report.pruned} of them pruned; {len(report.torn)} torn ends (harmless); {len(report.faults)} faults"
        )
        if report.faults:
            screen.table(
                ("file", "offset", "cure", "fault"),
                [(one.file, one.offset, one.cure, one.what) for one in report.faults],
            )
    if report.faults:
        context.exit(1)


@click.command()
@click.option("--dry-run", is_flag=True, help="Only tell what would go.")
@as_json
@store_option
@click.pass_context
def prune(context: click.Context, store_url: str | None, *, dry_run: bool, as_json: bool) -> None:
    """Remove the captures whose time is over: by the grade of their article, or as answers of sources."""
    from workers import pruning  # noqa: PLC0415

    with open_store(store_url) as (config, database):
        settings = config.settings
        report = pruning.prune(
            database,
            _archive(config),
            retention=Retention(grades=settings.retention, sources=settings.retention_sources),
            now=datetime.now(UTC),
            dry_run=dry_run,
        )
    if as_json:
        print_json({"dry_run": dry_run, **asdict(report)})
    else:
        click.echo(
            f"{report.captures} captures {'would go' if dry_run else 'are gone'}, with {report.exchanges} exchanges of "
            f"{report.bytes / 1e6:.1f} MB: {report.files_removed} files removed, {report.files_rewritten} rewritten, "
            f"{report.in_use} left because they are in use"
        )
        for fault in report.faults:
            click.echo(f"{fault.file}: {fault.what}; {fault.cure}", err=True)
    if report.faults:
        context.exit(1)


@click.command()
@click.argument("what", metavar="OUTLET|URL")
@click.option("--to", "folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder.")
@click.option("--limit", type=click.IntRange(0), default=10, show_default=True, help="Pages of each source, at most.")
@click.option("--warc", is_flag=True, help="Write a WARC file instead of plain files.")
@as_json
def record(what: str, folder: Path, limit: int, *, warc: bool, as_json: bool) -> None:
    """Record an outlet's sources, or one address, and the pages they announce, for `marsad replay`."""
    from workers.cli.live import live_transport  # noqa: PLC0415

    config = configuration()
    sources = _sources(what, config)
    recorder: Recorder = WarcRecorder(folder, agent=config.settings.agent) if warc else FolderRecorder(folder)
    try:
        with live_transport(config) as transport:
            recording = Recording(config, transport, recorder, limit=limit, quiet=as_json)
            recording.run(sources)
    finally:
        recorder.close()
    if as_json:
        print_json({"to": str(folder), "recorded": recording.recorded, "missed": recording.missed})
    else:
        click.echo(f"{recording.recorded} answers recorded, {len(recording.missed)} missed; `marsad replay {folder}`")
    if not recording.recorded:
        raise InputError(f"nothing of {what} could be recorded")


class Recording:
    """One run of `record`: sources first, then the pages they announce, each address once."""

    def __init__(
        self, config: Config, transport: Transport, recorder: Recorder, *, limit: int, quiet: bool = False
    ) -> None:
        self._config, self._asker, self._recorder = config, Asker(transport), recorder
        self._limit, self._quiet = limit, quiet
        self._asked: set[str] = set()
        self.recorded = 0
        self.missed: dict[str, str] = {}

    def run(self, sources: list[tuple[str, str | None, Kind | None]]) -> None:
        """Record `sources` (address, outlet, kind or None for what the content tells) and their pages."""
        waiting = deque(sources)
        while waiting:
            url, outlet, kind = waiting.popleft()
            answer = self._get(url)
            if answer is None:
                continue
            kind = kind or sniff(answer.body, answer.content_type, answer.final_url)
            self._keep(answer, outlet, kind)
            if kind in {"page", "robots"} or answer.status != 200:
                continue
            source = Source(key=key_of(url), outlet=outlet, kind=kind, url=url)  # type: ignore[arg-type]
            listing = read(answer, source, self._config)
            children = follow(listing.children, last_look=None)[:MAX_CHILDREN]
            waiting.extend((child.url, outlet, "sitemap") for child in children)
            for sighting in listing.sightings[: self._limit]:
                page = self._get(sighting.url)
                if page is not None:
                    owner = self._config.outlet_of(sighting.url)
                    self._keep(page, owner.slug if owner else outlet, "page", source.key)

    def _get(self, url: str) -> Response | None:
        if key_of(url) in self._asked:
            return None
        self._asked.add(key_of(url))
        self._asker.left = _PATIENCE
        answer = self._asker.ask(url)
        if isinstance(answer, Response):
            return replace(answer, url=url)
        self.missed[url] = sentence(answer)
        click.echo(f"missed {screen.plain(url)}: {screen.plain(self.missed[url])}", err=True)
        return None

    def _keep(self, answer: Response, outlet: str | None, kind: Kind, source: str | None = None) -> None:
        about = About(key=key_of(answer.url), kind=kind, outlet=outlet, source=source)
        name = self._recorder.keep(answer, about)
        self.recorded += 1
        if not self._quiet:
            click.echo(f"{answer.status} {kind:9} {screen.plain(answer.url)} -> {name}")


def _sources(what: str, config: Config) -> list[tuple[str, str | None, Kind | None]]:
    if (outlet := config.outlets.get(what)) is not None:
        found = [(canonical(one.url, trackers=config.trackers), one.kind) for one in outlet.sources]
        if not found:
            raise InputError(f"{what} has no sources; name one in its file or give an address")
        return [(url, what, kind) for url, kind in found if url]
    url = canonical(what, trackers=config.trackers) if "://" in what else None
    if url is None:
        raise click.UsageError(f"{what!r} is neither an outlet ({', '.join(config.outlets)}) nor an http(s) address")
    owner = config.outlet_of(url)
    known: dict[str, Kind] = {
        key_of(canonical(one.url, trackers=config.trackers) or one.url): one.kind
        for one in (owner.sources if owner else ())
    }
    return [(url, owner.slug if owner else None, known.get(key_of(url)))]


def _archive(config: Config) -> Archive:
    return Archive(config.settings.archive_place, agent=config.settings.agent)
