"""An outlet written as a file reads back as itself."""

from __future__ import annotations

import datetime as dt
import tomllib

from hypothesis import given
from hypothesis import strategies as st

from workers.config import Leftovers, Outlet, Profile, SourceConfig
from workers.config.draft import outlet_toml
from workers.config.outlet import UrlRules

WORDS = st.text(max_size=60)


def outlet(**more: object) -> Outlet:
    values = {"name": "واحد", "name_en": "One", "home": "https://one.test/", "hosts": ("one.test",), **more}
    return Outlet.model_validate(values)


def read(text: str) -> Outlet:
    return Outlet.model_validate(tomllib.loads(text))


FULL = outlet(
    aliases=("أ", "ب" * 150),
    language="en",
    timezone="Asia/Dubai",
    pace=2.5,
    watch=False,
    note='a "quoted" \\ note',
    sources=(
        SourceConfig(kind="listing", url="https://one.test/", sure="live", item="li", date="time", older="a.next"),
        SourceConfig(kind="wordpress", url="https://one.test/wp", sure="guess", identity="guid", whole_text=True),
    ),
    profiles=(Profile(), Profile(valid_from=dt.date(2025, 7, 1), sure="page", body=("div.a", "div.b"))),
    leftovers=Leftovers(pattern=(r"^\d+'s$", r"^\d+$"), longest_heading=7),
    urls=UrlRules(article=(r"^/\d+/",)),
)


def test_everything_an_outlet_may_say_is_written() -> None:
    """Numbers, dates, switches, long lists, patterns and quotes come back as they were."""
    assert read(outlet_toml(FULL)) == FULL
    assert read(outlet_toml(outlet())) == outlet()


@given(WORDS, WORDS, st.lists(WORDS, max_size=4), WORDS)
def test_words_of_any_origin_are_safe(name: str, note: str, aliases: list[str], remark: str) -> None:
    """Nothing in a name, a note or a remark ends a string or a comment, or hides what the file says."""
    one = outlet(name=name, note=note, aliases=aliases)
    text = outlet_toml(
        one, head=(remark,), remarks=dict.fromkeys(("name", "sources", "profiles", "urls", "leftovers"), remark)
    )
    assert read(text) == one
    assert not any(odd in text for odd in "\u202e\u2066\x1b\x00")


def test_half_a_letter_is_replaced() -> None:
    """A lone surrogate, which no file can hold, becomes the replacement character."""
    assert read(outlet_toml(outlet(name="a\ud800b"), head=("x\ud800",))).name == "a\ufffdb"


def test_remarks_stand_before_what_they_are_about() -> None:
    """A comment line comes right before its key or table; spare sources are comments that can be taken in."""
    text = outlet_toml(
        FULL, head=("Head.",), remarks={"hosts": "Check hosts.", "sources": "Check sources."}, spare=FULL.sources[:1]
    )
    lines = text.splitlines()
    assert lines[0] == "# Head."
    assert lines[lines.index("# Check hosts.") + 1].startswith("hosts = ")
    assert lines[lines.index("# Check sources.") + 1] == "[[sources]]"
    start = lines.index("# [[sources]]")
    taken_in = "\n".join(line.removeprefix("# ") for line in lines[start : lines.index("", start)])
    assert len(read(text.replace("\n# [[sources]]", f"\n{taken_in}\n\n# [[sources]]")).sources) == 3


def test_an_outlet_without_sources_says_what_to_do() -> None:
    """The remark about sources is there even when none is."""
    assert "# Describe a listing." in outlet_toml(outlet(), remarks={"sources": "Describe a listing."})
