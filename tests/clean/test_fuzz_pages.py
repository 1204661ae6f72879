"""The cleaner answers to any page with a whole article or a reason, and the same words written otherwise are the same article."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from tests.exam.pagefiles import all_pages
from tests.fuzz.often import often, patient
from tests.fuzz.spoilt import UNSEEN as ODD
from tests.fuzz.spoilt import encodings, faults, kinds, spoil, to_bytes, torn
from tests.fuzz.variants import UNSEEN, VOWELS, Scattered, scattered
from tests.fuzz.whole import Told, check, layouts, read
from tests.pages.write import Page
from workers.arabic.letters import fold_text
from workers.items import Article, Drop

pytestmark = patient

_SILENT = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>|&[^\s;<]{1,10};", re.DOTALL | re.IGNORECASE)
_some_words = st.one_of(st.none(), st.text(max_size=40), st.lists(st.sampled_from((*ODD, "خبر", "دمشق", " | ", "12 شباط 2025", "منذ ساعتين")), max_size=8).map(" ".join))  # fmt: skip
_tellings = st.builds(
    Told,
    kind=kinds,
    outlet=st.sampled_from((None, None, "sana", "enabbaladi", "nobody")),
    status=st.sampled_from((200, 200, 200, 206, 301, 404, 503)),
    title=_some_words,
    published=st.one_of(st.none(), st.datetimes(timezones=st.just(dt.UTC))),
    claimed=_some_words,
    final_url=st.sampled_from((None, None, "https://example.org/", "http://[::1", "", "\x00")),
    past=st.sampled_from((0, 4, 12, 40)),
)


@often(120)
@given(st.integers(0, 10_000), faults, encodings, torn, _tellings)
def test_spoilt_pages(
    which: int, some: list[tuple[str, int]], encoding: str, bytes_torn: list[tuple[float, int]], told: Told
) -> None:
    """Pages of every layout with up to a dozen faults in any charset give a whole article or a reason of the list."""
    page = layouts()[which % len(layouts())]
    html = spoil(page.body.decode("utf-8", "replace"), some)
    check(read(page, to_bytes(html, encoding, bytes_torn), told))


@often(100)
@given(st.integers(0, 10_000), st.lists(st.tuples(st.integers(0, 400), st.sampled_from(ODD)), max_size=20), _tellings)
def test_odd_signs_in_articles(which: int, signs: list[tuple[int, str]], told: Told) -> None:
    """Signs that nobody sees and that no store takes, anywhere in an article's paragraphs, do not get into its record."""
    page = layouts()[which % 25]
    html = page.body.decode("utf-8", "replace")
    for number, sign in signs:
        place = html.find(page.lines[number % len(page.lines)][:12] or "\n") + number % 12
        html = html[:place] + sign + html[place:]
    check(read(page, to_bytes(html, "utf-8", []), told))


@often(80)
@given(st.lists(st.one_of(st.text(max_size=60), _some_words.map(str), st.sampled_from([page.text for page in all_pages()])), max_size=8), _tellings)  # fmt: skip
def test_plain_texts(lines: list[str], told: Told) -> None:
    """Bodies of plain text give a whole article or a reason too."""
    body = "\n".join(lines).encode("utf-8", "surrogatepass")
    check(read(layouts()[0], body, Told(kind="text/plain", title=told.title, claimed=told.claimed, past=told.past)))


def words(text: str) -> list[str]:
    """What is left of a text when spelling and marks do not count."""
    return re.findall(r"\w+", fold_text(text))


def rewritten(html: str, how: Callable[[str], str]) -> str:
    """Write otherwise what stands between the tags of a page."""
    pieces, at = [], 0
    for silent in _SILENT.finditer(html):
        pieces += [how(html[at : silent.start()]), silent[0]]
        at = silent.end()
    return "".join([*pieces, how(html[at:])])


def told_by(got: Article | Drop) -> object:
    """What must not depend on how words are written."""
    if isinstance(got, Drop):
        return got.reason
    rules = [rule for rule in got.removed_by if rule != "dateline"]
    return words(got.title or ""), words(got.text), words(got.author or ""), got.published.value, rules


def _written(how: Scattered, which: int) -> tuple[Page, object, Article | Drop]:
    page = layouts()[which % len(layouts())]
    html = page.body.decode("cp1256" if b"windows-1256" in page.body[:2000] else "utf-8-sig")
    html = html.replace("windows-1256", "utf-8")  # which cannot write all of the signs
    plain, other = html.encode(), rewritten(html, how.of).encode()
    return page, told_by(read(page, plain)), read(page, other)


@often(70)
@given(st.integers(0, 10_000), scattered(*UNSEEN))
def test_unseen_signs_and_forms_of_unicode(which: int, how: Scattered) -> None:
    """Pages whose text is decomposed or full of unseen signs give the same words, writer and date, or the same reason."""
    page, plain, other = _written(how, which)
    assert told_by(other) == plain, page.name
    check(other)


@often(50)
@given(st.integers(0, 10_000), scattered(*VOWELS, "\u0640"))
def test_vowels_and_tatweel(which: int, how: Scattered) -> None:
    """So do pages with vowels and tatweel in some of their words."""
    page, plain, other = _written(how, which)
    assert told_by(other) == plain, page.name
    check(other)
