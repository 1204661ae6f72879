"""`marsad backfill`: walk the sources of an outlet back in time, and tell how far that has come."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import click

from workers import route
from workers.cli import screen
from workers.cli.options import as_json, configuration, print_json, store_option
from workers.road import open_road
from workers.store import backfills

# Which kinds of sources have a past, and by what one walks there.
_WAYS = {
    "sitemap": "by the sitemaps of its index",
    "wordpress": "page by page",
    "listing": "by its link to older entries (`older` in the outlet's file), or page by page",
    "feed": "only where it links to an archive of itself (RFC 5005)",
}


@click.command()
@click.argument("slug")
@click.option("--since", required=True, metavar="YYYY-MM-DD", help="The first day wanted, UTC.")
@as_json
@store_option
def backfill(slug: str, since: str, store_url: str | None, *, as_json: bool) -> None:
    """Have the workers walk an outlet's sources back in time to a day, at the same pace as everything else.

    Sitemaps, WordPress pages and listing pages lead back. Given again, it goes on and tells how far it has come; a walk
    that was interrupted goes on by itself when workers run.
    """
    config = configuration(store_url)
    if slug not in config.outlets:
        raise click.UsageError(f"there is no outlet {slug!r}; `marsad outlets list` names them")
    sources = config.outlets[slug].sources
    if not sources:
        raise click.UsageError(f"{slug} has no source yet; `marsad outlets discover` may find some")
    try:
        start = datetime.strptime(since, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise click.UsageError(f"--since {since!r} is no day; write it like 2025-01-31") from None
    if start > datetime.now(UTC):
        raise click.UsageError(f"--since {start:%Y-%m-%d} is in the future")
    with open_road(config) as road:
        new = route.backfill(road, slug, start)
        walks = backfills.walks(road.database, slug, start)
    if as_json:
        print_json({"outlet": slug, "since": start, "begun": new, "walks": [asdict(walk) for walk in walks]})
        return
    done = not any(walk.waiting for walk in walks)
    how = "begun; the workers of `marsad up` walk it" if new else "done" if done else "under way"
    click.echo(f"{slug}, back to {start:%Y-%m-%d}: {how}")
    rows = [
        (walk.kind, walk.looked, walk.waiting, walk.seen, walk.new, walk.oldest or "-", walk.fault or "-", walk.url)
        for walk in walks
    ]
    screen.table(("kind", "pages read", "to read", "seen", "new", "oldest", "last fault", "from"), rows)
    for kind in sorted({walk.kind for walk in walks}):
        click.echo(f"a {kind} is walked {_WAYS[kind]}", err=True)
