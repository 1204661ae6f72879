"""Whatever bytes come, the cleaner answers, and what it answers is whole; the same words in disguise are the same words.

`MARSAD_FUZZ=20000 pytest tests/clean/test_fuzz.py` tries so many examples of each; by default it is a few dozen.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.disguise import DISGUISES, disguise_page
from tests.exam.pagefiles import all_pages, cleaned
from tests.pages.write import Page
from workers.arabic.letters import fold_text
from workers.clean.copies import compare, text_of
from workers.clean.fingerprint import fingerprint, sketch
from workers.clean.lines import UNSEEN
from workers.config import Config, load_config
from workers.items import Article, Drop, from_json, to_json
from workers.reasons import REASONS

MORE = int(os.environ.get("MARSAD_FUZZ", "0"))
often = settings(
    max_examples=MORE or 60, deadline=None, derandomize=not MORE, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)  # fmt: skip
_HIDDEN = re.compile(f"[{UNSEEN}]")


@lru_cache(maxsize=1)
def config() -> Config:
    """The project's own configuration."""
    return load_config(Path(__file__).parents[2] / "config")


@lru_cache(maxsize=1)
def corpus() -> tuple[Page, ...]:
    """Pages of each layout, and those that hold no article."""
    first = {page.name.split("/")[0]: page for page in all_pages() if page.reason is None}
    return (*first.values(), *(page for page in all_pages() if page.reason is not None))


def check(got: Article | Drop) -> None:
    """An article is whole in itself and survives being kept; a drop has a reason of the list."""
    if isinstance(got, Drop):
        assert got.reason in REASONS
        return
    text, zones = got.text, got.zones
    assert 0 <= zones.headline[0] <= zones.headline[1] <= zones.lead[0] <= zones.lead[1] <= zones.body[1] == len(text)
    assert zones.lead[0] == zones.body[0]
    assert text[slice(*zones.headline)] == (got.title or "")
    assert text[slice(*zones.body)].strip()
    assert not _HIDDEN.search(text)
    spans = [(one.span, one.text) for one in got.dates] + [(one.span, one.text) for one in got.reused]
    assert all(text[slice(*span)] == there for span, there in spans)
    assert [one.span for one in got.dates] == sorted(one.span for one in got.dates)
    assert len(got.removed) == len(got.removed_by)
    assert all(got.removed_by)
    assert from_json(Article, to_json(got)) == got


PLACE = st.floats(0, 1)
BLOBS = st.one_of(
    st.binary(max_size=40),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from(
        [
            b"<div>" * 300, b"</div>" * 50, b"<a href=x>" * 200, b"<table><tr><td>" * 80, b"<p " + b"a " * 6000 + b">",
            b"<!--", b"<script>", b"</html>", b"<![CDATA[", b"\x00" * 20, b"&#0;&#x110000;&nbsp;", b"\xed\xa0\x80", "ﷺ\u202e".encode() * 9,
            b"<title>", b"<style>", b'<time datetime="99999-13-45T99:99">', "<p>أمس قبل يومين في 31 شباط ١٤٤٦ هـ</p>".encode() * 30,
            b'<script type="application/ld+json">{"@graph":[[[{"@type":"Article","datePublished":5,"author":[null,{}]}]]]}</script>',
            b'<base href="//[">', b'<link rel=canonical href="http://[::1">', b"<meta property=og:title content=>",
        ]
    ),
)  # fmt: skip
CHANGES = st.lists(st.tuples(st.sampled_from(("cut", "twice", "put", "move", "over")), PLACE, PLACE, BLOBS), max_size=6)


def changed(body: bytes, changes: list[tuple[str, float, float, bytes]]) -> bytes:
    """Apply changes at relative places of a body."""
    for kind, one, two, blob in changes:
        first, last = sorted((int(one * len(body)), int(two * len(body))))
        last = min(last, first + 20_000)
        part = body[first:last]
        body = {
            "cut": body[:first] + body[last:],
            "twice": body[:last] + body[first:],
            "put": body[:first] + blob + body[first:],
            "move": part + body[:first] + body[last:],
            "over": body[:first] + blob + body[first + len(blob) :],
        }[kind]
    return body


@often
@given(st.integers(0, 10_000), CHANGES)
def test_cleaner_answers_to_broken_pages(which: int, changes: list[tuple[str, float, float, bytes]]) -> None:
    """Pages of every layout, cut, doubled, shuffled and stuffed with what breaks parsers."""
    page = corpus()[which % len(corpus())]
    check(cleaned(replace(page, body=changed(page.body, changes)), config()))


@often
@given(
    st.one_of(st.binary(max_size=400), st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")))
)
def test_cleaner_answers_to_any_bytes(body: bytes) -> None:
    """No bytes at all make it fail."""
    page = corpus()[0]
    check(cleaned(replace(page, body=body), config()))
    check(cleaned(replace(page, body=b"<html><body>" + body), config()))


def words(text: str) -> list[str]:
    """What is left of a text when spelling and marks do not count."""
    return re.findall(r"\w+", fold_text(text))


@pytest.mark.parametrize("how", DISGUISES)
def test_cleaner_reads_through_disguises(how: str) -> None:
    """The same words, the same date, writer and source, and as many lines removed, on pages of every layout."""
    for page in corpus():
        plain, html = cleaned(page, config()), page.body.decode("utf-8", "ignore").removeprefix("\ufeff")
        if page.reason is not None or "utf-8" not in html[:2000].lower():
            continue
        other = cleaned(replace(page, body=disguise_page(html, DISGUISES[how]).encode()), config())
        assert isinstance(plain, Article)
        assert isinstance(other, Article), f"{page.name}: {other}"
        check(other)
        assert words(other.text) == words(plain.text), page.name
        assert other.published.value == plain.published.value, page.name
        assert words(other.author or "") == words(plain.author or ""), page.name
        assert other.copies.origin_named == plain.copies.origin_named, page.name
        assert [rule for rule in other.removed_by if rule != "dateline"] == [
            rule for rule in plain.removed_by if rule != "dateline"
        ], page.name


@pytest.mark.parametrize("how", DISGUISES)
def test_fingerprints_see_through_disguises(how: str) -> None:
    """The same fingerprint and the same bands; a copy in disguise is a copy."""
    for page in corpus():
        article = cleaned(page, config())
        if not isinstance(article, Article):
            continue
        other = DISGUISES[how](page.text)
        assert sketch(other) == sketch(page.text), page.name
        moved = replace(article, text=other, zones=replace(article.zones, body=(0, len(other))))
        plain = replace(article, text=page.text, zones=replace(article.zones, body=(0, len(page.text))))
        assert fingerprint(moved) == fingerprint(plain)
        found = compare(text_of(page.title, page.text), text_of(page.title, other))
        assert found is not None, page.name
        assert found.relation in {"verbatim", "edited"}
        assert found.score == 1.0


@often
@given(st.text(max_size=600), st.text(max_size=600))
def test_comparing_never_fails(one: str, two: str) -> None:
    """Any two texts: an answer, scores within bounds, and a text repeats itself or is too short to."""
    for first, second in ((one, two), (one, one), (one, f"{two}\n{one}")):
        found = compare(text_of(None, first), text_of("عنوان", second))
        assert found is None or 0 <= found.score <= 1
    assert sketch(one) == sketch(one)
    assert all(-(2**63) <= number < 2**63 for kind in sketch(one + two) for number in kind)
