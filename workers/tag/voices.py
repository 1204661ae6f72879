"""A voice: who speaks and how that is known, and what is remembered of those who spoke or were named."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from workers.arabic.letters import fold_text
from workers.items import Words
from workers.tag.entities import TANWIN
from workers.tag.party import Party, words_of
from workers.tag.scene import Scene
from workers.tag.titles import FORMER


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, how that is known, the words that name them here, the token after those, and the medium between.

    `called` are the words that named somebody unknown in an earlier clause.
    """

    party: Party | None
    basis: str
    words: Words | None
    end: int
    via: Party | None = None
    called: Words | None = None

    def later(self, end: int) -> Speaker:
        """Return the same speaker for a verb without a subject that ends before token `end`."""
        called = self.words or self.called
        basis = "carried" if self.party or (called and self.basis in {"unnamed", "carried", "stand-in"}) else "unknown"
        return replace(self, basis=basis, words=None, end=end, called=called if basis == "carried" else None)


@dataclass(slots=True)
class Memory:
    """Who spoke last, for verbs without a subject: by the gender of the verb that said so (feminine: True), with its token.

    `named` holds the last party of each entity type, for nouns that stand for it; `sources` who answers for unnamed ones;
    `nouns` who was called by a noun (a source, the minister), None where it may be several.
    """

    last: dict[bool, tuple[int, Speaker]] = field(default_factory=dict)
    named: dict[str, Party] = field(default_factory=dict)
    sources: Speaker | None = None
    nouns: dict[str, Speaker | None] = field(default_factory=dict)

    def keep(self, speaker: Speaker, at: int, *, feminine: bool | None) -> None:
        """Remember a speaker, known or not."""
        for one in (True, False) if feminine is None else (feminine,):
            self.last[one] = (at, speaker)

    def heard(self, speaker: Speaker) -> None:
        """Remember by its noun a speaker that the text names here."""
        if speaker.words is None or speaker.basis in {"stand-in", "carried"}:
            return
        source = speaker.words.text.split()[:1]
        named = speaker.party is not None and speaker.party.kind == "PER" and not speaker.party.head
        if source and not named:
            noun = fold_text(source[0]).removeprefix("ال")
            self.note(noun.removesuffix("ا") if TANWIN in source[0] else noun, speaker)

    def note(self, noun: str, speaker: Speaker) -> None:
        """Remember whom a noun without article means from now on; of two whom the topic knows, neither."""
        before = self.nouns.get(noun, speaker)
        ids = [one.party.ids for one in (before, speaker) if one is not None and one.party is not None]
        self.nouns[noun] = speaker if before is not None and len(set(ids)) < 2 else None


def named(scene: Scene, party: Party, end: int) -> Speaker:
    """Return a party that the text names beside the cue as the speaker; "role" if only by title."""
    words, tokens = words_of(scene.reading, party), scene.reading.words
    former = not party.ids and party.end < scene.sentence.end and tokens[party.end] in FORMER
    if former:
        # السفير الروسي السابق is not the ambassador.
        last = scene.reading.span(party.end, party.end + 1)[1]
        words = Words(text=scene.reading.text[words.span[0] : last], span=(words.span[0], last))
        end = max(end, party.end + 1)
    return Speaker(party, "named" if party.ids else "role", words, end)


def meant(speaker: Speaker, known: Speaker) -> Speaker:
    """«المصدر», «الوزير نفسه»: whom the noun means, by the words that named him where the topic does not know him."""
    words = speaker.words if known.party and known.party.ids else known.words or known.called
    return replace(known, words=words, basis="stand-in", end=speaker.end)
