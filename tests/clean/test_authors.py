"""The writer of an article: from its markup, from a byline, from the name under it. All names are invented."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.items import Article

FIRST = "افتتحت مديرية الزراعة مشتلاً جديداً شمال المدينة بعد عامين من العمل، وقالت إنه يكفي حاجة ثلاث بلدات."
SECOND = "وأوضح المهندس المشرف أن المشتل ينتج أربعين ألف غرسة في السنة، وأن توزيعها يبدأ مطلع الشهر المقبل."
TITLE = "مشتل جديد شمال المدينة"
ReadArticle = Callable[..., Article]


def page(byline: str = "", after: str = "", above: str = "") -> str:
    """A page of an unknown site with something between headline and text, after the text, and before all."""
    return f"""<html><head><title>{TITLE}</title></head><body>{above}<div class="top"><h1>{TITLE}</h1>{byline}</div>
    <div class="entry-content"><p>{FIRST}</p><p>{SECOND}</p>{after}</div></body></html>"""


@pytest.mark.parametrize(
    ("byline", "author"),
    [
        ('<span class="post-author">بواسطة <a href="/a">سعاد النهري</a></span>', "سعاد النهري"),
        ('<a rel="author" href="/a">سعاد النهري</a>', "سعاد النهري"),
        ('<p itemprop="author"><b itemprop="name">سعاد النهري</b></p>', "سعاد النهري"),
        ('<div class="x">بقلم: سعاد النهري</div>', "سعاد النهري"),
        ('<div class="x">كتبت سعاد النهري</div>', "سعاد النهري"),
        ('<div class="x">Author, سعاد النهري</div>', "سعاد النهري"),
        ('<span class="author">المحرر</span>', None),
        ('<span class="author">أخبار التل</span>', None),
        ('<span class="author">12 مقالاً</span>', None),
        ('<div class="related-posts"><span class="author">سعاد النهري</span></div>', None),
        ('<div class="x">سعاد النهري</div>', None),
        ("", None),
    ],
)
def test_byline(read_article: ReadArticle, byline: str, author: str | None) -> None:
    """Relations, microdata, classes and labels name a writer; a desk's word for nobody, an outlet and a count do not."""
    got = read_article(page(byline), url="https://unknown.example/1")
    assert got.author == author
    assert got.text == f"{TITLE}\n\n{FIRST}\n\n{SECOND}"


def test_signature(read_article: ReadArticle) -> None:
    """Two or three words alone under the last sentence are the writer's name and no text."""
    got = read_article(page(after="<p>سعاد النهري</p>"), url="https://unknown.example/1")
    assert got.author == "سعاد النهري"
    assert got.text.endswith(SECOND)
    assert ("سعاد النهري", "signature") in zip(got.removed, got.removed_by, strict=True)


def test_declared_author_comes_first(read_article: ReadArticle) -> None:
    """What the page declares for machines is believed before what it shows."""
    head = '<meta name="author" content="ليلى الساقي">'
    got = read_article(page('<span class="author">سعاد</span>', above=head), url="https://unknown.example/1")
    assert got.author == "ليلى الساقي"
