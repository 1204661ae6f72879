"""Where two versions of an article differ."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.cli.compare import Change, compare, pieces
from workers.items import Article, Published, Zones

A = "قال الوزير إن الاتفاق سيوقع يوم الأحد في دمشق."
B = "وأضاف أن الوفد وصل إلى المطار صباح اليوم."
C = "ولم يصدر تعليق من الجانب الآخر حتى الآن."


def article(*paragraphs: str, title: str | None = "عنوان الخبر") -> Article:
    body = "\n\n".join(paragraphs)
    start = len(title) + 2 if title else 0
    return Article(
        id="1", key="1", url="https://one.example/1", outlet=None, language="ar", title=title, author=None,
        text=f"{title}\n\n{body}" if title else body, published=Published(),
        zones=Zones(headline=(0, len(title or "")), lead=(start, start), body=(start, start + len(body))),
    )  # fmt: skip


def told(changes: list[Change]) -> list[tuple[str, int | None, str]]:
    return [(one.part, one.paragraph, one.op) for one in changes]


def test_equal_versions_have_no_change() -> None:
    """Nothing is told of what stayed."""
    assert compare(article(A, B), article(A, B)) == []
    assert compare(article(title=None), article(title=None)) == []


def test_a_changed_word_is_told_in_its_paragraph() -> None:
    """The words before and after it are equal."""
    [change] = compare(article(A, B, C), article(A, B.replace("صباح", "مساء"), C))
    assert (change.part, change.paragraph, change.op) == ("paragraph", 2, "changed")
    assert [(one.op, one.text) for one in change.pieces] == [
        ("equal", "وأضاف أن الوفد وصل إلى المطار"),
        ("delete", "صباح"),
        ("insert", "مساء"),
        ("equal", "اليوم."),
    ]


def test_paragraphs_come_and_go() -> None:
    """A new one is counted in the later version, a removed one in the earlier."""
    assert told(compare(article(A, C), article(A, B, C))) == [("paragraph", 2, "added")]
    assert told(compare(article(A, B, C), article(A, C))) == [("paragraph", 2, "removed")]
    both = compare(article(A, B), article(A.replace("الأحد", "الاثنين"), C))
    assert told(both) == [("paragraph", 1, "changed"), ("paragraph", 2, "removed"), ("paragraph", 2, "added")]


def test_a_paragraph_put_before_an_edited_one_is_new() -> None:
    """The edited one is still compared with what it was."""
    found = compare(article(B), article(C, B.replace("صباح", "مساء")))
    assert told(found) == [("paragraph", 1, "added"), ("paragraph", 2, "changed")]


@pytest.mark.parametrize(
    ("before", "after", "op"), [("أ ب", "أ ج", "changed"), (None, "أ", "added"), ("أ", None, "removed")]
)
def test_headlines_are_compared(before: str | None, after: str | None, op: str) -> None:
    """Also where one version has none."""
    assert told(compare(article(A, title=before), article(A, title=after))) == [("title", None, op)]


texts = st.lists(st.sampled_from(["قال", "إن", "الوزير", "x", "،", "\n", "  "])).map(" ".join)


@given(texts, texts)
def test_pieces_are_both_texts(before: str, after: str) -> None:
    """Without what was inserted they are the earlier text, without what was deleted the later one, spaces aside."""
    found = list(pieces(before, after))
    assert " ".join(one.text for one in found if one.op != "insert").split() == before.split()
    assert " ".join(one.text for one in found if one.op != "delete").split() == after.split()


def test_a_huge_text_is_compared_in_time() -> None:
    """What would take long is told as replaced."""
    begun = time.monotonic()
    found = compare(article("ا ب " * 40_000), article("ب ج " * 40_000))
    assert told(found) == [("paragraph", 1, "changed")]
    found = compare(article(*[f"{n} س" for n in range(3000)]), article(*[f"{n} ص" for n in range(3000)]))
    assert len(found) >= 3000
    assert time.monotonic() - begun < 10
