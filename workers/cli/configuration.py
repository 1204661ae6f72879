"""The command about all of config/: `check`."""

from __future__ import annotations

from dataclasses import asdict

import click

from workers.cli.options import as_json, configuration, print_json
from workers.config import Config, ConfigError
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
