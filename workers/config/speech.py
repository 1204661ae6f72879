"""How speech is introduced and sources are named: speech.toml of a topic, as written."""

from __future__ import annotations

from pydantic import Field

from workers.config.toml import Model
from workers.config.topic import EntityType, Words


class ReportingVerbs(Model):
    """A group of words that introduce speech. `nominal` prepositions may introduce a noun phrase as what was said
    ("" for a bare one); `participles` continue the speech of the sentence's speaker; `nouns` are forms like "his saying".
    `relay`: the subject passes on what the party after `from_` said. `opening` forms are verbs only where they open a
    sentence (وبيّن, elsewhere "between"); `within`: what speaks stands behind "in" («جاء في بيان X أن»); of `needs` a word must follow. `polarity`: asserted, demanded, warned, denied, promised, threatened, asked, doubted.
    """

    id: str
    polarity: str
    verbs: Words = ()
    forms: Words = ()
    opening: Words = ()
    participles: Words = ()
    nouns: Words = ()
    nominal: Words = ()
    relay: bool = False
    within: bool = False
    needs: Words = ()
    yes: Words = Field(min_length=1)
    no: Words = Field(min_length=1)


class Attributions(Model):
    """Words after which a source is named that vouches for the rest of the sentence (according to)."""

    words: Words
    yes: Words = Field(min_length=1)
    no: Words = Field(min_length=1)


class Backward(Model):
    """A noun that stands for a source named before: `types` of entity it may mean."""

    forms: Words
    types: tuple[EntityType, ...]


class Citations(Model):
    """Cues around a medium's or office's name: of the article's `origin`, of a `cited` medium, of a statement."""

    origin: Words
    cited: Words
    media_nouns: Words
    office_nouns: Words
    yes: Words = Field(min_length=1)
    no: Words = Field(min_length=1)


class SpeechConfig(Model):
    """speech.toml: how speech is introduced and sources are named.

    `things` are nouns that are said or done, so that after a verb they are no subject; `comments`, after a comma, open
    the reporter's own words behind what was said; `impersonal` verbs without a subject are the reporter's; of a country's name and a colon only what begins with one of
    `own_words` (or says "our") is its own; `sources` are nouns for sources without a name; `so_called` introduce
    the speaker's own name for something (what he called); `documents` are nouns for what speaks for its author. Of the phrase
    that names somebody unknown, `within_names` are part though elsewhere they tell when or how; `occasions` (a talk, a statement)
    and `press`, to whom it was said, are not; `same` may stand behind a noun that means somebody named before. Behind a `describing` verb one noun
    is what is described.
    """

    openers: Words
    impersonal: Words = ()
    own_words: Words = ()
    things: Words = ()
    comments: Words = ()
    contrasts: Words = ()
    also_nouns: Words = ()
    sources: Words = ()
    publishers: Words = ()
    so_called: Words = ()
    documents: Words = ()
    within_names: Words = ()
    occasions: Words = ()
    press: Words = ()
    same: Words = ()
    describing: Words = ()
    verbs: tuple[ReportingVerbs, ...]
    attributions: Attributions
    relay_from: Words
    backward: tuple[Backward, ...] = ()
    citations: Citations
