"""`marsad copies`: which documents repeat which."""

from __future__ import annotations

from typing import IO

import click

from workers.clean.document import read_document
from workers.clean.pairs import Document, Pairs, bare
from workers.clean.phrases import rules_for
from workers.cli.faults import InputError
from workers.cli.options import always_json, configuration, print_json
from workers.cli.pages import documents


@click.command()
@click.argument("file", type=click.File("rb"))
@always_json
def copies(file: IO[bytes], *, as_json: bool) -> None:  # noqa: ARG001
    """Find copies among documents, one JSON object a line ("-" for stdin), and print one pair a line.

    A document has a text, and may have an id, a title, an outlet, a url and a date of publication. In a pair, "b" repeats
    "a": "verbatim", "edited", or as an "update" of the same story; "altered" says what was done.
    """
    config = configuration()
    name = getattr(file, "name", "-")
    pairs = Pairs()
    found = 0
    for number, document in documents(file, name):
        try:
            article = read_document(document, config, default_id=str(number))
        except ValueError as error:
            raise InputError(f"{name}:{number}: {error}") from error
        body = bare(article.title, article.text[slice(*article.zones.body)], rules_for(config, article.outlet))
        said = Document(article.id, article.title, body, article.outlet, article.published.at)
        for a, b, copy in pairs.add(said):
            found += 1
            print_json({
                "a": pairs.documents[a].id,
                "b": pairs.documents[b].id,
                "relation": copy.relation,
                "score": copy.score,
                "altered": list(copy.altered),
            })  # fmt: skip
    click.echo(f"{len(pairs.documents)} documents, {found} pairs", err=True)
