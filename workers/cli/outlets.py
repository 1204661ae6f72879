"""The `outlets` commands: what is watched, what it yields, and how a new one is found."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import click

from workers.clean.drift import BEFORE, RECENT, drift
from workers.cli import screen
from workers.cli.asking import Asker
from workers.cli.faults import InputError
from workers.cli.live import live_transport
from workers.cli.options import as_json, configuration, open_store, print_json, store_option
from workers.cli.preview import Preview, preview
from workers.cli.survey import Survey, survey
from workers.config import Config, Outlet
from workers.config.draft import outlet_toml
from workers.store.readings import readings
from workers.urls import canonical
from workers.watch.discover import Ranked, reach
from workers.watch.opml import MAX_BYTES, OpmlError, Subscription, drafts, read_opml, write_opml

# Entries of a source that are shown on a screen; --json has all.
_SHOWN_ENTRIES = 15
_SHOWN_KEYS = {"name", "name_en", "home", "language", "timezone", "watch", "note", "sources", "hosts"}
_write = click.option(
    "--write", is_flag=True, help="Write config/outlets/<slug>.toml; never over a file that is there."
)


@click.group()
def outlets() -> None:
    """The outlets that are watched."""


@outlets.command("list")
@as_json
def list_outlets(*, as_json: bool) -> None:
    """List the outlets, where they announce articles, and how sure each address is."""
    config = configuration()
    if as_json:
        for outlet in config.outlets.values():
            print_json({"slug": outlet.slug, **outlet.model_dump(mode="json", include=_SHOWN_KEYS)})
        return
    rows = [
        (one.slug, "yes" if one.watch else "no", source.kind if source else "-", source.sure if source else "-",
         source.url if source else "no source is known", one.name)
        for one in config.outlets.values()
        for source in (one.sources or (None,))
    ]  # fmt: skip
    screen.table(("outlet", "watched", "kind", "sure", "source", "name"), rows)


@outlets.command("check")
@click.argument("slug", required=False)
@as_json
def check_outlets(slug: str | None, *, as_json: bool) -> None:
    """Check the files of all outlets, or tell what is missing or unsure in one."""
    config = configuration()
    chosen = list(config.outlets.values()) if slug is None else [_outlet(slug, config)]
    doubts = {one.slug: _doubts(one) for one in chosen}
    if as_json:
        print_json({"outlets": len(doubts), "faults": [], "doubts": doubts})
        return
    for name, sentences in doubts.items():
        for sentence in sentences:
            click.echo(f"{name}: {sentence}")
    click.echo(f"{len(doubts)} outlet(s) without a fault")


@outlets.command("health")
@click.argument("slug", required=False)
@as_json
@store_option
def outlets_health(slug: str | None, store_url: str | None, *, as_json: bool) -> None:
    """Tell whose pages are read otherwise than before: shorter, undated, without their profile, with more leftovers.

    The newest 20 pages of each outlet are compared with the 200 before them. Exits with 1 when something has changed.
    """
    with open_store(store_url) as (config, database):
        if slug is not None:
            _outlet(slug, config)
        read = readings(database, most=RECENT + BEFORE, outlet=slug)
    found = {name: drift(pages) for name, pages in sorted(read.items())}
    if as_json:
        print_json({name: {one.name: one.sentence for one in signs} for name, signs in found.items()})
    else:
        for name, signs in found.items():
            for sign in signs:
                click.echo(
                    f"{name}: {sign.sentence}; see its pages, then add a dated profile to config/outlets/{name}.toml"
                )
        click.echo(f"{sum(map(bool, found.values()))} of {len(found)} outlet(s) are read otherwise than before")
    if any(found.values()):
        raise click.exceptions.Exit(1)


@outlets.command("preview")
@click.argument("slug")
@as_json
def preview_outlet(slug: str, *, as_json: bool) -> None:
    """Look at the sources of an outlet now: what each announces, with dates, and why something is not taken.

    Nothing is stored. Exits with 1 when a source brings nothing that can be read.
    """
    config = configuration()
    outlet = _outlet(slug, config)
    with live_transport(config) as transport:
        looks = preview(outlet, Asker(transport, _asking), config)
    if as_json:
        print_json({"slug": slug, "watch": outlet.watch, "sources": [one.as_json() for one in looks]})
    elif not looks:
        click.echo(f"{slug}: no source is known")
    else:
        for one in looks:
            _show(one, outlet)
    if not looks or not all(one.readable for one in looks):
        raise click.exceptions.Exit(1)


@outlets.command("discover")
@click.argument("url")
@_write
@as_json
def discover_outlet(url: str, *, write: bool, as_json: bool) -> None:
    """Find out where the site at URL announces its articles, and draft the outlet's file.

    Asks for some twenty addresses at the site's pace, which takes a minute or two. The draft goes to stdout, what was
    tried to stderr. Exits with 1 when nothing readable was found.
    """
    config = configuration()
    address = canonical(url) or (canonical(f"https://{url}") if ":" not in url.partition("/")[0] else None)
    if address is None:
        raise click.BadParameter(f"{url!r} is no http(s) address", param_hint="URL")
    with live_transport(config) as transport:
        found = survey(address, Asker(transport, _asking), config, now=datetime.now(UTC))
    if isinstance(found, str):
        raise InputError(f"{address} cannot be asked: {found}")
    if write and found.owner is not None:
        raise InputError(f"the site belongs to {found.owner} already; without --write the draft is printed to compare")
    path = _save(found.outlet.slug, found.text, config) if write else None
    if as_json:
        print_json({
            "url": address, "slug": found.outlet.slug, "owner": found.owner, "trouble": found.trouble or None,
            "written": str(path) if path else None, "draft": found.text,
            "sources": [_ranked_json(one) for one in found.ranked],
        })  # fmt: skip
    else:
        _tell(found)
        click.echo(f"written: {path}" if path else found.text, nl=path is not None)
    if not found.outlet.sources:
        raise click.exceptions.Exit(1)


@outlets.command("export-opml")
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=True), default="-")
def export_opml(file: IO[str]) -> None:
    """Write the feeds of all watched outlets as OPML 2.0, for a feed reader. Other kinds of source have no place in it."""
    config = configuration()
    watched = [one for one in config.outlets.values() if one.watch]
    feeds = [
        Subscription(url=source.url, title=one.name, home=one.home, language=one.language)
        for one in watched
        for source in one.sources
        if source.kind == "feed"
    ]
    file.write(write_opml(feeds, title="marsad", at=datetime.now(UTC)))
    without = [one.slug for one in watched if not any(source.kind == "feed" for source in one.sources)]
    left = f"; without a feed: {', '.join(without)}" if without else ""
    click.echo(f"{len(feeds)} feeds of {len(watched)} watched outlets{left}", err=True)


@outlets.command("import-opml")
@click.argument("file", type=click.File("rb"))
@_write
@as_json
def import_opml(file: IO[bytes], *, write: bool, as_json: bool) -> None:
    """Draft an outlet for every site in an OPML file ("-" for stdin) whose feeds are not configured yet.

    Nothing is asked for: look at each draft with `outlets preview`.
    """
    config = configuration()
    given = str(getattr(file, "name", "-"))
    name = Path(given).name if given not in {"-", "<stdin>"} else "stdin"
    try:
        listed = read_opml(file.read(MAX_BYTES + 1), trackers=config.trackers)
    except OpmlError as error:
        raise InputError(f"{name}: {error}") from error
    found = drafts(listed.feeds, config, note=f"from {name}")
    texts = {one.slug: outlet_toml(one, head=_IMPORTED, remarks=_IMPORTED_REMARKS) for one in found.drafts}
    written = [str(_save(slug, text, config)) for slug, text in texts.items()] if write else []
    if as_json:
        print_json({
            "drafts": [{"slug": slug, "draft": text} for slug, text in texts.items()], "written": written,
            "known": found.known, "belonging": [{"outlet": slug, "url": one.url} for slug, one in found.belonging],
            "unusable": listed.unusable, "capped": listed.capped,
        })  # fmt: skip
        return
    for slug, one in found.belonging:
        click.echo(f"{screen.plain(one.url)} is on a host of {slug}: add it there if it is worth it", err=True)
    for path in written:
        click.echo(f"written: {path}")
    if not write:
        click.echo("\n".join(f"# {slug}.toml\n{text}" for slug, text in texts.items()), nl=False)
    left = "".join(f"; {number} {what}" for number, what in _left(listed.unusable, listed.capped) if number)
    click.echo(f"{len(listed.feeds)} feeds: {len(texts)} new outlets, {len(found.known)} known feeds{left}", err=True)


_IMPORTED = (
    "From a list of feeds, not yet looked at: `marsad outlets preview` with the file's name shows what comes.",
)
_IMPORTED_REMARKS = {
    "name": "To check: how the outlet calls itself, and its name in Latin letters.",
    "timezone": "To check: supposed.",
    "watch": "Set it to true when all this is right: then the outlet is watched.",
}


def _left(unusable: int, capped: int) -> tuple[tuple[int, str], ...]:
    return (unusable, "without a usable address"), (capped, "beyond what one file may list")


def _outlet(slug: str, config: Config) -> Outlet:
    if slug not in config.outlets:
        raise click.UsageError(f"there is no outlet {slug!r}; `marsad outlets list` names them")
    return config.outlets[slug]


def _doubts(outlet: Outlet) -> list[str]:
    """What an operator should confirm about an outlet before trusting it."""
    said = [
        f"{source.kind} {source.url} was never seen at work (sure = {source.sure!r})"
        for source in outlet.sources
        if source.sure in {"list", "guess"}
    ]
    if not outlet.sources:
        said.append("no source is known")
    if not any(profile.body for profile in outlet.profiles):
        said.append("no body selector: the generic extraction is used")
    return said


def _save(slug: str, text: str, config: Config) -> Path:
    path = config.folder / "outlets" / f"{slug}.toml"
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        raise InputError(f"{path} is there already; nothing was written") from error
    return path


def _asking(url: str) -> None:
    click.echo(f"asking {screen.plain(url)}", err=True)


def _tell(found: Survey) -> None:
    if found.trouble:
        click.echo(f"the home page: {screen.plain(found.trouble)}", err=True)
    if found.owner:
        click.echo(f"the site belongs to {found.owner} already; compare", err=True)
    for one in found.ranked:
        source, number = one.reading.candidate.source, len(one.reading.sightings)
        verdict = f"taken, {number} articles" if one.taken else one.why_not
        click.echo(f"{source.kind} {screen.plain(source.url)}: {screen.plain(verdict)}", err=True)
    if not found.outlet.sources:
        click.echo("nothing readable was found; docs/add-an-outlet.md tells what to do then", err=True)


def _ranked_json(one: Ranked) -> dict[str, object]:
    reading, far = one.reading, reach(one.reading.listing)
    return {
        "kind": reading.candidate.source.kind, "url": reading.candidate.source.url, "found_by": reading.candidate.why,
        "taken": one.taken, "why_not": one.why_not or None, "score": one.score, "status": reading.status,
        "number": len(reading.sightings), "dated": far.dated, "newest": far.newest, "oldest": far.oldest,
    }  # fmt: skip


def _show(one: Preview, outlet: Outlet) -> None:
    said = one.as_json()
    click.echo(f"{one.configured.kind} {one.configured.url}")
    click.echo(f"  status {said['status'] or '-'}, {said['number']} entries, sure = {one.configured.sure}")
    for line in (one.seen.trouble, *one.hints):
        if line:
            click.echo(f"  {screen.plain(line)}")
    rows = [
        (_local(row["published"], outlet), row["claimed"] or "-", ", ".join(row["flags"]) or "-",
         row.get("not_taken") or "taken", row["url"], row["title"] or "-")
        for row in one.rows
    ]  # fmt: skip
    if rows:
        screen.table(("published", "claimed", "flags", "", "address", "title"), rows[:_SHOWN_ENTRIES])
    if len(rows) > _SHOWN_ENTRIES:
        click.echo(f"  and {len(rows) - _SHOWN_ENTRIES} more; --json has them")


def _local(at: datetime | None, outlet: Outlet) -> str:
    return f"{at.astimezone(outlet.zone):%Y-%m-%d %H:%M}" if at else "-"
