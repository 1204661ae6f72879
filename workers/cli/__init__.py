"""The `marsad` command: it says and asks, and decides nothing.

Exits 0 on success, 2 on wrong usage or faulty configuration, 1 on failure; results go to stdout, the rest to stderr.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

# Each command's module is imported when the command is used, so that the light ones start at once.
COMMANDS = {
    "up": "run",
    "replay": "run",
    "clean": "pages",
    "tag": "pages",
    "explain": "explain",
    "export": "look",
    "failures": "look",
    "status": "look",
    "check": "configuration",
    "outlets": "configuration",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"workers.cli.{COMMANDS[name]}"), name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="marsad", message="marsad %(version)s")
def cli() -> None:
    """Watch Arabic news outlets and record what Russia and Syria do and say to each other."""


def main() -> None:
    """Run the command line; every foreseeable fault becomes a sentence and an exit status."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit status."""
    from workers.cli.faults import FAILURES  # noqa: PLC0415
    from workers.config import ConfigError  # noqa: PLC0415

    try:
        cli.main(args=arguments, prog_name="marsad", standalone_mode=False)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        click.echo("stopped", err=True)
        return 130
    except ConfigError as error:
        click.echo(f"the configuration has {len(error.faults)} fault(s):\n{error}", err=True)
        return 2
    except BrokenPipeError:
        # Whoever read the output has had enough; a second complaint at exit would help nobody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except FAILURES as error:
        click.echo(f"marsad: {error}", err=True)
        return 1
    return 0
