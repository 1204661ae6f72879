"""Fingerprints and copies: any text has one, a text written otherwise has the same, and the order of texts tells nothing."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from hypothesis import given
from hypothesis import strategies as st

from tests.exam.pagefiles import all_pages
from tests.fuzz.dated import heaps, sentences
from tests.fuzz.often import often, patient
from tests.fuzz.variants import ALL_SIGNS, Scattered, Variant, scattered, variants
from tests.fuzz.whole import config, layouts, read
from tests.pages.write import Page
from workers.clean.copies import Copy, compare, text_of
from workers.clean.fingerprint import Sketch, fingerprint, paragraph, sketch
from workers.clean.pairs import Document, Pairs, bare
from workers.clean.phrases import rules_for
from workers.items import Article, Zones

pytestmark = patient

_FIRST = datetime(2025, 3, 1, 8, tzinfo=UTC)
_RELATIONS = {"verbatim", "edited"}
_texts = st.one_of(st.text(max_size=400), heaps, sentences, st.lists(st.one_of(sentences, heaps), max_size=3).map("\n\n".join))  # fmt: skip


@lru_cache(maxsize=1)
def articles() -> tuple[Page, ...]:
    """The pages that hold an article."""
    return tuple(page for page in all_pages() if page.reason is None)


@lru_cache(maxsize=1)
def _some_article() -> Article:
    got = read(layouts()[0], layouts()[0].body)
    assert isinstance(got, Article)
    return got


def _print_of(body: str) -> str:
    zones = Zones(headline=(0, 0), lead=(0, len(body)), body=(0, len(body)))
    return fingerprint(replace(_some_article(), text=body, zones=zones))


def _is_number(one: int) -> bool:
    return -(2**63) <= one < 2**63


@often(200)
@given(_texts, _texts)
def test_any_text_has_a_fingerprint(one: str, other: str) -> None:
    """No text makes it fail; equal texts have equal ones, and a text is a verbatim copy of itself or too short for any."""
    assert _print_of(one) == _print_of("".join(list(one)))
    assert len(_print_of(one)) == 32
    mark = sketch(one)
    assert mark == sketch("".join(list(one)))
    assert all(map(_is_number, (*mark.bands, *mark.units, paragraph(one))))
    assert len(set(mark.units)) == len(mark.units)
    assert bool(mark.bands) or mark == Sketch()
    found = compare(text_of(None, one), text_of(None, one))
    assert found in {None, Copy("verbatim", 1.0)}
    assert found is not None or not mark.bands
    for first, second in ((one, other), (one, f"{other}\n{one}"), (f"{one}\n{other}", other)):
        got = compare(text_of("عنوان", first), text_of(None, second))
        assert got is None or 0 <= got.score <= 1


@often(200)
@given(st.lists(sentences, min_size=1, max_size=3).map("\n\n".join), variants)
def test_sentences_written_otherwise(text: str, variant: Variant) -> None:
    """A few paragraphs in another spelling have the same fingerprint and bands, and are a copy with all words in common."""
    other = variant.of(text)
    assert _print_of(other) == _print_of(text)
    assert sketch(other).bands == sketch(text).bands
    found = compare(text_of(None, text), text_of(None, other))
    assert found is not None
    assert found.relation in _RELATIONS
    assert found.score == 1.0


@often(40)
@given(st.integers(0, 10_000), scattered(*ALL_SIGNS))
def test_articles_written_otherwise(which: int, how: Scattered) -> None:
    """So are whole articles, which are found again among others by their sketch."""
    page = articles()[which % len(articles())]
    other = how.of(page.text)
    assert _print_of(other) == _print_of(page.text)
    assert sketch(other) == sketch(page.text), page.name
    found = _pairs(
        [(page.title, page.text), ("", articles()[which % len(articles()) - 1].text), (how.of(page.title), other)]
    )
    assert (0, 2) in found, page.name
    assert found[0, 2].relation in _RELATIONS
    assert found[0, 2].score == 1.0


def _pairs(texts: list[tuple[str, str]], order: list[int] | None = None) -> dict[tuple[int, int], Copy]:
    """The pairs of texts published hour by hour, taken in in some order; the rules of no outlet are asked."""
    pairs, found = Pairs(), {}
    taken: list[int] = []
    for number in order or range(len(texts)):
        taken.append(number)
        published = _FIRST + timedelta(hours=number)
        for pair in pairs.add(Document(str(number), *texts[number], None, published)):
            found[taken[pair.a], taken[pair.b]] = pair.copy
    return found


@often(15)
@given(
    st.lists(st.tuples(st.integers(0, 10_000), scattered(*ALL_SIGNS), st.floats(0, 1)), min_size=2, max_size=7),
    st.randoms(),
)
def test_order_tells_nothing(drawn: list[tuple[int, Scattered, float]], dice: random.Random) -> None:
    """The same pairs are found among copies, updates and strangers in whatever order they come in."""
    texts = []
    for number, how, share in drawn:
        page = articles()[number % 3]  # few, so that most texts have copies
        lines = page.lines[: max(2, int(share * len(page.lines)))]
        texts.append((page.title, how.of("\n".join(lines))))
    order = list(range(len(texts)))
    dice.shuffle(order)
    assert _pairs(texts, order) == _pairs(texts)


@lru_cache(maxsize=1)
def _phrases() -> tuple[str, ...]:
    """Whole lines that are leftovers on any page."""
    return config().leftovers.exact


@often(60)
@given(st.data())
def test_furniture_has_no_marks(data: st.DataObject) -> None:
    """Texts of nothing, of marks and of lines that every page carries are copies of none."""
    lines = data.draw(
        st.lists(
            st.one_of(st.sampled_from(_phrases()), st.sampled_from(("", " ", "\u200f", "***", "—", "\u00a0"))),
            max_size=60,
        )
    )
    rules = rules_for(config(), None)
    assert bare(None, "\n".join(lines), rules) == ""
    assert sketch(bare(None, "\n".join(lines), rules)) == Sketch()
    variant = data.draw(variants)
    assert sketch(bare(None, variant.of("\n".join(lines)), rules)) == Sketch()
