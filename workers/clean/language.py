"""The language of a text by its letters, for the few that matter here."""

from __future__ import annotations

import re

_ARABIC = re.compile(r"[\u0621-\u06d3]")
_LETTER = re.compile(r"[^\W\d_]")
_URDU = re.compile(r"[ٹڈڑںے]")
_PERSIAN = re.compile(r"[پچژگکی]")

_ARABIC_SCRIPT = frozenset(("fa", "ur", "ku", "ckb"))

# Persian and Urdu texts have about 15 % of their letters from this set; Arabic newsrooms have a keyboard that types
# the Persian kaf or yeh now and then, mostly one of the two, which stays under 5 %.
_FOREIGN_SHARE = 0.05


def language_of(text: str, declared: str | None, outlet: str | None) -> str:
    """An ISO 639-1 code: "ar", "fa" or "ur" for Arabic script, else what the page declares, its outlet, or "und"."""
    sample = text[:20_000]
    letters, arabic = len(_LETTER.findall(sample)), len(_ARABIC.findall(sample))
    if 2 * arabic >= letters:
        if outlet in _ARABIC_SCRIPT:
            return str(outlet)
        if arabic and len(_PERSIAN.findall(sample)) > _FOREIGN_SHARE * arabic:
            return "ur" if _URDU.search(sample) else "fa"
        return "ar"
    if declared and declared != "ar":
        return declared
    return outlet if outlet and outlet != "ar" else "und"
