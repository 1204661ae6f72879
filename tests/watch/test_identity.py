"""Known articles under other addresses. The headlines are made up for these tests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.watch.identity import Announced, Identity, Known, same_article, settle

HEADLINES = [
    f"خبر طويل العنوان للاختبار رقم {word}"
    for word in ("أول", "ثان", "ثالث", "رابع", "خامس", "سادس", "سابع", "ثامن", "تاسع", "عاشر")
]


def known(titles: list[str], *, guids: bool = True) -> list[Known]:
    return [Known(key=f"old{at}", guid=f"g{at}" if guids else None, title=one) for at, one in enumerate(titles)]


def moved(titles: list[str], *, guids: bool = True) -> list[Announced]:
    return [Announced(key=f"new{at}", guid=f"g{at}" if guids else None, title=one) for at, one in enumerate(titles)]


def decide(announced: list[Announced], before: list[Known], *, by_guid: bool = False) -> Identity:
    return settle(announced, {one.key for one in before}, before, by_guid=by_guid)


def test_an_unknown_address_with_a_known_name_is_the_known_article() -> None:
    """With names believed, an outlet that changes the address with the headline makes no second article."""
    before = known(HEADLINES[:2])
    found = decide(
        [Announced(key="new", guid="g1", title="عنوان آخر تماما"), Announced(key="x", guid="gx")], before, by_guid=True
    )
    assert found == Identity(same={"new": "old1"})
    assert decide([Announced(key="new", guid="g1")], before).same == {}


@pytest.mark.parametrize(
    "guids",
    [[None] * 10, ["g1"] * 10, ["g0", "g1", "g2", "g3", "g4", "g5", "g6", "g7", "g8", "g8"], [""] * 10],
)
def test_bad_names_are_not_believed(guids: list[str | None]) -> None:
    """Names that are missing, all the same or repeated are told of and not used."""
    announced = [Announced(key=f"n{at}", guid=guid) for at, guid in enumerate(guids)]
    found = decide(announced, known(HEADLINES), by_guid=True)
    assert found == Identity(distrusted_guids=True)
    assert not decide(announced, known(HEADLINES)).distrusted_guids


def test_one_bad_name_among_many_spoils_only_itself() -> None:
    """Under one in twenty the other names count, the repeated one does not."""
    announced = [Announced(key=f"n{at}", guid=f"g{at}") for at in range(1, 40)] + [Announced(key="twin", guid="g1")]
    before = [Known(key=f"old{at}", guid=f"g{at}") for at in range(5)]
    found = decide(announced, before, by_guid=True)
    assert found.same == {f"n{at}": f"old{at}" for at in range(2, 5)}


def test_a_known_article_still_announced_keeps_its_name() -> None:
    """Another entry with the name of one that stands beside it is another article."""
    before = known(HEADLINES[:1])
    rest = [Announced(key=f"n{at}", guid=f"x{at}") for at in range(40)]
    found = decide([Announced(key="old0", guid="g0"), Announced(key="new", guid="g0"), *rest], before, by_guid=True)
    assert found.same == {}


@pytest.mark.parametrize("by_guid", [True, False])
def test_a_mass_change_of_addresses_makes_no_new_articles(by_guid: bool) -> None:
    """When most unknown entries bear known titles, differently written or not, they are the known articles."""
    announced = [
        *moved([title.replace("أ", "ا") + " " for title in HEADLINES], guids=False),
        Announced(key="fresh", title="خبر جديد لم ينشر من قبل"),
    ]
    found = decide(announced, known(HEADLINES, guids=False), by_guid=by_guid)
    assert found.same == {f"new{at}": f"old{at}" for at in range(10)}
    assert found.rekeyed == 10


def test_a_few_known_titles_are_no_mass_change() -> None:
    """Four of them, or half of the unknown entries, stay new articles."""
    before = known(HEADLINES)
    assert decide(moved(HEADLINES[:4], guids=False), before).same == {}
    fresh = [Announced(key=f"f{at}", title=f"خبر جديد لم ينشر من قبل {at}") for at in range(5)]
    assert decide(moved(HEADLINES[:5], guids=False) + fresh, before).same == {}
    assert decide(moved(HEADLINES[:5], guids=False) + fresh[:4], before).rekeyed == 5


@pytest.mark.parametrize("title", ["نشرة الأخبار المسائية اليوم", "عاجل"])
def test_titles_that_come_again_are_not_merged(title: str) -> None:
    """Bulletins of one title, and titles of a word, tell nothing."""
    before = [Known(key=f"old{at}", title=title) for at in range(6)]
    assert decide([Announced(key=f"n{at}", title=title) for at in range(6)], before).same == {}
    assert decide([Announced(key="n", title=title)], before[:1]).same == {}


def test_titles_of_articles_still_announced_are_not_merged() -> None:
    """A feed that shows the old and the new beside each other has not moved."""
    before = known(HEADLINES)
    still = [Announced(key=one.key, title=one.title) for one in before]
    assert decide(still + moved(HEADLINES, guids=False), before).same == {}


articles = st.tuples(
    st.sampled_from("abcdefgh"), st.none() | st.sampled_from("123"), st.none() | st.sampled_from(HEADLINES)
)


@given(
    announced=st.lists(articles, max_size=12),
    before=st.lists(articles, max_size=12),
    more=st.frozensets(st.sampled_from("abcdefgh")),
    by_guid=st.booleans(),
)
def test_each_known_article_is_found_once(
    announced: list[tuple[str, str | None, str | None]],
    before: list[tuple[str, str | None, str | None]],
    more: frozenset[str],
    by_guid: bool,
) -> None:
    """Only unknown entries are led to known ones that are not announced, and no two to the same."""
    shown = [Announced(key=key, guid=guid, title=title) for key, guid, title in announced]
    past = [
        Known(key=key.upper() if at % 2 else key, guid=guid, title=title)
        for at, (key, guid, title) in enumerate(before)
    ]
    found = settle(shown, more, past, by_guid=by_guid)
    keys = {one.key for one in shown}
    old = {one.key for one in past}
    assert found.same.keys() <= keys - old - more
    assert set(found.same.values()) <= old - keys
    assert len(set(found.same.values())) == len(found.same)


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        ("وصول وفد تجاري إلى العاصمة", "وصول وفدٍ تجاريٍّ الى العاصمه", True),
        ("وصول وفد تجاري إلى العاصمة", "وصول وفد تجاري إلى العاصمة - صحيفة المثال", True),
        ("وصول وفد تجاري كبير إلى العاصمة", "وصول وفد تجاري إلى العاصمة اليوم", True),
        ("وصول وفد تجاري إلى العاصمة", "افتتاح معرض الكتاب في حلب", False),
        ("عاجل", "عاجل", True),
        ("عاجل", "عاجل وصول وفد تجاري", False),
        ("وصول وفد تجاري إلى العاصمة", None, False),
        ("", "", False),
        ("!", "!", False),
    ],
)
def test_titles_tell_whether_a_canonical_link_is_believed(own: str | None, other: str | None, expected: bool) -> None:
    """The same words are one article, whatever the spelling and the outlet's name behind; other words are not."""
    assert same_article(own, other) is expected
    assert same_article(other, own) is expected
