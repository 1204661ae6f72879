"""Pages that hold no article, each with its reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.items import Article, Drop

Read = Callable[..., Article | Drop]

FIRST = "افتتحت مديرية الزراعة مشتلاً جديداً شمال المدينة بعد عامين من العمل، وقالت إنه يكفي حاجة ثلاث بلدات."
SECOND = "وأوضح المهندس المشرف أن المشتل ينتج أربعين ألف غرسة في السنة، وأن توزيعها يبدأ مطلع الشهر المقبل."
STORY = f'<div class="story"><p>{FIRST}</p><p>{SECOND}</p></div>'


def page(body: str, title: str = "مشتل جديد") -> str:
    """A page around a body."""
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>"


def reason(got: Article | Drop) -> str:
    """Why a page was dropped; a drop says it in words too."""
    assert isinstance(got, Drop), got
    assert got.detail
    return got.reason


@pytest.mark.parametrize(
    ("status", "expected"),
    [(404, "gone"), (410, "gone"), (403, "http_status"), (500, "http_status"), (304, "http_status")],
)
def test_status(read: Read, status: int, expected: str) -> None:
    """Not found for ever is `gone`; any other answer that is no success is `http_status`."""
    assert reason(read(page(STORY), status=status)) == expected


@pytest.mark.parametrize("body", [b"", b" \n ", b"\x00\x00", b"\xef\xbb\xbf"])
def test_empty(read: Read, body: bytes) -> None:
    """No bytes that say anything."""
    assert reason(read(body)) == "empty"


def test_size(read: Read) -> None:
    """A body larger than is read is refused unread, by its own size and by the capture's."""
    assert reason(read(b"x" * 10_000_001)) == "too_large"
    assert reason(read(page(STORY), size=300_000_000)) == "too_large"


def test_too_much_of_anything(read: Read) -> None:
    """Too many elements, attributes or words end as `too_large`, soon."""
    assert reason(read(page("<br>" * 40_000))) == "too_large"
    assert reason(read(page("<p " + " ".join(f"a{n}" for n in range(200_000)) + ">"))) == "too_large"
    assert reason(read("كلمة " * 300_000, kind="text/plain")) == "too_large"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('<?xml version="1.0"?><rss version="2.0"><channel></channel></rss>', "text/html"),
        ("\ufeff  <!-- x --><feed xmlns='http://www.w3.org/2005/Atom'/>", "application/xml"),
        ('<?xml version="1.0"?>\n<urlset/>', ""),
        ("<p>", "application/rss+xml; charset=utf-8"),
    ],
)
def test_feed(read: Read, body: str, kind: str) -> None:
    """A feed or sitemap served for a page is told by its first bytes or its type."""
    assert reason(read(body, kind=kind)) == "feed_xml"


@pytest.mark.parametrize(
    ("body", "kind"), [(b"x", "image/png"), (b"%PDF-1.7", "text/html"), (b"{}", "application/json"), (b"\x89PNG", "")]
)
def test_no_text(read: Read, body: bytes, kind: str) -> None:
    """What is no text is told by type or first bytes."""
    assert reason(read(body, kind=kind)) == "not_html"


@pytest.mark.parametrize(
    "body",
    [
        page(
            "<h1>الصفحة غير موجودة</h1>"
            + "".join(f'<p><a href="/{n}">عنوان خبر رقم {n} من البلدة</a></p>' for n in range(15))
        ),
        page("<p>نعتذر</p>", title="الصفحة غير موجودة | صدى النهر"),
        page("<div>عذراً، الصفحة التي تبحث عنها غير موجودة.</div>", title="صدى النهر"),
        page("<h1>404</h1>", title="صدى النهر"),
        page("<h2>Page not found</h2>", title="River"),
        page("<p>x</p>", title="404 Not Found"),
    ],
)
def test_soft_404(read: Read, body: str) -> None:
    """A page that says "not found" with status 200 is no article, however many headlines it lists."""
    assert reason(read(body)) == "soft_404"


def test_words_of_a_soft_404_inside_an_article(read: Read) -> None:
    """An article may speak of pages that are not found."""
    told = STORY.replace("</div>", "<p>وظهرت للزوار عبارة الصفحة غير موجودة طوال يومين قبل إصلاح الموقع.</p></div>")
    assert isinstance(
        read(page(told, title="لماذا قيل إن الصفحة غير موجودة في موقع المديرية هذا الأسبوع كله")), Article
    )


def test_front_page(read: Read) -> None:
    """A redirect from an article to the front page is a polite "not found"."""
    got = read(page(STORY), url="https://river.example/news/1", final="https://river.example/")
    assert reason(got) == "soft_404"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (page("<div id=x>Checking your browser</div>", title="Just a moment..."), 200),
        (page('<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script>', title="x"), 200),
        (
            page(
                '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script>',
                title="Just a moment...",
            ),
            403,
        ),
        (page("<p>Please complete the security check to go on</p>", title="River"), 200),
    ],
)
def test_robot_test(read: Read, body: str, status: int) -> None:
    """A test for robots is told by its words or its script, with status 200 too."""
    assert reason(read(body, status=status)) == "blocked"


def test_article_behind_the_same_guard(read: Read) -> None:
    """A real article that carries the guard's script is an article."""
    long = STORY.replace(
        "</div>", f"<p>{FIRST} ثم.</p>" * 1 + "".join(f"<p>{SECOND} {n}</p>" for n in range(9)) + "</div>"
    )
    assert isinstance(read(page(long + '<script src="/cdn-cgi/challenge-platform/x"></script>')), Article)


def test_list_page(read: Read) -> None:
    """A section's page is a list, with and without teasers."""
    links = "".join(f'<h3><a href="/{n}">عنوان خبر رقم {n} من أخبار البلدة</a></h3>' for n in range(12))
    assert reason(read(page(links), url="https://hill.example/1")) == "list_page"
    teasers = "".join(
        f'<div><h3><a href="/{n}">عنوان خبر رقم {n} من أخبار البلدة</a></h3><p>سطر قصير عن الخبر {n}</p></div>'
        for n in range(12)
    )
    assert reason(read(page(teasers), url="https://hill.example/1")) in {"list_page", "no_article"}


def test_too_little_left(read: Read) -> None:
    """Only leftovers: no article, and the detail says how much there was."""
    body = page('<div class="story"><p>شاركها.</p><p>اترك تعليقاً</p><p>جميع الحقوق محفوظة</p></div>')
    got = read(body)
    assert reason(got) == "no_article"
    assert isinstance(got, Drop)
    assert "removed" in got.detail


def test_page_of_scripts(read: Read) -> None:
    """A page that only a browser could fill."""
    assert reason(read(page("<div id=app></div><script>x</script>"))) == "no_article"
