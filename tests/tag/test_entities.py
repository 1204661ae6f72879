"""Mentions: clitics, borders, precedence. The sentences are written for these tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from workers.items import Published, Tags
from workers.tag.check import sample
from workers.tag.tagger import Tagger

Tag = Callable[..., Tags]


@pytest.mark.parametrize(
    ("text", "entity", "mention", "proclitic"),
    [
        ("سلّم الوفد رسالة للافروف.", "lavrov", "لافروف", "ل"),
        ("اجتمع لافروف وبوتين أمس.", "putin", "بوتين", "و"),
        ("بيان للكرملين صدر مساء.", "kremlin", "لكرملين", "ل"),
        ("عاد القطار للاذقية.", "latakia", "لاذقية", "ل"),
        ("تعاون مع سوريا.", "syria", "سوريا", None),
    ],
)
def test_a_proclitic_stays_outside_the_mention(
    tag: Tag, text: str, entity: str, mention: str, proclitic: str | None
) -> None:
    """The mention is the name as written, the particle before it is told apart."""
    found = next(one for one in tag(text).entities if one.id == entity).mentions[0]
    assert (found.text, found.proclitic) == (mention, proclitic)
    assert text[slice(*found.span)] == mention


def test_tanwin_makes_the_country_an_adjective(tag: Tag) -> None:
    """وفداً روسياً names no country but a delegation's."""
    assert [one.id for one in tag("ودّع المحافظ وفداً روسياً.").entities] == []


def test_a_feminine_adjective_is_not_the_country(tag: Tag) -> None:
    """قوات سورية is an adjective, في سورية the country."""
    tags = tag("دخلت قوات سورية إلى البلدة. وعاد الهدوء في سورية.")
    assert [len(one.mentions) for one in tags.entities if one.id == "syria"] == [1]


def test_a_full_name_lets_the_bare_name_mean_the_same(tag: Tag) -> None:
    """Once أحمد الشرع is named, a bare الشرع without cues is he."""
    tags = tag("افتتح أحمد الشرع المعرض. ثم شرب الشرع القهوة.")
    assert [len(one.mentions) for one in tags.entities if one.id == "sharaa"] == [2]


def test_sectors_follow_the_day(tag: Tag) -> None:
    """Assad is no government after 8 December 2024."""
    (assad,) = [one for one in tag("ظهر بشار الأسد في صورة جديدة.").entities if one.id == "bashar-assad"]
    assert assad.sector == "ELI"


@pytest.mark.parametrize(("day", "sector"), [("2024-12-07", "REB"), ("2024-12-08", "GOV")])
def test_the_day_of_the_change_is_the_outlets_own(tagger: Tagger, day: str, sector: str) -> None:
    """In UTC the midnight of Damascus belongs to the day before."""
    article = replace(sample("التقى أحمد الشرع وجهاء البلدة."), published=Published(value=f"{day}T00:00:00+03:00"))
    (sharaa,) = [one for one in tagger.tag(article).entities if one.id == "sharaa"]
    assert sharaa.sector == sector


@pytest.mark.parametrize(
    ("text", "entity", "mention"),
    [
        ("قال سيرجيه لفروف إن الحوار مستمر.", "lavrov", "سيرجيه لفروف"),
        ("قال وزير الخارجية الروسي لفروف إن القاعدة باقية.", "lavrov", "لفروف"),
        ("التقى نائب وزير الخارجية الروسي بوجدنوف وفداً من حلب.", "bogdanov", "بوجدنوف"),
        ("اجتمع الشيباني بفلاديمر بوتن في الكرملين.", "putin", "فلاديمر بوتن"),
    ],
)
def test_an_unseen_spelling_beside_a_title_or_given_name(tag: Tag, text: str, entity: str, mention: str) -> None:
    """It is the person, and the mention says how that is known."""
    found = next(one for one in tag(text).entities if one.id == entity)
    assert [(one.text, one.rule) for one in found.mentions] == [(mention, "skeleton")]


@pytest.mark.parametrize(
    "text",
    [
        "قال لفروف إن الحوار مستمر.",
        "قال وزير الخارجية السوري لفروف إن القاعدة باقية.",
        "باع التاجر الروسي بوجدنوفاً قديماً.",
    ],
)
def test_an_unseen_spelling_alone_is_nobody(tag: Tag, text: str) -> None:
    """Without a title of the country or the given name a skeleton proves nothing."""
    assert not any(mention.rule == "skeleton" for one in tag(text).entities for mention in one.mentions)
