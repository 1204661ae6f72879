"""Citations: which media and offices a text rests on. The sentences are written for these tests."""

from __future__ import annotations

from collections.abc import Callable

from workers.items import Tags

Tag = Callable[..., Tags]


def roles(tags: Tags) -> list[tuple[str, str]]:
    return [(one.id, one.role) for one in tags.citations]


def test_a_medium_with_a_cue_is_cited_once(tag: Tag) -> None:
    """Two citations of one medium are one, at its first place."""
    text = "ذكرت وكالة رويترز أن الوفد وصل. وبحسب رويترز، انتهى اللقاء."
    tags = tag(text)
    assert roles(tags) == [("reuters", "cited")]
    assert text[slice(*tags.citations[0].span)] == tags.citations[0].text


def test_the_source_line_is_the_origin(tag: Tag) -> None:
    """المصدر: X says where the text was taken from."""
    assert ("enab-baladi", "origin") in roles(tag("وصل الوفد إلى المدينة.\n\nالمصدر: عنب بلدي"))


def test_an_office_that_speaks_is_official(tag: Tag) -> None:
    """A ministry's own statement is an official source."""
    assert roles(tag("قالت وزارة الخارجية السورية إن الوفد عاد.")) == [("syrian-mfa", "official")]
