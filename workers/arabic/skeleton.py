"""The consonants of a transliterated name, in classes: what remains the same when newsrooms spell it differently.

Foreign names have no one spelling: g is غ، ج، ق or ك, v is ف or و, long vowels come and go, ts is تس or ت. Two spellings of
a name mostly have one skeleton; so do other words, which is why a skeleton proves nothing without a title or a given name.
"""

from __future__ import annotations

_CLASSES = str.maketrans({
    "غ": "ك", "ج": "ك", "ق": "ك", "ص": "س", "ط": "ت", "ظ": "ز", "ذ": "ز", "ض": "د", "ث": "ت", "ح": "ه", "ئ": "ي", "ؤ": "و",
})  # fmt: skip
_SOUNDS = (("تش", "ش"), ("شت", "ش"), ("تس", "س"), ("كس", "س"))
_VOWELS = frozenset("اويعء")
_FIRST_VOWELS = frozenset("اويعيإأ")


def skeleton(word: str) -> str:
    """Return the skeleton of a folded word: a first vowel as ا, then its consonants by class, none twice in a row."""
    sound = word.translate(_CLASSES)
    for two, one in _SOUNDS:
        sound = sound.replace(two, one)
    if not sound:
        return ""
    first, rest = sound[0], sound[1:].removesuffix("ه")
    # ڤاغنر is فاغنر and واغنر; every other first vowel is written in several ways.
    bones = ["ف" if first == "و" else "ا" if first in _FIRST_VOWELS else first]
    for letter in rest:
        if letter not in _VOWELS and letter != bones[-1]:
            bones.append(letter)
    return "".join(bones)
