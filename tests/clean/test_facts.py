"""What pages say about themselves."""

from __future__ import annotations

import pytest

from workers.clean.extract import parse
from workers.clean.facts import Facts, read_facts
from workers.config import Layouts, Profile

LAYOUTS = Layouts(others=("related", "sidebar"))


def facts(page: str, profile: Profile | None = None) -> Facts:
    """The claims of a page."""
    tree = parse(page)
    assert tree is not None
    return read_facts(tree, profile or Profile(), LAYOUTS)


def test_json_ld_in_a_graph() -> None:
    """An article inside a graph is found; its entities are read; the page's own node is not taken for it."""
    got = facts("""<html><head><script type="application/ld+json">{"@graph": [
      {"@type": "WebPage", "headline": "صفحة", "datePublished": "2001-01-01"},
      {"@type": ["NewsArticle"], "headline": "مشتل &quot;جديد&quot;", "datePublished": "2025-02-12T10:00:00+03:00",
       "dateModified": "2025-02-13", "author": [{"@type": "Person", "name": "فلان"}]}]}</script></head><body></body></html>""")
    assert got.own_titles == ('مشتل "جديد"',)
    assert got.dates == (("json-ld", "2025-02-12T10:00:00+03:00"),)
    assert got.author == "فلان"


def test_broken_json_ld() -> None:
    """A block that is no JSON still tells its date; a hostile one tells nothing."""
    broken = '{"@type": "NewsArticle", "datePublished": "2025-02-12T10:00:00+03:00",,}'
    assert facts(f'<html><head><script type="application/ld+json">{broken}</script></head></html>').dates == (
        ("json-ld", "2025-02-12T10:00:00+03:00"),
    )
    for hostile in (
        "[" * 50_000,
        '{"datePublished": {"a": 1}}',
        "null",
        '"x"',
        '{"headline": "\\ud800"}',
        "{" * 300_000,
    ):
        facts(f'<html><head><script type="application/ld+json">{hostile}</script></head></html>')


def test_meta_and_time() -> None:
    """The published time is read, the modified one is not; a time counts inside the article or alone."""
    got = facts("""<html lang="ar-SY"><head><meta property="article:modified_time" content="2025-03-01">
      <meta property="article:published_time" content="2025-02-12T10:00:00+03:00"><meta property="og:url" content="https://hill.example/9">
      <link rel="canonical" href="https://river.example/9"><meta property="og:site_name" content="صدى النهر"></head>
      <body><time datetime="2024-01-05">قديم</time><article><time datetime="2025-02-12">اليوم</time></article></body></html>""")
    assert got.dates == (("meta", "2025-02-12T10:00:00+03:00"), ("time", "2025-02-12"))
    assert got.addresses == ("https://river.example/9", "https://hill.example/9")
    assert got.language == "ar"
    page = "<html><body><time datetime='2025-02-12'>أ</time><time datetime='2025-02-11'>ب</time></body></html>"
    assert facts(page).dates == ()


def test_profile() -> None:
    """The profile's elements are read: the machine's form of a time first, the first selector that finds something."""
    profile = Profile(title=("h1.none", "h1.head"), date=("span.when",), author=("b.by",))
    got = facts(
        '<html><body><h1>اسم الموقع</h1><h1 class="head">مشتل جديد</h1><b class="by">فلان</b>'
        '<span class="when">١٢ شباط ٢٠٢٥</span></body></html>',
        profile,
    )
    assert got.own_titles == ("مشتل جديد",)
    assert got.author == "فلان"
    assert got.dates == (("page", "١٢ شباط ٢٠٢٥"),)


def test_times_in_boxes_of_other_articles() -> None:
    """A time in a related list inside the article's element is another article's."""
    page = """<main><p>نص</p><div class="related-posts"><time datetime="2025-05-09">9 أيار</time></div></main>"""
    assert facts(page).dates == ()


@pytest.mark.parametrize(
    "page",
    [
        '<span property="dc:date dc:created" content="2025-02-18T11:40:00+03:00">اليوم</span>',
        '<abbr class="published" title="2025-02-18T11:40:00+03:00">اليوم</abbr>',
        '<span itemprop="datePublished" content="2025-02-18T11:40:00+03:00">اليوم</span>',
    ],
)
def test_dates_in_attributes(page: str) -> None:
    """RDFa, microdata and the microformat say when in an attribute of what is seen."""
    assert facts(page).dates == (("meta", "2025-02-18T11:40:00+03:00"),)
