"""Words and sentences. All sentences are written for these tests."""

from __future__ import annotations

from itertools import pairwise

import pytest
from camel_tools.tokenizers.word import simple_word_tokenize
from hypothesis import given
from hypothesis import strategies as st

from workers.arabic.letters import fold
from workers.arabic.tokens import sentences, tokens

TEXT = st.text(st.sampled_from('سورياد أ.ـ،؛؟!…"”“«»()3٣-_#%\n\r 🙂🇸🇾RTé\u200f\u200d'), max_size=80)

SENTENCES = [
    ("وصل الوفد. ثم غادر.", ["وصل الوفد.", "ثم غادر."]),
    ("لماذا الآن؟ لا أحد يجيب!", ["لماذا الآن؟", "لا أحد يجيب!"]),
    ("عنوان بلا نقطة\n\nفقرة أولى.", ["عنوان بلا نقطة", "فقرة أولى."]),
    ("سطر\nسطر آخر", ["سطر", "سطر آخر"]),
    ("سطر\r\nسطر آخر", ["سطر", "سطر آخر"]),
    ("زيارة قريبة.. ماذا تحمل؟", ["زيارة قريبة.. ماذا تحمل؟"]),
    ("قال إنه... متعب جداً.", ["قال إنه... متعب جداً."]),
    ("بلغت النسبة 3.5 بالمئة.", ["بلغت النسبة 3.5 بالمئة."]),
    ("بلغت ٣.٥ بالمئة. وارتفعت.", ["بلغت ٣.٥ بالمئة.", "وارتفعت."]),
    ("التقى د. سامر نظيره. وافترقا.", ["التقى د. سامر نظيره.", "وافترقا."]),
    ("نقلت أ. ف. ب عن مصدر. وأكدت.", ["نقلت أ. ف. ب عن مصدر.", "وأكدت."]),
    ("نقلت (أ.ف.ب) الخبر. انتهى.", ["نقلت (أ.ف.ب) الخبر.", "انتهى."]),
    ("قال: “نحن هنا.” وغادر.", ["قال: “نحن هنا.”", "وغادر."]),
    ("قال: «نحن هنا.» ثم غادر.", ["قال: «نحن هنا.»", "ثم غادر."]),
    ("«نحن هنا.»، قال الوزير.", ["«نحن هنا.»، قال الوزير."]),
    ('قال ذلك."نعم" أجاب الآخر.', ["قال ذلك.", '"نعم" أجاب الآخر.']),
    ('انتهى "الحوار." ثم عادوا.', ['انتهى "الحوار."', "ثم عادوا."]),
    ("وصل اليوم؛ وغادر غداً.", ["وصل اليوم؛ وغادر غداً."]),
    ("انتهى الاجتماع.وقال الوزير نعم.", ["انتهى الاجتماع.", "وقال الوزير نعم."]),
    ("راجع example.com/page?id=1 للمزيد.", ["راجع example.com/page?id=1 للمزيد."]),
    ("وقع ذلك عام 2015. ثم توقف.", ["وقع ذلك عام 2015.", "ثم توقف."]),
    ("1. البند الأول", ["1. البند الأول"]),
    ("الساعة 3:15 م. وبعدها عادوا.", ["الساعة 3:15 م.", "وبعدها عادوا."]),
    ("مذهل!! حقاً؟! نعم.", ["مذهل!!", "حقاً؟!", "نعم."]),
    ("   \n \u00a0 \n", []),
    ("", []),
    ("كلمة", ["كلمة"]),
    ("قال Mr. Smith ذلك. انتهى.", ["قال Mr. Smith ذلك.", "انتهى."]),
    ("(انتهى.) ثم بدأ.", ["(انتهى.)", "ثم بدأ."]),
]


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_splits_into_sentences(text: str, expected: list[str]) -> None:
    """Sentences end where a reader would end them, and their spans are exact."""
    assert [text[a:b] for a, b in sentences(text)] == expected


@given(TEXT)
def test_sentences_cover_all_that_is_not_space(text: str) -> None:
    """No character but white space is lost, none is in two sentences."""
    spans = sentences(text)
    assert "".join("".join(text[a:b] for a, b in spans).split()) == "".join(text.split())
    assert all(a < b for a, b in spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    assert all(text[a:b] == text[a:b].strip() for a, b in spans)


TOKENS = [
    ("قال لافروف، أمس:", ["قال", "لافروف", "،", "امس", ":"]),
    ("«إس-400» و3.5%", ["«", "اس", "-", "400", "»", "و", "3", ".", "5", "%"]),
    ("#روسيا_سوريا", ["#", "روسيا", "_", "سوريا"]),
    ("عام2015", ["عام", "2015"]),
    ("السُّـوريّة", ["السوريه"]),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), TOKENS)
def test_finds_tokens(text: str, expected: list[str]) -> None:
    """Words, numbers and marks come in order."""
    assert tokens(fold(text))[0] == expected


@given(st.one_of(TEXT, st.text(max_size=60)))
def test_tokens_are_those_of_camel_tools(text: str) -> None:
    """The tokens are camel-tools' own and their spans are exact."""
    folded = fold(text)
    words, starts = tokens(folded)
    assert words == simple_word_tokenize(folded.text, split_digits=True)
    assert all(folded.text.startswith(word, start) for word, start in zip(words, starts, strict=True))
    assert starts == sorted(set(starts))
