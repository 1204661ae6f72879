"""Commands about config/: `check`, `outlets list`, `outlets check`."""

from __future__ import annotations

from dataclasses import asdict

import click

from workers.cli import screen
from workers.cli.options import as_json, configuration, print_json
from workers.config import Config, ConfigError, Outlet
from workers.road import load_tagger
from workers.tag.check import check_examples
from workers.tag.tagger import Tagger


@click.command()
@as_json
def check(*, as_json: bool) -> None:
    """Check the whole configuration: syntax, keys, values, collisions, and every example sentence of the topic.

    Exits with 2 and lists every fault with its file and line.
    """
    try:
        config, tagger = _examined()
    except ConfigError as error:
        if not as_json:
            raise
        print_json({"faults": [asdict(fault) for fault in error.faults]})
        raise click.exceptions.Exit(2) from None
    entities = len(tagger.knowledge.entities)
    if as_json:
        print_json({"outlets": len(config.outlets), "topic": config.settings.topic, "entities": entities, "faults": []})
    else:
        click.echo(f"{len(config.outlets)} outlets and {entities} entities of {config.settings.topic}: no fault")


def _examined() -> tuple[Config, Tagger]:
    config = configuration()
    tagger = load_tagger(config)
    if faults := check_examples(tagger):
        raise ConfigError(faults)
    return config, tagger


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
            print_json(_row(outlet))
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
    if slug is not None and slug not in config.outlets:
        raise click.UsageError(f"there is no outlet {slug!r}; `marsad outlets list` names them")
    doubts = {one.slug: _doubts(one) for one in config.outlets.values() if slug in {None, one.slug}}
    if as_json:
        print_json({"outlets": len(doubts), "faults": [], "doubts": doubts})
        return
    for name, sentences in doubts.items():
        for sentence in sentences:
            click.echo(f"{name}: {sentence}")
    click.echo(f"{len(doubts)} outlet(s) without a fault")


def _row(outlet: Outlet) -> dict[str, object]:
    return {"slug": outlet.slug, **outlet.model_dump(mode="json", include=_SHOWN)}


_SHOWN = {"name", "name_en", "home", "language", "timezone", "watch", "note", "sources", "hosts"}


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
