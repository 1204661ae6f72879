"""The whole recipe on small pages and on anything at all."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workers.clean.fingerprint import fingerprint
from workers.items import Article, Drop, article_json

Read = Callable[..., Article | Drop]
ReadArticle = Callable[..., Article]

FIRST = "افتتحت مديرية الزراعة مشتلاً جديداً شمال المدينة بعد عامين من العمل، وقالت إنه يكفي حاجة ثلاث بلدات."
SECOND = "وأوضح المهندس المشرف أن المشتل ينتج أربعين ألف غرسة في السنة، وأن توزيعها يبدأ مطلع الشهر المقبل."
PAGE = f"""<!DOCTYPE html><html lang="ar" dir="rtl"><head><title>مشتل جديد في البلدة - صدى النهر</title>
<meta property="og:title" content="مشتل جديد في البلدة - صدى النهر"></head><body>
<nav><a href="/">الرئيسية</a></nav><h1 class="head">مشتل جديد في البلدة</h1><b class="by">فلان الفلاني</b>
<span class="when">الأربعاء ١٢ شباط ٢٠٢٥</span>
<div class="story"><p>عمال في مشتل - 5 آذار 2019 (صدى النهر)</p><p>مشتل جديد في البلدة</p><p>{FIRST}</p>
<p>اقرأ أيضاً: <a href="/2">قمح من وراء البحر يصل المرفأ</a></p><h3>ماذا بعد</h3><p>{SECOND}</p>
<p>المصدر: أخبار التل</p><div class="share"><p>شارك الخبر مع أصدقائك</p></div></div>
<footer><p>صدى النهر مؤسسة</p></footer></body></html>"""


def check(article: Article) -> None:
    """What holds for every article: zones and spans lie in the text, and it can be written as JSON."""
    text, zones = article.text, article.zones
    headline, lead, body = zones.headline, zones.lead, zones.body
    assert text[slice(*headline)] == (article.title or "")
    assert body == ((headline[1] + 2) if article.title else 0, len(text))
    assert body[0] == lead[0] <= lead[1] <= body[1]
    assert text[slice(*lead)].strip()
    if article.title:
        assert text[headline[1] : body[0]] == "\n\n"
    for mention in article.dates:
        assert text[slice(*mention.span)] == mention.text
    for candidate in article.published.candidates:
        if candidate.span is not None:
            assert text[slice(*candidate.span)] == candidate.text
    json.dumps(article_json(article), ensure_ascii=False).encode("utf-8")
    assert len(fingerprint(article)) == 32


def test_page_of_a_known_outlet(read_article: ReadArticle) -> None:
    """Profile, leftovers, date, author and origin come together in one article."""
    article = read_article(PAGE)
    check(article)
    assert article.outlet == "river"
    assert article.title == "مشتل جديد في البلدة"
    assert article.author == "فلان الفلاني"
    assert article.text == f"مشتل جديد في البلدة\n\n{FIRST}\n\nماذا بعد\n\n{SECOND}"
    assert article.removed == (
        "عمال في مشتل - 5 آذار 2019 (صدى النهر)",
        "اقرأ أيضاً: قمح من وراء البحر يصل المرفأ",
        "المصدر: أخبار التل",
    )
    assert article.published.value == "2025-02-12T00:00:00+03:00"
    assert article.published.basis[0] == "page"
    assert article.copies.origin_named == "hill"
    assert article.language == "ar"
    assert article.versions["cleaner"]
    assert len(article.versions["profile"]) == 12


def test_same_article_in_plain_text(read_article: ReadArticle) -> None:
    """Text that somebody extracted gives the same article."""
    lines = [
        "صدى النهر",
        "● أخبار البلد ١٢ شباط ٢٠٢٥",
        "مشتل جديد في البلدة",
        FIRST,
        "ماذا بعد",
        SECOND,
        "المصدر: أخبار التل",
        "شاركها.",
    ]
    article = read_article("\r\n".join(lines), kind="text/plain; charset=utf-8")
    check(article)
    html = read_article(PAGE)
    assert article.text == html.text
    assert article.published.value == html.published.value
    assert fingerprint(article) == fingerprint(html)
    assert article.removed == ("صدى النهر", "● أخبار البلد ١٢ شباط ٢٠٢٥", "المصدر: أخبار التل", "شاركها.")


def test_unknown_outlet(read_article: ReadArticle) -> None:
    """Without an outlet the generic reading is used, in the default zone, and says so."""
    body = PAGE.replace('class="story"', 'class="entry-content"')
    article = read_article(body, url="https://nobody.example/1")
    check(article)
    assert article.outlet is None
    assert article.versions["profile"] != read_article(PAGE).versions["profile"]
    assert FIRST in article.text
    assert SECOND in article.text
    assert "قمح" not in article.text


def test_announced_outlet_without_a_file(read_article: ReadArticle) -> None:
    """The announcing source's outlet is kept though no file describes it."""
    assert read_article(PAGE, outlet="gone", url="https://nobody.example/1").outlet == "gone"


def test_old_charset(read_article: ReadArticle) -> None:
    """A windows-1256 page gives the same text as the UTF-8 one."""
    body = PAGE.replace("<head>", '<head><meta charset="windows-1256">').replace("١٢ شباط ٢٠٢٥", "12 شباط 2025")
    assert read_article(body.encode("cp1256"), kind="text/html").text == read_article(PAGE).text


def test_text_without_a_headline(read_article: ReadArticle) -> None:
    """A text that begins with its first paragraph has no headline, unless the source announced one."""
    article = read_article(f"{FIRST}\n{SECOND}", kind="text/plain")
    check(article)
    assert article.title is None
    assert article.zones.headline == (0, 0)
    assert article.text == f"{FIRST}\n\n{SECOND}"
    assert read_article(f"{FIRST}\n{SECOND}", kind="text/plain", title=" مشتل\nجديد - صدى النهر").title == "مشتل جديد"


def test_feed_date_and_caption_date(read_article: ReadArticle) -> None:
    """The feed dates a page that does not; a photograph's date never does."""
    body = PAGE.replace("الأربعاء ١٢ شباط ٢٠٢٥", "")
    assert read_article(body).published.value is None
    assert read_article(body).published.flags == ("no_date",)
    told = read_article(body, published=dt.datetime(2025, 2, 11, 22, tzinfo=dt.UTC))
    assert told.published.value == "2025-02-12T01:00:00+03:00"
    assert told.published.basis == ("feed",)


def test_date_beside_the_headline(read_article: ReadArticle) -> None:
    """A visible date that no profile names is found beside the headline."""
    body = PAGE.replace('<span class="when">', '<div class="zzz">').replace("٢٠٢٥</span>", "٢٠٢٥</div>")
    assert read_article(body).published.value == "2025-02-12T00:00:00+03:00"


def test_other_languages_are_cleaned_too(read_article: ReadArticle) -> None:
    """A page in English becomes an article in English."""
    prose = "The nursery north of the town opened after two years of work and will serve three villages nearby. "
    body = f'<html lang="en"><body><h1 class="head">A nursery opens</h1><div class="story"><p>{prose}</p><p>{prose} Again.</p></div></body></html>'
    article = read_article(body)
    check(article)
    assert article.language == "en"


def test_profile_version_changes_with_the_outlets_file(read_article: ReadArticle) -> None:
    """Two outlets have two versions; the same outlet has one."""
    other = read_article(PAGE.replace('class="story"', 'class="entry"'), url="https://hill.example/1")
    assert other.versions["profile"] != read_article(PAGE).versions["profile"]
    assert read_article(PAGE).versions == read_article(PAGE).versions


def test_cleaning_is_repeatable(read_article: ReadArticle) -> None:
    """The same capture gives the same article, and its own text cleaned again loses nothing."""
    article = read_article(PAGE)
    assert read_article(PAGE) == article
    again = read_article(article.text, kind="text/plain")
    assert again.text == article.text
    assert again.removed == ()


KINDS = st.sampled_from(
    ["text/html", "text/plain; charset=windows-1256", "", "application/xhtml+xml", "text/html; charset=utf-16", "x"]
)
WORDS = st.sampled_from(
    [
        FIRST, SECOND, "<p>", "</p>", "<div class=story>", "</div>", "<a href='/x'>", "</a>", "<br>", "<h1 class=head>", "</h1>",
        "<table><tr><td>", "</table>", "<script type='application/ld+json'>", "</script>", '{"@type":"Article","headline":', "\n",
        "اقرأ أيضاً:", "المصدر:", "شاركها.", "12 شباط 2025", "أمس 31 من كانون الأول", "اليوم الأربعاء", "\x00", "\ud83d\ude00", "&#xD800;",
        "<meta property='og:title' content='", "'>", "<time datetime='0001-01-01T00:00:00+14:00'>", "<![CDATA[", "<!--", "ـــ", "|",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.one_of(
        st.binary(max_size=400), st.lists(WORDS, max_size=40).map(lambda w: "".join(w).encode("utf-8", "replace"))
    ),
    kind=KINDS,
)
def test_never_raises(read: Read, body: bytes, kind: str) -> None:
    """Any bytes of any type give an article whose spans hold, or a drop with a reason and a sentence."""
    got = read(body, kind=kind)
    if isinstance(got, Drop):
        assert got.reason
        assert got.detail
    else:
        check(got)


@pytest.mark.parametrize("depth", [300, 20_000])
def test_deep_nesting(read: Read, depth: int) -> None:
    """Elements nested without end are read or dropped, soon."""
    read("<html><body>" + "<div>" * depth + PAGE)
    read("<html><body>" + "<table><tr><td>" * depth + PAGE)
    read("<html><body>" + "<ul><li><b>" * depth + PAGE)


@pytest.mark.parametrize("url", ["http://[broken", "https://river.example:99999999/", "no address", ""])
def test_broken_addresses(read: Read, url: str) -> None:
    """An address that cannot be read is no reason to fail."""
    read(PAGE, url=url)


@pytest.mark.parametrize(
    ("before", "after", "origin"),
    [
        ("التل-أخبار التل ", "", "hill"),
        ("النهر - صدى النهر: ", "", None),
        ("", "<p>(أخبار التل)</p>", "hill"),
        ("", "", None),
    ],
)
def test_agency_before_the_text_or_in_brackets_below_it(
    read_article: ReadArticle, before: str, after: str, origin: str | None
) -> None:
    """Both say whose text it is, the dateline only if it is another's."""
    body = f"<p>{before}افتتحت مديرية الزراعة مشتلاً جديداً شمال المدينة بعد عامين من العمل الطويل.</p>"
    got = read_article(
        f'<html><body><h1 class="head">مشتل جديد</h1><div class="story">{body}{after}</div></body></html>'
    )
    assert got.copies.origin_named == origin
    assert got.text == "مشتل جديد\n\nافتتحت مديرية الزراعة مشتلاً جديداً شمال المدينة بعد عامين من العمل الطويل."
