"""Cleaning against real texts and pages, which are measured with and never copied into the project."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import tomllib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from workers.clean.lines import Line, is_prose, tidy
from workers.clean.page import clean
from workers.config import Config, load_config
from workers.items import Article, Capture, Drop, Entry
from workers.urls import key_of

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
SEEDS, PAGES, TEXTS = SHARED / "seeds", SHARED / "data" / "pages", SHARED / "data" / "outlet_texts_dev.jsonl"
FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))["clean"]

needs_seeds = pytest.mark.skipif(not SEEDS.exists(), reason="the five source documents are not here")
needs_pages = pytest.mark.skipif(not PAGES.exists(), reason="the real pages are not here")
needs_texts = pytest.mark.skipif(not TEXTS.exists(), reason=f"the outlets' real texts are not here ({TEXTS.name})")


@pytest.fixture(scope="module")
def config() -> Config:
    return load_config(ROOT / "config")


def run(
    config: Config, body: bytes, url: str, at: str, *, outlet: str | None = None, html: bool = False
) -> Article | Drop:
    """Clean one body as captured at `at`."""
    when = dt.datetime.fromisoformat(at).astimezone(dt.UTC)
    capture = Capture(
        key=key_of(url),
        url=url,
        final_url=url,
        status=200,
        headers={"content-type": "text/html" if html else "text/plain; charset=utf-8"},
        captured_at=when,
        elapsed=0.0,
        digest="",
        size=len(body),
    )
    entry = Entry(key=capture.key, url=url, outlet=outlet, found_at=when)
    return clean(capture, body, entry=entry, config=config)


def seed(config: Config, number: int) -> tuple[Article, str]:
    """One of the five documents, cleaned, and as it was."""
    line = json.loads((SEEDS / "captures.jsonl").read_text(encoding="utf-8").splitlines()[number])
    body = (SEEDS / line["body"]).read_bytes()
    got = run(config, body, line["url"], line["captured_at"], outlet=line["outlet"])
    assert isinstance(got, Article), got
    return got, body.decode()


def gold(number: int) -> dict[str, Any]:
    """The annotation of document 0 or 3."""
    docs = json.loads((SEEDS / "gold_000_003.json").read_text(encoding="utf-8"))["docs"]
    return next(doc for doc in docs if doc["file"].startswith(f"{number:03}"))


@needs_seeds
@pytest.mark.parametrize("number", [0, 3])
def test_leftovers_of_the_annotated_documents(config: Config, number: int) -> None:
    """What the annotators call boilerplate is exactly what is removed, in order; the title is theirs too."""
    article, _ = seed(config, number)
    assert list(article.removed) == [tidy(line) for line in gold(number)["boilerplate_lines"]]
    assert article.title == gold(number)["title"]
    expected = gold(number)["publication_date"]["from_text"]
    assert (article.published.value or "")[:10] == expected


@needs_seeds
@pytest.mark.parametrize("number", range(5))
def test_no_sentence_of_the_documents_is_lost(config: Config, number: int) -> None:
    """Every line is kept or told as removed, and no paragraph of running text is removed."""
    article, text = seed(config, number)
    lines = [tidy(line) for line in text.splitlines() if tidy(line)]
    kept = article.text.split("\n\n")
    assert Counter(lines) == Counter(kept) + Counter(article.removed)
    assert not any(is_prose(Line(line)) and len(line.split()) > 18 for line in article.removed)


@needs_seeds
def test_titles_dates_and_origins_of_the_documents(config: Config) -> None:
    """A text that begins with its first paragraph has no title; the days of publication are those the texts tell."""
    articles = [seed(config, number)[0] for number in range(5)]
    assert [article.title is None for article in articles] == [True, False, False, False, True]
    days = [(article.published.value or "")[:10] for article in articles]
    assert days == ["2025-12-06", "2025-02-12", "", "2025-02-26", "2025-07-31"]
    assert [article.copies.origin_named for article in articles] == ["enabbaladi", "enabbaladi", None, None, None]


def pages() -> dict[str, tuple[str, str]]:
    """Name -> (address, gold body) of the real pages."""
    sana = json.loads((PAGES / "sana_article1.gold.json").read_text(encoding="utf-8"))["body"]
    lbc = json.loads((PAGES / "lbc_2026_01_08.gold.json").read_text(encoding="utf-8"))["V1"]["body"]["sections"]
    return {
        "sana_article1": ("https://sana.sy/culture-and-arts/2280593/", "\n".join(sana)),
        "lbc_2026_01_08": (
            "https://www.lbcgroup.tv/news/lifestyle/898682/lbci-lebanon-articles/ar",
            "\n".join(paragraph for section in lbc for paragraph in section["paragraphs"]),
        ),
        "cnn_arabic_2013": (
            "http://arabic.cnn.com/syria.clashes/index.html",
            (PAGES / "cnn_arabic_2013.txt").read_text(encoding="utf-8"),
        ),
    }


def token_f1(got: str, expected: str) -> float:
    """F1 of the words of two texts, each counted as often as it stands there."""
    one, two = Counter(re.findall(r"\w+", got)), Counter(re.findall(r"\w+", expected))
    common = sum((one & two).values())
    return 2 * common / max(1, sum(one.values()) + sum(two.values()))


@needs_pages
@pytest.mark.parametrize("name", ["sana_article1", "lbc_2026_01_08", "cnn_arabic_2013"])
def test_bodies_of_real_pages(config: Config, name: str) -> None:
    """The words of the body against the gold text stay above the page's floor."""
    url, expected = pages()[name]
    article = run(config, (PAGES / f"{name}.html").read_bytes(), url, "2026-01-09T00:00:00+00:00", html=True)
    assert isinstance(article, Article), article
    score = token_f1(article.text[slice(*article.zones.body)], expected)
    print(f"{name}: token F1 {score:.4f}; {article.title}; {article.published.value} by {article.published.basis}")  # noqa: T201
    assert score >= FLOORS[name]
    assert article.title


@needs_texts
def test_leftovers_of_the_outlets(config: Config) -> None:
    """A line on at least three pages of an outlet that stuffs no background goes; running text of others stays."""
    if hashlib.sha256(TEXTS.read_bytes()).hexdigest()[:12] != FLOORS["digest"]:
        pytest.skip("the outlets' texts are not those the floors were measured with")
    rows = [json.loads(line) for line in TEXTS.read_text(encoding="utf-8").splitlines()]
    often: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        often[urlsplit(row["url"]).netloc].update({tidy(line) for line in row["text"].splitlines() if tidy(line)})
    missed, lost, prose = 0, 0, 0
    for row in rows:
        host = urlsplit(row["url"]).netloc
        got = run(config, row["text"].encode(), row["url"], f"{row['date']}T20:00:00+00:00")
        kept = set(got.text.split("\n\n")) if isinstance(got, Article) else set()
        lines = {tidy(line) for line in row["text"].splitlines() if tidy(line)}
        repeated = {line for line in lines if often[host][line] >= 3 and host != "shaam.org"}
        missed += len(repeated & kept)
        own = {line for line in lines - repeated if is_prose(Line(line))}
        prose += len(own)
        # Of a paragraph that the page says twice, once with more after it, the longer stays.
        lost += sum(not any(line in one for one in kept) for line in own)
    print(f"repeated lines kept: {missed}; paragraphs lost: {lost} of {prose}")  # noqa: T201
    assert missed <= FLOORS["repeated_lines_kept"]
    assert lost <= FLOORS["paragraphs_lost"]
