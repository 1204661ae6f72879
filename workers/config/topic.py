"""What is known of a topic: the files of config/topics/<topic>/, as written. The tagger compiles them.

Every rule carries sentences that must (`yes`) and must not (`no`) set it off; `marsad check` and a test run them. Written
forms and words are compared in their folded form, so they may be written with or without hamzas and marks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field, field_validator

from workers.config.toml import Model

EntityType = Literal["PER", "ORG", "MEDIA", "GPE", "LOC", "FAC"]
Status = Literal["actual", "future", "hypothetical", "negated", "historical"]
Words = tuple[str, ...]


class Role(Model):
    """An office: title in English and Arabic, with ISO dates only where verified."""

    title: str
    title_ar: str
    since: str | None = None
    until: str | None = None


class Sense(Model):
    """When a written form means this entity, decided by words around it (folded, four tokens either way).

    `block_next` and `block_previous` look at the adjoining word only. With `require`, one of its words must be near.
    `owned`: before a noun with the article the form is another word (protectors of …) unless the noun is among
    `owned_by` or the word before is among `place`. `yes` and `no` are sentences that must and must not yield the entity;
    they are run as tests.
    """

    form: str
    require: Words = ()
    block: Words = ()
    block_next: Words = ()
    block_previous: Words = ()
    owned: bool = False
    owned_by: Words = ()
    place: Words = ()
    yes: Words = Field(min_length=1)
    no: Words = Field(min_length=1)


class EntityConfig(Model):
    """A person, body or place. `variants` are written forms besides `name_ar`, without proclitics."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    name: str
    name_ar: str
    type: EntityType
    qid: str | None = Field(default=None, pattern=r"^Q[1-9]\d*$")
    country: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    sector: str | None = None
    variants: Words = ()
    roles: tuple[Role, ...] = ()
    senses: tuple[Sense, ...] = ()
    note: str = ""


class EntityFile(Model):
    """A file of entities."""

    entities: tuple[EntityConfig, ...]


class Country(Model):
    """A country's adjective (masculine singular, from which the other forms are made) and words for its people.

    `forms` are further written forms of the adjective, such as a second spelling or a broken plural.
    """

    iso: str = Field(pattern=r"^[A-Z]{3}$")
    adjective: str
    forms: Words = ()


class Side(Model):
    """One of the two sides whose relation is the topic; `id` is what directions are written with."""

    id: str = Field(pattern=r"^[A-Z]{3}$")
    countries: Words = Field(min_length=1)


class Adjectives(Model):
    """Where a country's adjective speaks of no actor: words before it (a language, a news agency) and after it."""

    not_after: Words = ()
    not_before: Words = ()
    yes: Words = Field(min_length=1)
    no: Words = Field(min_length=1)


class Nominals(Model):
    """Nouns that name an actor together with a country: `persons` (a minister), `bodies` (troops), and words that
    may stand between the noun and the rest of its phrase (`inside`). Of `single` offices a country has one holder.
    `both` are words for the two who were named last (the two sides, the two ministers); `relations` (ally, backer) tell what
    one party is to another, which then takes no part in what is told. `again` are bodies that, with the article and nothing
    else, mean the one named before; `people` live in the place that is named behind them and act for it, `civic` bodies belong to it.
    """

    persons: Words
    bodies: Words
    inside: Words = ()
    single: Words = ()
    both: Words = ()
    relations: Words = ()
    again: Words = ()
    people: Words = ()
    civic: Words = ()


class Anchor(Model):
    """Words that by themselves speak of the relation, such as the name of one side's base in the other's land."""

    id: str
    forms: Words = Field(min_length=1)
    weight: float = Field(gt=0, le=1)
    headline: float | None = Field(default=None, gt=0, le=1, description="its weight there, if another")
    direction: str
    yes: Words = Field(min_length=1)
    no: Words = Field(min_length=1)


class Regime(Model):
    """What sector an entity belongs to from `since` to `until` (ISO dates, inclusive), where that has changed."""

    entity: str
    sector: str
    since: str | None = None
    until: str | None = None


class HomeConfig(Model):
    """Whose the offices, departments («وزارة الإعلام») and kinds of places («قرية كذا») are of which no country is told.

    It is the outlet's if that is a side's, else `side`, where the text names it. Behind a kind of place none of `no_names` is a name, and
    of `compound` names one more word is part.
    Whoever is `local` is of the country of the town in which he is said to be («محكمة الجنايات في حلب»).
    """

    side: str = Field(pattern=r"^[A-Z]{3}$")
    offices: Words
    departments: Words
    places: Words = ()
    people: Words = ()
    no_names: Words = ()
    compound: Words = ()
    local: Words = ()
    yes: Words = Field(min_length=1)
    no: Words = Field(min_length=1)


class TopicConfig(Model):
    """topic.toml: the two sides, the countries by which parties are told apart, and dated facts."""

    name: str
    name_ar: str
    countries: tuple[Country, ...]
    sides: tuple[Side, Side]
    adjectives: Adjectives
    named_after: Words = Field(default=(), description="nouns of things that bear a city's or person's name")
    nominals: Nominals
    transliterated: Words = Field(default=(), description="countries whose people's names are foreign to Arabic")
    capitals: Words = Field(default=(), description="ids of places that stand for a government")
    offices: Words = Field(default=(), description="bodies of a state, its outlet's own if no country is named")
    home: HomeConfig | None = None
    held: dict[str, str] = Field(
        default={}, description="places of one country that another's forces hold: id -> country"
    )
    anchors: tuple[Anchor, ...] = ()
    regimes: tuple[Regime, ...] = ()


class EventPattern(Model):
    """What words tell an event and where its parties stand.

    `verbs` are pairs "perfect imperfect" (third person masculine); `nouns` are verbal nouns; `forms` are further
    forms as written, those also in `verbal` being verbs. Of `near`, one word must
    follow within six words, names, times and prepositions not counted; of `unless`, none; of `previous`, one must adjoin before, of `never_after`, none may. `recipient` lists where the recipient is looked for, in this order:
    "object", a preposition, or "any". `genitive` says what the noun after a verbal noun is. `invert`: the grammatical
    subject is the recipient (a host). `personal`: it is always done to somebody, so that behind a carried-over subject the
    one party named is its object. `origin`: prepositions behind which a verbal noun's actor may stand. `govern`: an event of another pattern in its complement is part of it.
    `other`: whom it is done to may be unnamed, and then it is the other of the two of whom alone the text speaks.
    `both`: unless parties are named it is done by the two together.
    `local`: who does it may be unnamed, and then it is the people of the place.
    `said`: it is told of the verb's subject by somebody else, who is the actor, and nowhere but in what somebody said.
    An example may end in " -> AAA>BBB" (actor and recipient country) and a status.
    """

    id: str
    type: str
    mode: str | None = None
    verbs: Words = ()
    forms: Words = ()
    nouns: Words = ()
    verbal: Words = ()
    exact: bool = False
    near: Words = ()
    unless: Words = ()
    previous: Words = ()
    never_after: Words = ()
    recipient: Words = ("object",)
    genitive: Literal["actor", "recipient", "both"] = "actor"
    invert: bool = False
    reciprocal: bool = False
    personal: bool = False
    origin: Words = ()
    govern: bool = False
    said: bool = False
    local: bool = False
    other: bool = False
    both: bool = False
    status: Status | None = None
    yes: Words = Field(min_length=1)
    no: Words = Field(min_length=1)

    @field_validator("verbs")
    @classmethod
    def _pairs(cls, value: Words) -> Words:
        for pair in value:
            if len(pair.split()) != 2:
                raise ValueError(f"{pair!r} is not a pair of perfect and imperfect")
        return value


class StatusCues(Model):
    """Words that, standing before a trigger (`after`: behind it), give an event a status other than actual.

    `over`: verbs that give it to all they govern, up to a comma, but for the time of what is told.
    """

    status: Status
    before: Words = ()
    after: Words = ()
    over: Words = ()
    yes: Words = Field(min_length=1)
    no: Words = Field(min_length=1)


class NamesConfig(Model):
    """names.toml: by what people and bodies are recognised whom no file names.

    `given` names by the country of their bearers, "home" or "other"; `ambiguous` ones are ordinary words too, and need a title or commas beside them; `particles` have more of the
    name behind them, `parents` a child's given name; `titles` of people without an office; `marked` nouns say what a name in marks behind them is of; behind
    `not_after` a name is only a thing's; behind `numbered` nouns a number is a unit's name. `called` nouns begin the name of a body or
    place («مركز كذا»), unless a word of `no_name` follows, `acting` ones only where they do something; `of_countries` are bodies with their country's adjective («القنصلية كذا»).
    """

    given: dict[str, Words] = Field(default={})
    families: dict[str, Words] = Field(default={}, description="endings of family names that tell a country, by it")
    ambiguous: Words = ()
    particles: Words = ()
    titles: Words = ()
    not_after: Words = ()
    parents: Words = ()
    numbered: Words = ()
    marked: dict[Literal["ORG", "MEDIA"], Words] = Field(default={})
    called: dict[Literal["ORG", "FAC", "LOC"], Words] = Field(default={})
    acting: Words = ()
    of_countries: Words = ()
    no_name: Words = ()


class EventFile(Model):
    """One events-*.toml: patterns that are tried before those of events.toml, for they ask for a particular word too."""

    patterns: tuple[EventPattern, ...]


class EventsConfig(Model):
    """events.toml: the class of each event type, status cues, patterns in order of precedence.

    `skip` are words that may stand between a verb and its subject; `light` verbs (to hold talks) say when a noun for an act is
    done; `carrying` verbs make their subject the actor of a
    following noun for a hostile act.
    """

    quads: dict[str, Literal["verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict"]]
    skip: Words
    light: Words = ()
    carrying: Words
    words: dict[str, Words] = Field(default={}, description="groups of words, which `near` names by @ and their name")
    status: tuple[StatusCues, ...]
    patterns: tuple[EventPattern, ...]

    def near(self, pattern: EventPattern) -> Iterator[str]:
        """Yield the words of a pattern's `near`, those of the groups it names included."""
        for word in pattern.near:
            yield from self.words[word[1:]] if word.startswith("@") else (word,)


class RelevanceRule(Model):
    """One kind of evidence: `kind` names the function that looks for it, `words` what it looks for.

    A sentence with one of `unless` yields none of it.
    """

    id: str
    headline: float | None = Field(default=None, gt=0, le=1, description="of a link: its weight there, if another")
    kind: Literal[
        "event", "statement", "joint", "presence", "policy", "link", "trade", "setting", "anchor", "list", "citation"
    ]
    weight: float = Field(ge=-1, le=1)
    words: Words = ()
    near: Words = ()
    unless: Words = ()
    yes: Words = Field(min_length=1)
    no: Words = Field(min_length=1)


class Thresholds(Model):
    """When evidence makes which grade: the best of headline or lead for 3 and 2, the sum over sentences for 2 and 1.

    A `paragraph` of the body all of whose sentences have so strong an evidence makes 2 too.
    """

    core: float
    lead: float
    sum: float
    paragraph: float
    passing: float


class RelevanceConfig(Model):
    """relevance.toml: kinds of evidence, how much each part of the article counts, thresholds of the grades.

    `lead_chars`: a first paragraph longer than this counts as lead only up to the sentence in which it is reached.
    """

    lead_chars: int = Field(gt=0)
    background: float = Field(gt=0, le=1, description="factor on events told as background: past, possible, during")
    past: float = Field(gt=0, le=1, description="factor on other evidence that is said to be of years ago")
    third: float = Field(gt=0, le=1, description="factor on events in which both sides are only recipients")
    thresholds: Thresholds
    rules: tuple[RelevanceRule, ...]
