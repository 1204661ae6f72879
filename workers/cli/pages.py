"""Commands that read one thing and print JSON, without a store: `clean` and `tag`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO, Any

import click

from workers.clean.decode import is_html
from workers.clean.document import read_document
from workers.clean.page import clean as clean_page
from workers.cli.faults import InputError
from workers.cli.options import always_json, configuration, print_json
from workers.config import Config
from workers.items import Capture, Drop, Entry, Record, article_json, record_json, utc
from workers.road import load_tagger
from workers.urls import canonical, key_of

# Bytes of one line of JSON: a document longer than this is no article.
_LONGEST_LINE = 20_000_000


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--url", required=True, help="The address the page came from.")
@click.option("--captured-at", metavar="TIME", help="When it was fetched, ISO 8601 with a zone; now if not given.")
@click.option("--outlet", metavar="SLUG", help="The outlet whose profile to use; that of the address if not given.")
@always_json
def clean(file: IO[bytes], url: str, captured_at: str | None, outlet: str | None, *, as_json: bool) -> None:  # noqa: ARG001
    """Clean one page (HTML or plain text, "-" for stdin) and print the article as JSON.

    A page that holds no article is a result too: {"ending": "dropped", "reason": ...}.
    """
    config = configuration()
    address = canonical(url, trackers=config.trackers)
    if address is None:
        raise click.BadParameter(f"{url!r} is no http(s) address", param_hint="--url")
    if outlet is not None and outlet not in config.outlets:
        raise click.BadParameter(
            f"there is no outlet {outlet!r}; `marsad outlets list` names them", param_hint="--outlet"
        )
    article = _clean(file.read(config.settings.fetch_max_bytes + 1), address, _time(captured_at), outlet, config)
    if isinstance(article, Drop):
        print_json({"ending": "dropped", "reason": article.reason, "detail": article.detail, "url": address})
    else:
        print_json(article_json(article))


@click.command()
@click.argument("file", type=click.File("rb"))
@always_json
def tag(file: IO[bytes], *, as_json: bool) -> None:  # noqa: ARG001
    """Tag documents, one JSON object a line ("-" for stdin), and print one record a line in the same order.

    A document has a title and a text, and may have an id, an outlet, a url and a date of publication.
    """
    config = configuration()
    name = getattr(file, "name", "-")
    tagger = load_tagger(config)
    for number, document in documents(file, name):
        try:
            article = read_document(document, config, default_id=str(number))
        except ValueError as error:
            raise InputError(f"{name}:{number}: {error}") from error
        record = Record(article=article, tags=tagger.tag(article))
        print_json(record_json(record))


def _clean(body: bytes, url: str, at: datetime, outlet: str | None, config: Config) -> Any:
    html = is_html(body, "")
    key = key_of(url)
    capture = Capture(
        key=key,
        url=url,
        final_url=url,
        status=200,
        headers={"content-type": "text/html" if html else "text/plain"},
        captured_at=at,
        elapsed=0.0,
        digest="",
        size=len(body),
    )
    return clean_page(capture, body, entry=Entry(key=key, url=url, outlet=outlet, found_at=at), config=config)


def _time(given: str | None) -> datetime:
    if given is None:
        return datetime.now(UTC)
    try:
        return utc(datetime.fromisoformat(given))
    except ValueError as error:
        raise click.BadParameter(f"{error}; write 2025-02-26T12:00:00+00:00", param_hint="--captured-at") from error


def documents(file: IO[bytes], name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The documents of a file with their line numbers; empty lines are skipped."""
    number = 0
    while line := file.readline(_LONGEST_LINE + 1):
        number += 1
        place = f"{name}:{number}"
        if len(line) > _LONGEST_LINE:
            raise InputError(
                f"{place}: the line is longer than {_LONGEST_LINE} bytes; split the file into one document a line"
            )
        if not line.strip():
            continue
        try:
            document = json.loads(line)
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
            raise InputError(f"{place}: is no JSON: {error}; write one document a line, in UTF-8") from error
        if not isinstance(document, dict):
            raise InputError(f'{place}: is no object; write {{"title": ..., "text": ...}}')
        yield number, document
