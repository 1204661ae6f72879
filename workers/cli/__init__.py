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
    "up": ("run", "Run everything on this machine."),
    "replay": ("run", "Take recorded captures through the whole road."),
    "clean": ("pages", "Clean one page and print the article."),
    "tag": ("pages", "Tag documents, one JSON object a line."),
    "retag": ("retag", "Tag again what is kept, with the rules of today."),
    "timeline": ("timeline", "What was done, day by day, and who reported it."),
    "suggestions": ("suggestions", "Names to review for the knowledge base."),
    "copies": ("copies", "Find copies among documents."),
    "explain": ("explain", "Tell the whole life of one item."),
    "diff": ("versions", "What an article said at first and later."),
    "missed": ("missed", "Where the watcher may have a gap."),
    "backfill": ("backfill", "Walk an outlet's sources back in time."),
    "record": ("archive", "Fetch live and write what replay reads."),
    "verify": ("archive", "Check that everything kept is whole."),
    "prune": ("archive", "Forget captures that are old enough."),
    "export": ("look", "Print what the store holds."),
    "failures": ("failures", "What could not be read in spite of all tries."),
    "status": ("look", "Queues, workers, and how items ended."),
    "check": ("configuration", "Check the whole configuration."),
    "outlets": ("outlets", "The outlets that are watched."),
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"workers.cli.{COMMANDS[name][0]}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="marsad", message="marsad %(version)s")
def cli() -> None:
    """Watch Arabic news outlets and record what Russia and Syria do and say to each other."""


def main() -> None:
    """Run the command line; every foreseeable fault becomes a sentence and an exit status."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit status."""
    if sys.stdout is None:  # closed by whoever started it
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    try:
        # Not cli.main: that ends the process itself when a pipe is closed.
        with cli.make_context("marsad", arguments) as context:
            cli.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        return 130
    except BrokenPipeError:
        # Whoever read the output has had enough; a second complaint at exit would help nobody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        from workers.cli.faults import told  # noqa: PLC0415

        sentence, status = told(error)
        if sentence is None:
            raise
        click.echo(sentence, err=True)
        return status
    return 0
