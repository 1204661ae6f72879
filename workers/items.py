"""The values that travel the road: frozen, keyword-only, each naming or holding the one before.

Times are aware and in UTC (checked at construction). Spans are `[start, end)` in code points into the article's
document text. The fields of `Article` and `Tags` are the JSON keys of the record, so there is one shape per fact.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, TypeVar

from pydantic import TypeAdapter

Span = tuple[int, int]
Stage = Literal["watch", "fetch", "clean", "tag"]
SourceKind = Literal["feed", "sitemap", "listing", "wordpress"]

SCHEMA = "marsad/1"
T = TypeVar("T")


def utc(value: datetime) -> datetime:
    """Return `value` in UTC. Raises ValueError for a time without a zone."""
    if value.tzinfo is None:
        raise ValueError(f"{value.isoformat()} has no time zone")
    return value.astimezone(UTC)


def _must_be_utc(value: datetime | None, name: str) -> None:
    if value is not None and value.utcoffset() != timedelta(0):
        raise ValueError(f"{name} must be an aware time in UTC, not {value!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An address where an outlet announces articles; `key` is the key of its URL, `outlet` a slug or None.

    `parent` is the key of the configured source that led to it: the index of a sitemap, the first page of a listing.
    One with `since` belongs to a backfill: it is looked at once, and older pages follow until all they show is before
    `since`.
    """

    key: str
    outlet: str | None
    kind: SourceKind
    url: str
    parent: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article somebody announced: `url` is canonical and `key` derives from it.

    `title`, `published` and `modified` are what the source claims (`claimed` is its date as written), not yet what
    marsad believes; `guid` is the name the source gives the article; `flags` say how its date was mended.
    """

    key: str
    url: str
    outlet: str | None
    found_at: datetime
    source: str | None = None
    title: str | None = None
    published: datetime | None = None
    claimed: str | None = None
    modified: datetime | None = None
    guid: str | None = None
    flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _must_be_utc(self.found_at, "found_at")
        _must_be_utc(self.published, "published")
        _must_be_utc(self.modified, "modified")


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a transport brought: the answer as it came, before anything is decided about it.

    `elapsed` is in seconds; `captured_at` is the one clock every later stage uses, live or replayed.
    """

    url: str
    final_url: str
    status: int
    headers: dict[str, str]
    body: bytes
    captured_at: datetime
    elapsed: float = 0.0

    def __post_init__(self) -> None:
        _must_be_utc(self.captured_at, "captured_at")

    @property
    def content_type(self) -> str:
        """The media type and its parameters as sent, or an empty string."""
        return self.headers.get("content-type", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A response kept in the archive at `place`; `digest` is the SHA-256 of the body in hex, `size` in bytes."""

    key: str
    url: str
    final_url: str
    status: int
    headers: dict[str, str]
    captured_at: datetime
    elapsed: float
    digest: str
    size: int
    place: str = ""

    def __post_init__(self) -> None:
        _must_be_utc(self.captured_at, "captured_at")

    @property
    def content_type(self) -> str:
        """The media type and its parameters as sent, or an empty string."""
        return self.headers.get("content-type", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Zones:
    """Where in the text the headline, the lead (first paragraph) and the body (lead included) stand."""

    headline: Span
    lead: Span
    body: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class DateCandidate:
    """One claim about when an article was published: ISO 8601 `value`, where it was read, and the words if visible."""

    value: str
    basis: str
    text: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """When an article was published: ISO 8601 with the outlet's offset, or None with the reason among `flags`.

    `reason` says in words why that claim of the `candidates` was chosen.
    """

    value: str | None = None
    precision: Literal["second", "minute", "day"] | None = None
    basis: tuple[str, ...] = ()
    candidates: tuple[DateCandidate, ...] = ()
    flags: tuple[str, ...] = ()
    reason: str = ""

    @property
    def at(self) -> datetime | None:
        """The same moment in UTC (a day counts from its local midnight)."""
        return None if self.value is None else utc(datetime.fromisoformat(self.value))

    @property
    def day(self) -> date | None:
        """The day that the outlet printed; in UTC its midnight may be the day before."""
        return None if self.value is None else datetime.fromisoformat(self.value).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention:
    """A date in the text: TIMEX3 `value`, `mod` START/MID/END or None, and the days it covers (ISO 8601, inclusive)."""

    text: str
    span: Span
    value: str
    start: str
    end: str
    mod: Literal["START", "MID", "END"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """What this article repeats: the key of the original, and the outlet its text names as its origin (slug or name)."""

    of: str | None = None
    relation: Literal["verbatim", "edited", "update"] | None = None
    score: float | None = None
    origin_named: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words of the text and where they stand; `text` is exactly that substring."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Reused(Words):
    """A paragraph that the outlet had printed in `count` earlier articles: background, and nothing new."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A cleaned page: `text` is headline, blank line, body (paragraphs separated by blank lines).

    `removed` are the lines and pieces that are none of the article's, in the page's order, `removed_by` the rule of each.
    `read_by` says how the text was found on the page: by the outlet's "profile", a "layout" that content systems share, as the
    "densest" part, by "trafilatura" alone, or as plain "text".
    """

    id: str
    key: str
    url: str
    outlet: str | None
    language: str
    title: str | None
    author: str | None
    text: str
    zones: Zones
    published: Published
    dates: tuple[DateMention, ...] = ()
    copies: Copies = Copies()
    reused: tuple[Reused, ...] = ()
    removed: tuple[str, ...] = ()
    removed_by: tuple[str, ...] = ()
    read_by: str = ""
    versions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One reason for (or against) relevance: the rule, its weight and the words that fired it."""

    rule: str
    zone: Literal["headline", "lead", "body"]
    weight: float
    text: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Relevance:
    """Grade 0 (none), 1 (passing), 2 (substantial), 3 (core); `score` in 0..1."""

    grade: Literal[0, 1, 2, 3]
    score: float
    direction: tuple[str, ...] = ()
    why: tuple[Why, ...] = ()
    against: tuple[Why, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A written form of an entity, without its proclitic."""

    text: str
    span: Span
    proclitic: str | None
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A known person, body or place and all its mentions."""

    id: str
    name: str
    name_ar: str
    type: Literal["PER", "ORG", "MEDIA", "GPE", "LOC", "FAC"]
    qid: str | None
    country: str | None
    sector: str | None
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDate:
    """When an event happened (ISO 8601 or TIMEX3) and what that rests on."""

    value: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Who acted towards whom: PLOVER 2.0 type and mode, entity ids, ISO 3166 alpha-3 countries."""

    type: str
    mode: str | None
    status: Literal["actual", "future", "hypothetical", "negated", "historical"]
    actor: tuple[str, ...]
    recipient: tuple[str, ...]
    actor_country: tuple[str, ...]
    recipient_country: tuple[str, ...]
    reciprocal: bool
    date: EventDate | None
    place: str | None
    quad: str
    trigger: Words
    evidence: Words
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What somebody said. `speaker` is an entity id or None; `via` the medium that relayed it."""

    kind: Literal["direct", "mixed", "indirect"]
    speaker: str | None
    speaker_text: str | None
    speaker_basis: str
    cue: Words
    via: str | None
    polarity: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A medium or office the text rests on."""

    id: str
    name: str
    role: Literal["origin", "cited", "official"]
    text: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A name that a recogniser found and the knowledge base lacks: no tag, but something to review. Its certainty is low."""

    text: str
    span: Span
    type: Literal["PER", "ORG", "LOC"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """What the tagger found in one article."""

    relevance: Relevance
    entities: tuple[Entity, ...] = ()
    events: tuple[Event, ...] = ()
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An article and its tags: the end of the road."""

    article: Article
    tags: Tags


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """An early end that no retry would change: a closed `reason` and a sentence for a person."""

    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of one page: an article with so many words and leftover lines, dated or not, found `read_by`; or none."""

    words: int = 0
    leftovers: int = 0
    dated: bool = False
    read_by: str = ""
    dropped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A trouble that may pass: it is tried again as its reason's policy says (`workers.reasons`).

    `retry_after` is in seconds: what the far side asked for, or None.
    """

    reason: str
    detail: str = ""
    retry_after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """Where redirects have led so far: the address to ask next, and how many were followed."""

    url: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Nothing is wrong and nothing came: the host may be asked again in `seconds`, going on at `hop` if there is one."""

    seconds: float
    hop: Hop | None = None


_adapters: dict[type, TypeAdapter[Any]] = {}


def _adapter(kind: type) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def to_json(value: Any) -> dict[str, Any]:
    """Return a value of this module as plain JSON data, keys in the order of its fields."""
    data: dict[str, Any] = _adapter(type(value)).dump_python(value, mode="json")
    return data


def from_json(kind: type[T], data: Any) -> T:
    """Read back what `to_json` wrote. Raises pydantic.ValidationError for anything else."""
    value: T = _adapter(kind).validate_python(data)
    return value


def article_json(article: Article) -> dict[str, Any]:
    """The record's JSON without the tag keys, as `marsad clean` prints it."""
    return {"schema": SCHEMA, **to_json(article)}


def record_json(record: Record) -> dict[str, Any]:
    """The record's JSON, keys in the order of the contract."""
    article, tags = article_json(record.article), to_json(record.tags)
    tail = {
        name: article.pop(name)
        for name in ("dates", "copies", "reused", "removed", "removed_by", "read_by", "versions")
    }
    versions = {**tail.pop("versions"), **tags.pop("versions")}
    return {**article, **tags, **tail, "versions": versions}
