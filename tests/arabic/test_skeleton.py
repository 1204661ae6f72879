"""Spellings of one foreign name share a skeleton; other names do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.arabic.letters import fold_text
from workers.arabic.skeleton import skeleton


@pytest.mark.parametrize(
    "spellings",
    [
        "سيرغي سيرجي سيرجيه سيرغيه",
        "بيلوسوف بيلاوسوف بيلووسوف بلوسوف",
        "ميدفيديف مدفيديف ميدفيدف",
        "لافرنتييف لافرينتيف لافرينتييف",
        "ديمتري دميتري دمتري",
        "أندريه أندري اندريه",
        "بوغدانوف بوجدانوف بوقدانوف",
        "يفكوروف يفغوروف إيفكوروف",
        "بيسكوف بسكوف",
        "فاغنر واغنر فاجنر",
        "فيرشينين فرشينين",
        "شويغو شويجو شوغو",
    ],
)
def test_spellings_of_one_name(spellings: str) -> None:
    """Whatever a newsroom makes of g, v, o and the vowels."""
    assert len({skeleton(fold_text(one)) for one in spellings.split()}) == 1


def test_other_names_are_other() -> None:
    """The skeleton keeps what tells names apart."""
    names = "لافروف لافرنتييف بوتين بوغدانوف بيسكوف بيلوسوف شويغو زاخاروفا نيبينزيا ميدفيديف فيرشينين أوشاكوف"
    assert len({skeleton(fold_text(one)) for one in names.split()}) == len(names.split())


@given(st.text())
def test_any_text(text: str) -> None:
    """It raises nothing, is no longer than the word."""
    bones = skeleton(fold_text(text))
    assert len(bones) <= max(1, len(fold_text(text)))
