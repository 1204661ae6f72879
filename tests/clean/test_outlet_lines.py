"""The lines that the watched outlets are known to print around their articles all go, and a paragraph beside them stays."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from workers.clean.leftovers import sift
from workers.clean.lines import Line
from workers.clean.phrases import rules_for
from workers.config import Config, load_config

FIRST = "افتتحت مديرية الزراعة مشتلاً جديداً شمال المدينة بعد عامين من العمل، وقالت إنه يكفي حاجة ثلاث بلدات في الريف."
LAST = "وأوضح المهندس المشرف أن المشتل ينتج أربعين ألف غرسة في السنة، وأن توزيعها يبدأ مطلع الشهر المقبل بلا مقابل."

LINES = {
    "enabbaladi": [
        "مؤسسة إعلامية سورية مستقلة تأسست عام 2011",
        "الإعلام الموجّه يشوه الحقيقة في بلادنا ويطيل أمد الحرب..",
        "سوريا بحاجة للصحافة الحرة.. ونحن بحاجتك لنبقى مستقلين",
        "دولار واحد شهريًا يصنع الفرق",
        "Copyright © 2025 Enab Baladi",
        "اذا كنت تعتقد/تعتقدين أن المقال يحوي معلومات خاطئة",
        "إذا كنت تعتقد/تعتقدين أن المقال ينتهك",
        "النشرة البريدية",
        "تويتر",
        "تلغرام",
        "مشهد من السوق القديم - 5 شباط 2025 (عنب بلدي/ فلان الفلاني)",
        "أرسل/أرسلي تصحيحًا",
        "قدم/قدمي شكوى",
    ],
    "alikhbariah": ["عاجل", "جميع الحقوق محفوظة لقناة الإخبارية 2025"],
    "syriatv": [
        "خدمة إعلامية عامة، تتوجه لكل السوريين",
        "تلفزيون سوريا - جميع الحقوق محفوظة © 2025",
        "انضم إلى قائمتنا البريدية ليصلك أحدث المقالات والأخبار",
    ],
    "halabtoday": ["وقت القراءة المتوقع:4دقائق", "NILESAT HD 11111-27500/V"],
    "sana": ["دمشق-سانا", "2025-06-11"],
    "almodon": ["© جميع الحقوق محفوظة لموقع المدن 2025", "التعليقات المنشورة تعبر عن آراء أصحابها"],
}  # fmt: skip


@lru_cache(maxsize=1)
def config() -> Config:
    """The project's own configuration."""
    return load_config(Path(__file__).parents[2] / "config")


@pytest.mark.parametrize(("slug", "line"), [(slug, line) for slug, lines in LINES.items() for line in lines])
def test_line_of_an_outlet_goes(slug: str, line: str) -> None:
    """Before, between and after the paragraphs each of them goes, and nothing else does."""
    rules = rules_for(config(), slug)
    for lines in ([line, FIRST, LAST], [FIRST, line, LAST], [FIRST, LAST, line]):
        sifted = sift([Line(one) for one in lines], rules)
        kept = [one.text for one in sifted.kept]
        if line != "التعليقات المنشورة تعبر عن آراء أصحابها":  # from here on nothing is the article's
            assert kept == [FIRST, LAST]
        assert line not in kept
        assert sifted.removed[0].rule
