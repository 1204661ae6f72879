"""A page's tree to lines: the profile's body, trafilatura on the rest, and pages that defeat it."""

from __future__ import annotations

import pytest

from workers.clean import extract
from workers.clean.lines import Line
from workers.config import Profile
from workers.config.layouts import Layouts

FIRST = "افتتحت مديرية الزراعة مشتلاً جديداً شمال المدينة بعد عامين من العمل، وقالت إنه يكفي حاجة ثلاث بلدات."
SECOND = "وأوضح المهندس المشرف أن المشتل ينتج أربعين ألف غرسة في السنة، وأن توزيعها يبدأ مطلع الشهر المقبل."
LAYOUTS = Layouts(body=("entry content",), box=("share", "related", "tags"), spared=("no",))
KNOWN = Profile(body=("div.missing", "div.story"), remove=(".share",))


def lines(page: str, profile: Profile = KNOWN) -> list[Line]:
    """What is extracted from a page."""
    tree = extract.parse(page)
    assert tree is not None
    return extract.read(tree, profile, LAYOUTS)[1].lines


def test_body_of_the_profile() -> None:
    """Only the profile's body is read, without what the profile removes and without captions."""
    page = f"""<html><body><div class="top"><p>{SECOND}</p></div>
    <div class="story"><figure><img src="a.jpg"><figcaption>صورة المشتل</figcaption></figure>
    <p>{FIRST}</p><div class="share"><p>شارك مع أصدقائك هذا الخبر</p></div>نص بلا فقرة بعد الشريط</div></body></html>"""
    texts = [line.text for line in lines(page)]
    assert texts[0] == FIRST
    assert SECOND not in texts
    assert not any("شارك" in text or "صورة" in text for text in texts)


def test_all_elements_of_the_first_selector() -> None:
    """A selector that finds several elements means all of them, in the page's order."""
    page = f'<html><body><p class="t">{FIRST}</p><div><p>أخرى</p></div><p class="t">{SECOND}</p></body></html>'
    assert [line.text for line in lines(page, Profile(body=("p.t",)))] == [FIRST, SECOND]


def test_kinds_breaks_and_rows() -> None:
    """Headings, list items, quotations and line breaks give lines of their own; a row of data gives one line."""
    page = f"""<html><body><div class="story"><p>{FIRST}<br>{SECOND}</p><h3>عنوان فرعي</h3>
    <ul><li>غراس الزيتون من الحقل الأول</li><li>غراس اللوز من الحقل الثاني</li></ul>
    <blockquote><p>{SECOND} قالها.</p></blockquote>
    <table><tr><td>زيتون</td><td>400</td></tr><tr><td>لوز</td><td>300</td></tr></table><p>{FIRST} ختام.</p></div></body></html>"""
    found = lines(page)
    assert Line("عنوان فرعي", "heading") in found
    assert Line("غراس الزيتون من الحقل الأول", "item") in found
    assert any(line.kind == "quote" for line in found)
    assert [line.text for line in found][:2] == [FIRST, SECOND]
    assert Line("زيتون | 400", "row") in found


def test_article_set_in_a_table() -> None:
    """Old pages set the article in tables: its paragraphs stay apart."""
    page = f'<html><body><table><tr><td class="s"><p>{FIRST}</p><p>{SECOND}</p></td></tr></table></body></html>'
    assert [line.text for line in lines(page, Profile(body=("td.s",)))] == [FIRST, SECOND]


def test_link_lines_are_marked() -> None:
    """A line that is all link is marked; a link inside a sentence is not."""
    page = f"""<html><body><div class="story"><p>{FIRST} <a href="/x">هنا</a></p><p>{SECOND}</p>
    <p><a href="/2">قمح من وراء البحر يصل المرفأ</a></p><p>{FIRST} ثم.</p></div></body></html>"""
    assert [line.linked for line in lines(page) if "قمح" in line.text] in ([True], [])
    assert not any(line.linked for line in lines(page) if "قمح" not in line.text)


def test_short_article_of_a_known_outlet() -> None:
    """A page too short for the extractor is read by its profile."""
    page = '<html><body><div class="story"><div>هزة خفيفة قرب البلدة ولا إصابات.</div></div></body></html>'
    assert [line.text for line in lines(page)] == ["هزة خفيفة قرب البلدة ولا إصابات."]


def test_page_without_an_article_gives_no_text_blob() -> None:
    """Where trafilatura answers with all words of a page in one line, it is not believed."""
    menu = "".join(f'<div><a href="/{n}">عنوان خبر رقم {n} من أخبار البلدة</a></div>' for n in range(12))
    assert all(len(line.text.split()) < 20 for line in lines(f"<html><body>{menu}</body></html>", Profile()))


def test_generic_page() -> None:
    """Without a profile the article is found among menus and boxes."""
    menu = "".join(f'<li><a href="/{n}">قسم {n}</a></li>' for n in range(20))
    page = f"""<html><body><nav><ul>{menu}</ul></nav><article><h1>مشتل جديد</h1>
    <p>{FIRST}</p><p>{SECOND}</p><p>{FIRST[:60]} خاتمة النص هنا.</p></article><footer>{menu}</footer></body></html>"""
    texts = [line.text for line in lines(page, Profile())]
    assert FIRST in texts
    assert SECOND in texts
    assert not any("قسم" in text for text in texts)


@pytest.mark.parametrize("page", ["", " ", "<!-- -->", "نص فقط", "<html></html>", "<p>", "\ud800<p>نص", "<a" * 3000])
def test_pages_that_are_hardly_pages(page: str) -> None:
    """Whatever is no page gives no tree or no lines, and no exception."""
    tree = extract.parse(page)
    if tree is not None:
        extract.read(tree, KNOWN, LAYOUTS)


def test_bombs() -> None:
    """A page of too many elements, or an element of too many attributes, is told before it is read."""
    tree = extract.parse("<html><body>" + "<br>" * (extract.MOST_ELEMENTS + 1))
    assert tree is not None
    assert extract.is_huge(tree)
    assert extract.is_bomb("<p " + " ".join(f"a{n}" for n in range(6000)) + ">")
    assert extract.is_bomb("<p " + "".join(f'a{n}="x"' for n in range(6000)) + ">")
    assert extract.is_bomb("<p x='>' " + "/".join(f"a{n}" for n in range(6000)) + ">")
    assert not extract.is_bomb("<p>" + "كلمة " * 20_000 + '<img src="data:' + "x" * 100_000 + '">')
    assert not extract.is_bomb('<path d="' + "M 1 2 " * 20_000 + '"/>')


def foreign(page: str) -> set[str]:
    """The texts of the lines that trafilatura does not count to the article."""
    tree = extract.parse(page)
    assert tree is not None
    found = extract.read(tree, KNOWN, LAYOUTS)[1]
    return {line.text for line in extract.foreign(found, found.lines)}


def test_trafilatura_decides_over_short_lines_only() -> None:
    """A row of links is none of the article's; paragraphs, sub-headings, items and rows stay whatever it says."""
    links = "".join(f'<a href="/{n}">قسم {n}</a> ' for n in range(9))
    page = f"""<html><body><div class="story"><p>{FIRST}</p><h3>عنوان فرعي</h3><p>{SECOND}</p><ul><li>زيتون</li></ul>
    <div>{links}</div><p>{FIRST} ثم.</p></div></body></html>"""
    assert foreign(page) <= {" ".join(f"قسم {n}" for n in range(9))}
    assert foreign(f'<html><body><div class="story"><p>{FIRST}</p><p>{SECOND}</p></div></body></html>') == set()


STORY = "<article class='story n{n}'><h1>{title}</h1><div class='{name}'>{text}</div></article>"


@pytest.mark.parametrize("name", ["entry-content", "txt"])
def test_further_stories_on_a_page(name: str) -> None:
    """Of several stories in frames alike, the one with the page's own headline counts, however short it is."""
    longer = "".join(f"<p>{SECOND}</p>" for _ in range(9))
    frames = [("خبر قصير", f"<p>{FIRST}</p>"), ("خبر ثان", longer), ("خبر ثالث", longer)]
    page = "".join(STORY.format(n=n, title=title, name=name, text=text) for n, (title, text) in enumerate(frames))
    for own, expected in (("خبر قصير", [FIRST]), ("خبر ثالث", [SECOND] * 9)):
        tree = extract.parse(f"<html><body><main>{page}</main></body></html>")
        assert tree is not None
        found = extract.read(tree, Profile(), LAYOUTS, titles=(f"{own} - موقع",))[1]
        assert [line.text for line in found.lines if line.kind == "text"] == expected


def test_line_alone_with_a_picture_is_its_caption() -> None:
    """Whatever the frame is called; a paragraph beside a picture, and a line with a full stop, is text."""
    tree = extract.parse(
        f"""<html><body><div class="story"><p>{FIRST}</p><div class="i9"><img src="a.jpg"><span>المشتل من الداخل</span></div>
        <div><img src="b.jpg"><p>{SECOND}</p></div><div><img src="c.jpg"><p>وصل الوفد.</p></div></div></body></html>"""
    )
    assert tree is not None
    found = extract.read(tree, KNOWN, LAYOUTS)[1]
    assert [line.text for line in found.lines] == [FIRST, SECOND, "وصل الوفد."]
    assert [(line.text, box) for line, box in found.boxed] == [("المشتل من الداخل", "caption")]


def test_rows_with_a_paragraph_in_each_cell() -> None:
    """Text systems put one into every cell; a row with a real paragraph in it is layout."""
    cells = "".join(
        "<tr>" + "".join(f"<td><p>{cell}</p></td>" for cell in row) + "</tr>"
        for row in (("العام", "الطن"), ("2010", "90"))
    )
    page = f'<html><body><div class="story"><p>{FIRST}</p><table>{cells}</table></div></body></html>'
    assert [line.text for line in lines(page)] == [FIRST, "العام | الطن", "2010 | 90"]
    layout = f'<html><body><div class="story"><table><tr><td><p>قسم</p></td><td><p>{FIRST}</p></td></tr></table></div></body></html>'
    assert FIRST in [line.text for line in lines(layout)]


def test_bullets_typed_by_hand_make_items() -> None:
    """The bullet is no word of the author's; a dash is left alone, for it also opens speech."""
    page = f'<html><body><div class="story"><p>{FIRST}</p><p>• زيتون أخضر</p><p>· لوز</p><p>- نعم، قال.</p></div></body></html>'
    assert lines(page)[1:] == [Line("زيتون أخضر", "item"), Line("لوز", "item"), Line("- نعم، قال.")]


def test_profile_reads_only_the_frame_around_headline_and_text() -> None:
    """What is outside of it is not even walked."""
    tree = extract.parse(
        f"""<html><body><ul><li>قائمة</li></ul><div><div><h1 class="head">عنوان</h1></div><div class="story"><p>{FIRST}</p></div>
        </div><footer>ذيل</footer></body></html>"""
    )
    assert tree is not None
    walked = extract.read(tree, Profile(body=("div.story",), title=("h1.head",)), LAYOUTS)[0]
    assert [one.line.text for one in walked.seen] == ["عنوان", FIRST]
