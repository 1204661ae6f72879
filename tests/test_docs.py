"""What the documents say exists: commands and options, settings, reasons, metrics, files."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import click
import pytest

from workers.cli import cli
from workers.config.outlet import Outlet, SourceConfig
from workers.config.settings import HOME, Settings, SettingsFile
from workers.desk import metrics
from workers.fetch.guard import refuse_url
from workers.reasons import REASONS
from workers.store.figures import Figures

PAGES = sorted([HOME / "README.md", HOME / "CONTRIBUTING.md", HOME / "CHANGELOG.md", *(HOME / "docs").glob("*.md")])
WATCHING, RUNNING, SETTINGS = HOME / "docs/watching.md", HOME / "docs/running.md", HOME / "config/settings.toml"

# What the environment says that is no setting of the file.
VARIABLES = {"MARSAD_CONFIG", "MARSAD_REDIS_URL"}

# Words with an underscore that are neither settings nor reasons nor keys of an outlet's file.
OTHER_WORDS = {
    "under_way", "future_date", "not_a_feed", "html_instead_of_feed", "xml_broken", "json_broken", "api_error", "no_links",
    "not_modified",
}  # fmt: skip

# Made up for the reader.
EXAMPLES = {"config/outlets/paper.toml"}

_FENCED = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_PATH = re.compile(r"(?:docs|config|workers|tests|seeds)/[\w./-]*")
_SETTING = re.compile(r"^# (?=[a-z_]+ = )", re.MULTILINE)


def spans(text: str) -> list[str]:
    """The inline code of a page, the bars of its tables unescaped."""
    return [one.replace("\\|", "|") for one in _SPAN.findall(_FENCED.sub("", text))]


def code(text: str) -> Iterator[str]:
    """Every line of code of a page: inline, fenced or indented."""
    yield from spans(text)
    for block in _FENCED.findall(text):
        yield from block.splitlines()
    yield from (line.strip() for line in text.splitlines() if line.startswith("    "))


def commands(text: str) -> Iterator[list[str]]:
    """What `marsad` is given in each of its calls in a page."""
    for line in code(text):
        for part in re.split(r"\s(?:\||&&|#|·)\s|;", line):
            words = [word.strip("[]") for word in shlex.split(part.replace("'", "") if part.count("'") % 2 else part)]
            for at, word in enumerate(words):
                if word == "marsad" or (word.endswith("bin/marsad") and "://" not in word):
                    yield words[at + 1 :]
                    break


def faults(words: list[str]) -> list[str]:
    """What of a call does not exist."""
    todo: list[tuple[click.Command, list[str]]] = [(cli, words)]
    found = []
    while todo:
        command, left = todo.pop()
        if isinstance(command, click.Group) and left and not left[0].startswith("-"):
            for name in left[0].split("|"):
                known = command.get_command(click.Context(command), name)
                todo += [(known, left[1:])] if known else []
                found += [] if known else [f"no command {name}"]
            continue
        options = {option for one in command.params for option in one.opts} | {"--help", "-h"}
        given = [word.partition("=")[0] for word in left if word.startswith("--")]
        found += [f"{command.name} has no option {option}" for option in given if option not in options]
    return found


@pytest.mark.parametrize("page", [*PAGES, HOME / "docker-compose.yml", SETTINGS], ids=lambda page: page.name)
def test_every_command_named_exists_with_its_options(page: Path) -> None:
    """Whoever copies a command out of a page has one that the command line knows."""
    text = page.read_text(encoding="utf-8")
    if page.suffix != ".md":  # there only comments are for people
        text = "\n".join(f"    {line[1:]}" for line in text.splitlines() if line.startswith("#") and "'" not in line)
    assert [(words, wrong) for words in commands(text) if (wrong := faults(words))] == []


def test_the_check_of_commands_finds_faults() -> None:
    """The check above is a real one: it reads every way of writing a command, and a wrong one fails it."""
    text = "`marsad no-such` `marsad outlets list\\|lost` `echo x | .venv/bin/marsad tag --swift -`\n\n    marsad up --twice\n"
    found = [wrong for words in commands(text) for wrong in faults(words)]
    assert found == ["no command no-such", "no command lost", "tag has no option --swift", "up has no option --twice"]


def test_every_command_is_named_somewhere() -> None:
    """The README or the pages in docs/ speak of every command, those of groups included."""
    named = {
        (first, second)
        for page in PAGES
        for words in commands(page.read_text(encoding="utf-8"))
        for first in (words[0].split("|") if words else [])
        for second in (words[1].split("|") if len(words) > 1 else [""])
    }
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        below = command.list_commands(context) if isinstance(command, click.Group) else []
        assert name in {first for first, _ in named}
        assert set(below) <= {second for first, second in named if first == name}, name


@pytest.mark.parametrize("page", [*PAGES, HOME / "docker-compose.yml", SETTINGS], ids=lambda page: page.name)
def test_every_variable_named_is_a_setting(page: Path) -> None:
    """MARSAD_<KEY> is read by somebody, wherever it is named."""
    known = VARIABLES | {f"MARSAD_{name.upper()}" for name in Settings.model_fields}
    named = set(re.findall(r"\bMARSAD_[A-Z][A-Z_]*\b", page.read_text(encoding="utf-8")))
    assert named <= known | {"MARSAD_VAR"}


@pytest.mark.parametrize("page", [WATCHING, RUNNING], ids=lambda page: page.name)
def test_every_key_named_exists(page: Path) -> None:
    """A word with an underscore is a setting, a reason, or a key of an outlet's file."""
    known = {*SettingsFile.model_fields, *REASONS, *Outlet.model_fields, *SourceConfig.model_fields, *OTHER_WORDS}
    named = {word for word in spans(page.read_text(encoding="utf-8")) if re.fullmatch(r"[a-z]+(?:_[a-z]+)+", word)}
    assert {word for word in named if not word.startswith("marsad_")} <= known


def test_the_settings_file_shows_every_key_with_its_default() -> None:
    """With its remarks made lines the file is valid, complete, and changes nothing."""
    said = tomllib.loads(_SETTING.sub("", SETTINGS.read_text(encoding="utf-8")))
    read, default = SettingsFile.model_validate(said), SettingsFile()
    assert set(said) == set(SettingsFile.model_fields)
    places = {"store_url", "var", "archive"}  # which the default leaves to the folder that the project stands in
    assert read.model_dump(exclude=places) == default.model_dump(exclude=places)
    assert (HOME / said["var"], said["archive"]) == (default.var, "var/archive")


def test_the_table_of_reasons_is_true() -> None:
    """docs/watching.md holds every reason as the code has it; this is what must stand there."""
    table = "\n".join(reasons_table())
    assert table in WATCHING.read_text(encoding="utf-8"), table


def reasons_table() -> Iterator[str]:
    """The closed list as a table of Markdown."""
    yield "| reason | a person is told | tried again after | then |"
    yield "|---|---|---|---|"
    for name, policy in REASONS.items():
        waits = ", ".join(map(span, policy.retries)) or ("settings" if policy.ending == "failed" else "-")
        yield f"| `{name}` | {policy.sentence} | {waits} | {policy.ending} |"


def span(seconds: float) -> str:
    """A length of time as a person writes it."""
    size, unit = next(one for one in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")) if seconds >= one[0])
    return f"{seconds / size:g} {unit}"


def test_every_metric_named_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes an alarm out of docs/running.md waits for a series that there is, and misses none of them."""
    empty = Figures(
        under_way={}, oldest={}, endings=Counter(), polls=Counter(), entries=Counter(), good_poll={}, new_article={},
        troubles={}, subscriptions={}, visits={},
    )  # fmt: skip
    monkeypatch.setattr("workers.store.figures.read", lambda *_: empty)
    monkeypatch.setattr(metrics, "readings", lambda *_, **__: {})
    monkeypatch.setattr(metrics, "look", lambda *_: {})
    monkeypatch.setattr("workers.operate.heartbeat.ages", lambda *_: {})
    config = SimpleNamespace(outlets={}, settings=Settings())
    behind = SimpleNamespace(database=lambda: None, redis=lambda: None, config=config)
    registry = metrics.make_registry(behind, metrics.Pushes(), lambda: datetime.now(UTC))  # type: ignore[arg-type]
    given = {one.name + ("_total" if one.type == "counter" else "") for one in registry.collect()}
    assert set(re.findall(r"\bmarsad_[a-z_]+\b", RUNNING.read_text(encoding="utf-8"))) == given


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_paths_lead_somewhere(page: Path) -> None:
    """Every relative link, and every path of the project in code, names what is there; anchors are headings."""
    text = page.read_text(encoding="utf-8")
    for link in _LINK.findall(text):
        if refuse_url(link, ports=(80, 443), loopback=False) is None:
            continue  # an address on the web
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        titles = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE) if anchor else []
        assert not anchor or anchor in {re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in titles}, link
    paths = {one for one in spans(text) if _PATH.fullmatch(one)} - EXAMPLES
    assert [one for one in sorted(paths) if not (HOME / one).exists()] == []


def test_watching_fits_on_a_few_screens() -> None:
    """It is read in one sitting: the table of reasons aside, a hundred and twenty lines at most."""
    lines = WATCHING.read_text(encoding="utf-8").splitlines()
    assert len(lines) - len(list(reasons_table())) <= 120
