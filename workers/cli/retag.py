"""`marsad retag`: the rules have changed; what is kept is tagged anew, without the web."""

from __future__ import annotations

from collections import Counter

import click

from workers import retagging
from workers.cli.options import as_json, open_store, print_json, store_option
from workers.retagging import Change
from workers.road import load_tagger


@click.command("retag")
@click.option("--diff", "only_diff", is_flag=True, help="Show what would change, and change nothing.")
@click.option(
    "--grade", type=click.IntRange(0, 3), default=0, show_default=True, help="The least grade that a record has now."
)
@as_json
@store_option
def retag(grade: int, store_url: str | None, *, only_diff: bool, as_json: bool) -> None:
    """Tag all records again with the configuration of today, and tell what each then says otherwise.

    Nothing is fetched. A line with "-" is no longer said, one with "+" is new.
    """
    sums: Counter[str] = Counter()
    with open_store(store_url) as (config, database):
        for record, changes in retagging.retag(database, load_tagger(config), write=not only_diff, least_grade=grade):
            sums["records"] += 1
            sums.update(one.what for one in changes)
            if as_json:
                print_json(
                    {
                        "key": record.article.key,
                        "url": record.article.url,
                        "changes": [{"what": one.what, "was": one.was, "now": one.now} for one in changes],
                    }
                )
                continue
            click.echo(f"{record.article.url}  {record.article.title or ''}")
            for one in changes:
                for line in _lines(one):
                    click.echo(line)
    told = ", ".join(f"{number} {what}" for what, number in sums.items() if what != "records") or "nothing else"
    verb = "would say" if only_diff else "say"
    click.echo(f"{sums['records']} record(s) {verb} something else: {told}", err=True)


def _lines(change: Change) -> list[str]:
    said = (("-", change.was), ("+", change.now))
    return [f"  {sign} {change.what} {text}" for sign, text in said if text is not None]
