"""`marsad missed`: what the watcher may not have seen, and how that is known."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import click

from workers.cli import screen
from workers.cli.explain import meaning
from workers.cli.options import as_json, open_store, print_json, store_option
from workers.config import Config, Outlet
from workers.store import ledger
from workers.store.elsewhere import Elsewhere, only_elsewhere
from workers.watch.ledger import silent
from workers.watch.rhythm import Rhythm

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_LENGTH = re.compile(r"([0-9]{1,6})([mhdw])")

# Examples in the plain output; --json tells all that was read.
_SHOWN = 10

_GAP = {
    "rolled_over": "nothing in it was known",
    "capped": "more entries than are taken",
    "rekeyed": "addresses changed all at once",
}


class Length(click.ParamType["timedelta"]):
    """A length of time: a number and m, h, d or w."""

    name = "length"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read it, or end the command with a sentence."""
        if isinstance(value, timedelta):
            return value
        found = _LENGTH.fullmatch(str(value).strip().lower())
        length = int(found[1]) * _UNITS[found[2]] if found else timedelta(0)
        if length <= timedelta(0):
            self.fail(f"{value!r} is no length of time; write 90m, 24h, 7d or 2w", param, ctx)
        return length


@click.command()
@click.option("--since", "length", type=Length(), default="24h", show_default=True, help="How far back: 90m, 24h, 7d.")
@as_json
@store_option
def missed(length: timedelta, store_url: str | None, *, as_json: bool) -> None:
    """Tell what may have been missed: gaps between looks, sources in trouble or silent, articles seen elsewhere or lost.

    An empty list says that nothing speaks for a gap in that time.
    """
    now = datetime.now(UTC)
    since = now - min(length, now - datetime(1970, 1, 2, tzinfo=UTC))
    with open_store(store_url) as (config, database):
        settings = config.settings
        gaps = ledger.gaps(database, since)
        troubled = [_troubled(one) for one in ledger.troubled(database)]
        silences = [said for one in ledger.heard(database) if (said := _silence(one, config, now))]
        elsewhere = only_elsewhere(database, since)
        lost = ledger.lost(database, since)
        grace = settings.stale_after + settings.poll_shortest
        pauses = ledger.pauses(database, since, now, longest=settings.poll_longest + grace, grace=grace)
    if as_json:
        print_json({
            "since": since,
            "gaps": [asdict(one) for one in gaps.rows],
            "troubled": troubled,
            "silent": silences,
            "only_elsewhere": [asdict(one) for one in elsewhere.rows],
            "lost": [_lost(one) for one in lost.rows],
            "offline": [asdict(one) for one in pauses],
            "totals": {"gaps": gaps.number, "only_elsewhere": elsewhere.number, "lost": lost.number},
        })  # fmt: skip
        return
    click.echo(f"since {_time(since)}")
    _tell_gaps(gaps)
    _tell_troubled(troubled)
    _tell_silences(silences)
    _tell_elsewhere(elsewhere)
    _tell_lost(lost)
    _tell_pauses(pauses)


def _troubled(one: ledger.Troubled) -> dict[str, Any]:
    return {**asdict(one), "meaning": meaning(one.reason)}


def _lost(one: ledger.Lost) -> dict[str, Any]:
    return {**asdict(one), "meaning": meaning(one.reason)}


def _silence(one: ledger.Heard, config: Config, now: datetime) -> dict[str, Any] | None:
    """What a source's silence is, if it is one by the source's own habit. Hours in which nobody looked are none."""
    outlet = config.outlets.get(one.outlet or "")
    zone = outlet.zone if outlet is not None else ZoneInfo(Outlet.model_fields["timezone"].default)
    until = min(now, one.polled_at or now)
    found = silent(Rhythm.from_json(one.rhythm), one.new_at, until, zone)
    if found is None:
        return None
    named = {"source": one.source, "outlet": one.outlet, "kind": one.kind, "url": one.url, "polled_at": one.polled_at}
    return {**named, "since": found.since, "expected": round(found.expected, 1), "chance": found.chance}


def _tell_gaps(found: ledger.Found[ledger.Gap]) -> None:
    _head("gaps", "articles published between these times may be missing", found.number)
    rows = (
        (
            one.outlet or "",
            _time(one.after) if one.after else "the beginning",
            _time(one.before),
            ", ".join(_GAP[why] for why in one.why) + (f" ({one.capped} beyond)" if one.capped else ""),
            one.url,
        )
        for one in found.rows
    )
    _table(("outlet", "after", "before", "why", "source"), rows, found.number)


def _tell_troubled(found: list[dict[str, Any]]) -> None:
    _head("troubled", "sources that bring nothing", len(found))
    rows = (
        (
            one["outlet"] or "",
            one["faults"],
            _time(one["since"]),
            one["reason"] + (f": {one['meaning']}" if one["meaning"] else ""),
            one["detail"],
            one["url"],
        )
        for one in found
    )
    _table(("outlet", "looks", "since", "the last", "detail", "source"), rows, len(found))


def _tell_silences(found: list[dict[str, Any]]) -> None:
    _head("silent", "sources without news against their habit", len(found))
    rows = ((one["outlet"] or "", _time(one["since"]), one["expected"], one["url"]) for one in found)
    _table(("outlet", "since", "articles expected", "source"), rows, len(found))


def _tell_elsewhere(found: ledger.Found[Elsewhere]) -> None:
    _head("only elsewhere", "articles that one source of an outlet shows and another does not", found.number)
    pairs = Counter((one.outlet, one.lacking_in, one.shown_by) for one in found.rows)
    sums = [(outlet, number, lacking_in, shown_by) for (outlet, lacking_in, shown_by), number in sorted(pairs.items())]
    _table(("outlet", "articles", "lacking in", "shown by"), sums, len(sums))
    rows = ((_time(one.published), one.url, one.title or "") for one in found.rows)
    _table(("published", "article", "title"), rows, found.number)


def _tell_lost(found: ledger.Found[ledger.Lost]) -> None:
    _head("lost", "articles that were announced and could not be read", found.number)
    rows = ((_time(one.ended_at), one.reason, meaning(one.reason), one.url, one.title or "") for one in found.rows)
    _table(("ended", "reason", "meaning", "article", "title"), rows, found.number)


def _tell_pauses(found: list[ledger.Pause]) -> None:
    _head("offline", "times in which no source was heard", len(found))
    rows = (
        (_time(one.after), _time(one.before), "nothing could be reached" if one.looks else "nobody looked")
        for one in found
    )
    _table(("after", "before", "why"), rows, len(found))


def _head(name: str, sentence: str, number: int) -> None:
    click.echo(f"\n{name}: {sentence}: {number or 'none'}")


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]], number: int) -> None:
    shown = list(islice(rows, _SHOWN))
    if shown:
        screen.table(head, shown)
    if number > len(shown):
        click.echo(f"and {number - len(shown)} more")


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
