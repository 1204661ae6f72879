"""Listing pages, with selectors and without. All of them are made up for these tests."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.config import SourceConfig
from workers.config.outlet import UrlRules
from workers.watch.listing import read_listing
from workers.watch.sightings import MAX_SIGHTINGS, Listing

URL = "https://paper.example/news/syria-news"
CARDS = SourceConfig(
    kind="listing", url=URL, sure="guess", item="div.item", link="a[href]", title=".title", date=".date"
)
ANY = UrlRules()


def read(
    body: str | bytes,
    source: SourceConfig | None = None,
    rules: UrlRules = ANY,
    *,
    content_type: str = "text/html; charset=utf-8",
    url: str = URL,
    owns: Callable[[str], bool] | None = None,
) -> Listing:
    return read_listing(
        body.encode() if isinstance(body, str) else body,
        url=url,
        headers={"content-type": content_type},
        source=source,
        zone=ZoneInfo("Asia/Damascus"),
        trackers=("utm_*",),
        rules=rules,
        owns=owns,
    )


def card(link: str = "/3ELftJ", title: str = "عنوان الخبر", date: str = "٢٦ فبراير ٢٠٢٥") -> str:
    return (
        f'<div class="item"><a href="{link}"><img src="x.jpg"></a><h4 class="title">{title}</h4>'
        f'<span class="date">{date}</span><p class="text">نص طويل <a href="/tag/x">وسم</a></p></div>'
    )


def seen(listing: Listing) -> dict[str, str | None]:
    return {sighting.url: sighting.title for sighting in listing.sightings}


def test_selectors_say_what_an_entry_is() -> None:
    """Link, title and date come from where the configuration says, the date in the outlet's zone."""
    listing = read(
        f"<html><nav><a href='/about'>x</a></nav>{card()}{card('/B2', 'A &amp; B &lt; C', '')}</html>", CARDS
    )
    first, second = listing.sightings
    assert (first.url, first.title) == ("https://paper.example/3ELftJ", "عنوان الخبر")
    assert (first.claimed, first.published) == ("٢٦ فبراير ٢٠٢٥", datetime(2025, 2, 25, 21, tzinfo=UTC))
    assert (second.title, second.published, second.claimed) == ("A & B < C", None, None)
    assert (listing.kind, listing.fault, listing.unreadable) == ("html", None, 0)


def test_a_machine_readable_date_wins() -> None:
    """A datetime attribute is taken before the visible words."""
    body = "<div class=item><a href=/1>عنوان</a><time class=date datetime='2025-02-26T10:00:00+03:00'>أمس</time></div>"
    assert read(body, CARDS).sightings[0].published == datetime(2025, 2, 26, 7, tzinfo=UTC)


def test_the_item_may_be_the_link_or_inside_it() -> None:
    """Items that are links themselves, and items wrapped in a link, are read."""
    own = CARDS.model_copy(update={"item": "a.card", "title": None, "date": None})
    assert seen(read("<a class=card href=/1><h3>عنوان</h3></a>", own)) == {"https://paper.example/1": "عنوان"}
    body = "<a href=/1><div class=item><h3 class=title>عنوان</h3></div></a>"
    assert seen(read(body, CARDS)) == {"https://paper.example/1": "عنوان"}


def test_items_without_a_link_are_counted() -> None:
    """An item that leads nowhere is unreadable, one that the rules exclude is simply not meant."""
    rules = UrlRules(skip=("^/video/",))
    body = card() + card("javascript:void(0)").replace("/tag/x", "#") + card("/video/1").replace("/tag/x", "/video/2")
    listing = read(body, CARDS, rules)
    assert (len(listing.sightings), listing.unreadable) == (1, 1)


def test_an_article_is_seen_once_and_in_order() -> None:
    """The same address twice is one sighting, at its first place."""
    listing = read(card("/2", "ثان") + card("/1", "أول") + card("/2?utm_source=x", "مكرر"), CARDS)
    assert seen(listing) == {"https://paper.example/2": "ثان", "https://paper.example/1": "أول"}
    assert list(seen(listing)) == ["https://paper.example/2", "https://paper.example/1"]


def test_without_selectors_links_like_articles_count() -> None:
    """Links of the same host with an article's path and a headline's words count; menus, files and lists do not."""
    body = """<html><body>
      <nav><a href="/2025/02/12/menu-entry-one">قسم الأخبار السياسية المحلية</a></nav>
      <a href="/archives/607143"><img src="x.jpg"></a>
      <h2><a href="/archives/607143">عنوان الخبر الأول في الصفحة</a></h2>
      <a href="/archives/607143">اقرأ المزيد</a>
      <a href="https://www.paper.example/759809/slug/">خبر آخر عنوانه طويل بما يكفي<br>وتتمته</a>
      <a href="/خبر-عن-زيارة-مهمة">زيارة مهمة إلى العاصمة اليوم</a>
      <a href="/?p=1234">خبر برقم وعنوان طويل بما يكفي</a>
      <a href="/archives/607144">قصير</a>
      <a href="/category/politics/1234">كل الأخبار السياسية في مكان واحد</a>
      <a href="/news/page/2222">الصفحة التالية من قائمة الأخبار</a>
      <a href="/uploads/2025/photo.jpg">صورة كبيرة من موقع الحدث اليوم</a>
      <a href="/about-us">من نحن وماذا نريد وكيف نعمل هنا</a>
      <a href="https://other.example/2025/1234">خبر في موقع آخر وعنوانه طويل</a>
      <a href="#comments">انتقل إلى تعليقات القراء في الأسفل</a>
      <footer><a href="/2025/9999/x">حقوق النشر محفوظة لصاحبها هنا</a></footer>
    """
    assert seen(read(body)) == {
        "https://paper.example/archives/607143": "عنوان الخبر الأول في الصفحة",
        "https://www.paper.example/759809/slug/": "خبر آخر عنوانه طويل بما يكفي وتتمته",
        "https://paper.example/%D8%AE%D8%A8%D8%B1-%D8%B9%D9%86-%D8%B2%D9%8A%D8%A7%D8%B1%D8%A9-%D9%85%D9%87%D9%85%D8%A9": "زيارة مهمة إلى العاصمة اليوم",
        "https://paper.example/?p=1234": "خبر برقم وعنوان طويل بما يكفي",
    }


def test_rules_say_what_an_article_is() -> None:
    """With patterns for articles, these decide alone, in Arabic letters as in percent signs."""
    body = "<a href='/story/a'>قصير</a><a href='/أخبار/ب'>ب</a><a href='/2025/1234'>عنوان طويل بما يكفي هنا</a><a href='/story/live'>x</a>"
    rules = UrlRules(article=("^/story/", "^/أخبار/"), skip=("live",))
    assert list(seen(read(body, rules=rules)).values()) == ["قصير", "ب"]


def test_the_base_of_the_page_counts() -> None:
    """Links are read against the page's base element."""
    body = "<html><head><base href='/ar/'></head><body><a href='1234'>عنوان طويل بما يكفي هنا</a>"
    assert list(seen(read(body))) == ["https://paper.example/ar/1234"]


@pytest.mark.parametrize("body", ["", "  \n", "\x00"])
def test_nothing_is_empty(body: str) -> None:
    """A page of nothing says so."""
    assert read(body).fault == "empty"


@pytest.mark.parametrize("body", ["<html></html>", "نص بلا وسوم", "{}", "<base href='http://['><a href='x'>y</a>"])
def test_a_page_without_articles_says_so(body: str) -> None:
    """A page that leads to no article has that fault, with selectors as without."""
    assert read(body).fault == "no_links"
    assert read(body, CARDS).fault == "no_links"


def test_windows_1256_is_read() -> None:
    """An old page in an old encoding is read right, declared or not."""
    body = card().encode("cp1256", "ignore")
    for content_type in ("text/html; charset=windows-1256", "text/html"):
        assert list(seen(read(body, CARDS, content_type=content_type)).values()) == ["عنوان الخبر"]


def test_a_very_long_page_is_cut_and_counted() -> None:
    """What lies beyond the limit is counted."""
    listing = read("".join(card(f"/{number}") for number in range(MAX_SIGHTINGS + 5)), CARDS)
    assert (len(listing.sightings), listing.capped) == (MAX_SIGHTINGS, 5)


def mine(host: str) -> bool:
    return host == "paper.example"


CHANNEL = "https://channel.example/s/paper"


def test_on_a_channel_only_links_to_the_outlet_count() -> None:
    """Elsewhere than on its own hosts, an outlet's messages are those that lead home, though not to the home page."""
    body = (
        card("https://paper.example/1") + card("https://other.example/2") + card("https://paper.example/") + card("#")
    )
    body = body.replace("/tag/x", "#")
    listing = read(body, CARDS, url=CHANNEL, owns=mine)
    assert (list(seen(listing)), listing.unreadable) == (["https://paper.example/1"], 0)
    listing = read(body, CARDS, url="https://paper.example/x", owns=mine)
    assert (len(listing.sightings), listing.unreadable) == (3, 1)


def test_a_channel_is_read_without_selectors_too() -> None:
    """Links that look like the outlet's articles count wherever they stand."""
    body = "<a href='https://paper.example/2025/1234'>عنوان طويل بما يكفي هنا</a><a href='/2025/99'>عنوان طويل بما يكفي هنا</a>"
    assert list(seen(read(body, url=CHANNEL, owns=mine))) == ["https://paper.example/2025/1234"]


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("سطر أول طويل بما يكفي<br>سطر ثان", "سطر أول طويل بما يكفي"),
        ("<p></p><p>سطر أول\nطويل بما يكفي</p><p>سطر ثان</p>", "سطر أول طويل بما يكفي"),
        ("عاجل<br>سطر ثان طويل بما يكفي<br>ثالث", "عاجل سطر ثان طويل بما يكفي"),
        ("https://paper.example/1<br>سطر ثان طويل بما يكفي", "سطر ثان طويل بما يكفي"),
        ("قصير", "قصير"),
        ("كلمة " * 100, "كلمة " * 39 + "كلمة…"),
        ("ك" * 300, "ك" * 200 + "…"),
    ],
)
def test_the_first_line_of_a_message_is_its_title(message: str, title: str) -> None:
    """A label alone is joined to what follows, an address is no title, and a long line is cut between words."""
    listing = read(card("https://paper.example/1", message).replace("h4", "div"), CARDS, url=CHANNEL, owns=mine)
    assert [one.title for one in listing.sightings] == [title]


@pytest.mark.parametrize(
    "piece",
    ["<div class=item>", "<a href=/1234>", "<h2><a href=/1234>x", "<table><tr><td>", "<a href='", "&lt;", "<p>x "],
)
def test_hostile_pages_end_in_reasonable_time(piece: str) -> None:
    """Depth and repetition cost no more than their length."""
    started = time.thread_time()
    read("<html>" + piece * 50_000)
    read("<html>" + piece * 50_000, CARDS, url=CHANNEL, owns=mine)
    assert time.thread_time() - started < 10


@settings(deadline=None)
@given(st.text(alphabet=st.one_of(st.sampled_from("<>/=\"' adivhref#?&;"), st.characters()), max_size=120))
def test_no_page_raises(text: str) -> None:
    """Any text is a listing."""
    for source in (None, CARDS):
        listing = read(("<div class=item><a href=" + text).encode("utf-8", "replace"), source)
        assert (listing.fault is None) == bool(listing.sightings)
