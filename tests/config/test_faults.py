"""Faults in config/ are all reported at once, each with its file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from workers.config import ConfigError, load_config
from workers.config.settings import HOME
from workers.config.toml import line_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of config/ without the topics, to be broken."""
    copy = tmp_path / "config"
    shutil.copytree(HOME / "config", copy, ignore=shutil.ignore_patterns("topics", "*.lock"))
    return copy


def faults(folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(folder)
    return [str(fault).removeprefix(f"{folder}/") for fault in caught.value.faults]


def test_the_configuration_of_this_project_has_no_fault(folder: Path) -> None:
    """What is shipped loads, and every outlet knows its own slug."""
    config = load_config(folder)
    assert len(config.outlets) >= 12
    assert all(outlet.slug == slug for slug, outlet in config.outlets.items())


def test_all_faults_of_all_files_come_at_once(folder: Path) -> None:
    """Broken syntax, an unknown key, a bad selector, a bad address and a missing key: each with its file and line."""
    (folder / "settings.toml").write_text('poll_every = "soon"\npol_every = 3\n')
    (folder / "leftovers.toml").write_text("exact = [\n")
    (folder / "outlets" / "one.toml").write_text(
        'name = "واحد"\nname_en = "One"\nhome = "ftp://one.test"\nhosts = ["one.test"]\n'
        '\n[[sources]]\nkind = "feed"\nurl = "https://one.test/feed"\nsure = "list"\n'
        '\n[[sources]]\nkind = "fed"\nurl = "https://one.test/2"\nsure = "list"\n'
        '\n[[profiles]]\nbody = ["div["]\n'
    )
    (folder / "outlets" / "two.toml").write_text('name_en = "Two"\nhome = "https://two.test"\nhosts = ["two.test"]\n')
    said = faults(folder)
    assert [one.split(": ")[0] for one in said] == [
        "leftovers.toml:1",
        "outlets/one.toml:3",
        "outlets/one.toml:12",
        "outlets/one.toml:17",
        "outlets/two.toml",
        "settings.toml:1",
        "settings.toml:2",
    ]
    assert "is not TOML" in said[0]
    assert "'ftp://one.test' is not an http(s) address" in said[1]
    assert "sources.1.kind" in said[2]
    assert "'div[' is not a CSS selector" in said[3]
    assert "name is missing" in said[4]
    assert "pol_every is not a known key" in said[6]


def test_two_outlets_cannot_own_one_host(folder: Path) -> None:
    """An address belongs to one outlet; the second claim is a fault that names the first."""
    shutil.copy(folder / "outlets" / "shaam.toml", folder / "outlets" / "zz.toml")
    assert any("shaam.org belongs to shaam.toml already" in one for one in faults(folder))


def test_a_bad_environment_variable_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment gets wrong is reported under the variable's name."""
    monkeypatch.setenv("MARSAD_ATTEMPTS", "many")
    [said] = faults(folder)
    assert said.startswith("environment variable MARSAD_ATTEMPTS: ")


def test_the_environment_wins_over_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting of the environment replaces that of settings.toml."""
    (folder / "settings.toml").write_text("attempts = 2\npoll_every = 60\n")
    monkeypatch.setenv("MARSAD_ATTEMPTS", "7")
    settings = load_config(folder).settings
    assert (settings.attempts, settings.poll_every) == (7, 60)


def test_two_stores_never_share_their_queues(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of keys in Redis follow the store, unless they are given."""
    one, two = (load_config(folder).with_settings(store_url=url).settings for url in ("sqlite:///a", "sqlite:///b"))
    assert one.prefix != two.prefix
    monkeypatch.setenv("MARSAD_QUEUE_PREFIX", "mine:")
    assert load_config(folder).settings.prefix == "mine:"


def test_secrets_do_not_show_in_a_repr(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address of Redis may hold a password, and no log shows it."""
    monkeypatch.setenv("REDIS_URL", "redis://:hunter2@host/0")
    settings = load_config(folder).settings
    assert settings.redis_url.get_secret_value() == "redis://:hunter2@host/0"
    assert "hunter2" not in repr(settings)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    """A wrong MARSAD_CONFIG is a sentence, not a traceback."""
    with pytest.raises(ConfigError, match="is not a folder"):
        load_config(tmp_path / "nowhere")


def test_a_configuration_without_outlets_is_a_fault(folder: Path) -> None:
    """An empty or missing folder would silently stop all watching."""
    shutil.rmtree(folder / "outlets")
    [said] = faults(folder)
    assert "holds no outlet" in said


def test_files_that_are_not_text_are_said(folder: Path) -> None:
    """A file in another encoding is named with the cure."""
    (folder / "trackers.toml").write_bytes("parameters = ['ب']".encode("cp1256"))
    [said] = faults(folder)
    assert "is not UTF-8" in said


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("a",), 1),
        (("table", "key"), 4),
        (("table", "inner", "key"), 7),
        (("list", 0, "name"), 10),
        (("list", 1, "name"), 13),
        (("list", 1, "many", 1), 14),
        (("list", 1, "deep", 0, "x"), 19),
        (("list", 1, "missing"), 12),
        (("nowhere",), 0),
    ],
)
def test_a_value_is_found_by_its_line(place: tuple[int | str, ...], line: int) -> None:
    """The line is that of the key, or of the nearest table around it."""
    text = (
        "a = 1\n\n[table]\nkey = 2 # and more\n\n[table.inner]\nkey = 3\n\n[[list]]\nname = 'x'\n\n[[list]]\n"
        "name = 'y'\nmany = [\n  'one',\n  'two',\n]\n[[list.deep]]\nx = 1\n"
    )
    assert line_of(text, place) == line
