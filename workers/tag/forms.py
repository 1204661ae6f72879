"""The written forms of verbs, verbal nouns and country adjectives, folded, as far as unvocalised news Arabic shows them.

This is no morphology: from a pair of perfect and imperfect it makes the third-person forms that news uses, with and
without an object pronoun, and leaves the rest to `forms` in the configuration.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from workers.arabic.letters import fold_text

Tense = Literal["perfect", "imperfect", "future", "noun", "participle", "ours"]

PRONOUNS = ("ه", "ها", "هم", "هما")
_SHORT_ROOT = 3
_LONG = "ويا"


class Form(NamedTuple):
    """A folded form; `pronoun` is the attached object or owner, `definite` whether it has the article,
    `jussive` whether it is written so only behind لم, `passive` whether its vowels show that it is suffered (صودر).
    """

    text: str
    tense: Tense
    feminine: bool = False
    pronoun: str = ""
    definite: bool = False
    jussive: bool = False
    passive: bool = False


def verb_forms(perfect: str, imperfect: str) -> Iterator[Form]:
    """Yield the third-person forms of a verb given by its masculine singular perfect and imperfect."""
    yield from _perfect(fold_text(perfect), weak=perfect[-1] in _WEAK)
    yield from _imperfect(fold_text(imperfect), weak=imperfect[-1] in _WEAK)


# A last letter that changes before endings; a hamza on its seat (أنشأ، ينشئ), folded to the same letter, does not.
_WEAK = "يىاو"


def participle_forms(perfect: str, imperfect: str) -> Iterator[Form]:
    """Yield the active participle as it goes on with a clause (مطالباً، مطالبةً).

    A verb of three written letters may be of the first form (رافضاً) or, without its shadda, of the second (محذراً).
    """
    past, present = fold_text(perfect), fold_text(imperfect)
    weak = imperfect[-1] in _WEAK
    stems = ["م" + present[1:]]
    if len(past) == _SHORT_ROOT and past[1] not in _LONG:
        stems.append(past[0] + "ا" + past[1:])
    for stem in stems if len(past) >= _SHORT_ROOT else ():
        full = stem[:-1] + "ي" if weak else stem
        for text, feminine in ((full + "ا", False), (full + "ه", True), (full + "ين", False)):
            yield Form(text, "participle", feminine)


def ours_forms(imperfect: str) -> Iterator[Form]:
    """Yield what "we" and "I" do, as it is said in a quotation: نطالب، سنطالب، أطالب."""
    present = fold_text(imperfect)
    for text in ("ن" + present[1:], "سن" + present[1:], fold_text("أ" + imperfect[1:])):
        yield Form(text, "ours")


def _perfect(past: str, *, weak: bool) -> Iterator[Form]:
    stem = past[:-1] if weak else past
    dual = stem + "يا" if weak else past + "ا"
    yield Form(past, "perfect")
    yield Form(stem + "ت", "perfect", feminine=True)
    if len(past) == _SHORT_ROOT + 1 and past[1] == "ا" and not weak:
        suffered = f"{past[0]}و{past[2:]}"
        yield Form(suffered, "perfect", passive=True)
        yield Form(suffered + "ت", "perfect", feminine=True, passive=True)
    # Of three letters it would mostly be a noun in the accusative: طلبا, بحثا.
    if len(past) > _SHORT_ROOT or weak:
        yield Form(dual, "perfect")
    yield Form(stem + "تا", "perfect", feminine=True)
    yield Form(stem + "وا", "perfect")
    for pronoun in PRONOUNS:
        yield Form((stem + "ا" if weak else past) + pronoun, "perfect", pronoun=pronoun)
        yield Form(stem + "ت" + pronoun, "perfect", feminine=True, pronoun=pronoun)


def _imperfect(present: str, *, weak: bool) -> Iterator[Form]:
    stem = present[:-1] if weak else present
    for person, feminine in (("ي", False), ("ت", True)):
        single = person + present[1:]
        endings = [(single, ""), (person + stem[1:] + "ون", ""), (person + stem[1:] + "وا", "")]
        endings += [(single + "ان" if not weak else person + stem[1:] + "يان", "")]
        endings += [(person + stem[1:], "")] if weak else []
        endings += [(single + pronoun, pronoun) for pronoun in PRONOUNS]
        for text, pronoun in endings:
            yield Form(text, "imperfect", feminine, pronoun)
            yield Form("س" + text, "future", feminine, pronoun)
        if not weak and len(present) > _SHORT_ROOT and present[-2] in _LONG:
            # يزور: لم يزر.
            yield Form(person + present[1:-2] + present[-1], "imperfect", feminine, jussive=True)


def noun_forms(noun: str) -> Iterator[Form]:
    """Yield a noun bare, with the article, in the accusative and with an owner's pronoun."""
    word = fold_text(noun)
    head, _, rest = word.partition(" ")
    tail = f" {rest}" if rest else ""
    yield Form(word, "noun")
    if not head.startswith("ال"):
        yield Form("ال" + word, "noun", definite=True)
    if tail:
        return
    marked = head.endswith("ه")
    if not marked:
        yield Form(head + "ا", "noun")
    for pronoun in PRONOUNS:
        yield Form((head[:-1] + "ت" if marked else head) + pronoun, "noun", pronoun=pronoun)


def adjective_forms(adjective: str) -> Iterator[str]:
    """Yield the folded forms of a country adjective in ـي, each with and without the article."""
    base = fold_text(adjective)
    plain = base.removesuffix("ه")
    for ending in ("", "ه", "ا", "ان", "ين", "ون", "ات", "تان", "تين"):
        yield plain + ending
        yield "ال" + plain + ending
