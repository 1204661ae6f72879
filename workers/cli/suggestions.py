"""`marsad suggestions`: what the articles would teach the knowledge base."""

from __future__ import annotations

import click

from workers import naming
from workers.cli import screen
from workers.cli.options import as_json, open_store, print_json, store_option
from workers.store import results


@click.command("suggestions")
@click.option("--least", type=click.IntRange(1), default=1, show_default=True, help="Only what so many articles have.")
@as_json
@store_option
def suggestions(least: int, store_url: str | None, *, as_json: bool) -> None:
    """List names to review: nothing of this is known, and nothing was tagged by it but the spellings.

    "spelling": a known person in an unseen spelling, told by title or given name; add it to the variants. "speaker": who
    was quoted and is not known. "name": what CAMeL's recogniser found, if its data is installed; often wrong.
    """
    with open_store(store_url) as (_, database):
        found = naming.suggestions(database, least)
        if as_json:
            for one in found:
                print_json({
                    "kind": one.kind, "text": one.text, "entity": one.entity, "type": one.type,
                    "articles": one.articles, "example": one.example,
                })  # fmt: skip
            return
        rows = []
        for one in found:
            article = results.article_of(database, one.example)
            rows.append(
                (one.articles, one.kind, one.entity or one.type or "", article.url if article else "", one.text)
            )
    screen.table(("articles", "kind", "entity", "example", "text"), rows)
    click.echo(f"{len(found)} to review; docs/knowledge.md tells how a name is added", err=True)
