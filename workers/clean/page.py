"""The recipe of the clean stage: a capture to an article, or to the reason why it holds none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from workers.arabic.calendar import find_dates
from workers.clean import extract, judge, profile
from workers.clean.authors import find_author
from workers.clean.body import Way
from workers.clean.datelines import near_headline
from workers.clean.dates import find_published
from workers.clean.decode import decode, is_html
from workers.clean.facts import Facts, read_facts
from workers.clean.language import language_of
from workers.clean.learned import History, Learned, learn, no_history
from workers.clean.leftovers import Removed, Sifted, sift
from workers.clean.lines import Line, key
from workers.clean.origin import find_origin
from workers.clean.phrases import Rules, rules_for
from workers.clean.plain import read_plain
from workers.clean.titles import choose_title, title_of_text
from workers.clean.walk import Walk
from workers.config import Config, Leftovers, Outlet, Profile
from workers.items import Article, Capture, Drop, Entry, Reused, Zones

VERSION = "2"  # of this stage's rules: raise it when the same bytes give another article


def clean(
    capture: Capture, body: bytes, *, entry: Entry, config: Config, history: History = no_history
) -> Article | Drop:
    """Make an article of a capture, or say why it holds none. Never raises, whatever the bytes.

    bytes -> refused by size, status and kind -> text -> the page's claims -> not found, robot test -> the article's
    lines (profile, layout or densest part, trafilatura) -> leftovers -> what the outlet's `history` shows to be furniture
    -> too little left -> title, date, origin, spans.

    `removed` tells what was taken out of the part of the page where the article stands; what is outside of it is not told.
    """
    if drop := judge.refuse(capture, body, config.settings.fetch_max_bytes):
        return drop
    page = _Page.of(capture, body, entry, config)
    read = _read_html(page) if is_html(body, capture.content_type) else _read_text(page)
    if isinstance(read, Drop):
        return read
    learned = learn(read.sifted.kept, history)
    if learned.furniture:
        read = read._replace(sifted=sift(read.lines, page.rules, read.title, learned.furniture))
    if drop := judge.refuse_text(read.sifted.kept, read.sifted.removed, known=read.way in {"profile", "text"}):
        return drop
    return _article(page, read, learned)


@dataclass(frozen=True, slots=True)
class _Page:
    """A capture with all that is known before it is read."""

    capture: Capture
    body: bytes
    entry: Entry
    config: Config
    outlet: Outlet | None
    profile: Profile
    rules: Rules

    @classmethod
    def of(cls, capture: Capture, body: bytes, entry: Entry, config: Config) -> _Page:
        outlet = _outlet_of(entry, config)
        day = capture.captured_at.astimezone(_zone(outlet)).date()
        return cls(
            capture,
            body,
            entry,
            config,
            outlet,
            outlet.profile_on(day) if outlet is not None else Profile(),
            rules_for(config, outlet.slug if outlet is not None else None),
        )

    @property
    def text(self) -> str:
        return decode(self.body, self.capture.content_type)


class _Read(NamedTuple):
    """A page read: its title, its claims, all its lines, the article's as found and sifted, and how they were found."""

    title: str | None
    facts: Facts
    walk: Walk
    lines: Sequence[Line]
    sifted: Sifted
    datelines: tuple[str, ...]
    boxed: tuple[Removed, ...]
    way: Way


def _outlet_of(entry: Entry, config: Config) -> Outlet | None:
    if entry.outlet is not None:
        return config.outlets.get(entry.outlet)
    try:
        return config.outlet_of(entry.url)
    except ValueError:  # an address with a broken host
        return None


def _zone(outlet: Outlet | None) -> ZoneInfo:
    # Where nothing is known of an outlet, the default: the zone of the country that is watched.
    return outlet.zone if outlet is not None else ZoneInfo(Outlet.model_fields["timezone"].default)


def _read_html(page: _Page) -> _Read | Drop:
    text = page.text
    if extract.is_bomb(text):
        return Drop(reason="too_large", detail=f"an element has more than {extract.MOST_ATTRIBUTES} attributes")
    tree = extract.parse(text)
    if tree is None:
        return Drop(reason="no_article", detail="the body is no HTML that could be read")
    if extract.is_huge(tree):
        return Drop(reason="too_large", detail=f"the page has more than {extract.MOST_ELEMENTS} elements")
    facts = read_facts(tree, page.profile, page.config.layouts)
    seen, found = extract.read(
        tree, page.profile, page.config.layouts, titles=(*facts.own_titles, *facts.shared_titles, facts.head_title)
    )
    every = [one.line for one in seen.seen]
    if drop := judge.refuse_length(sum(len(line.text) for line in every), judge.MOST_CHARACTERS_AROUND):
        return drop
    own = [one.line for one in seen.seen if not one.apart]
    if drop := judge.refuse_page((facts.head_title, *facts.headings), own, page.body, page.config.leftovers):
        return drop
    if drop := judge.refuse_address(page.capture.url, page.capture.final_url):
        return drop
    if drop := judge.refuse_list(found.lines, every, known=found.way == "profile"):
        return drop
    if found.way != "profile" and (drop := judge.refuse_teasers(seen)):
        return drop
    title = choose_title(facts, page.rules.names, page.entry.title, own)
    lines, boxed = found.lines, [Removed(line.text, f"markup.{box}") for line, box in found.boxed]
    sifted = sift(lines, page.rules, title)
    if foreign := extract.foreign(found, sifted.kept):
        boxed += [Removed(line.text, "trafilatura") for line in lines if line in foreign]
        lines = [line for line in lines if line not in foreign]
        sifted = sift(lines, page.rules, title)
    # Many profiles name no place for the date, and an extractor of texts leaves it outside.
    datelines = (*sifted.datelines, *near_headline(seen.seen, title))
    return _Read(title, facts, seen, lines, sifted, datelines, tuple(boxed), found.way)


def _read_text(page: _Page) -> _Read | Drop:
    text = page.text
    if drop := judge.refuse_length(len(text), judge.MOST_CHARACTERS_AROUND):
        return drop
    lines = read_plain(text)
    if drop := judge.refuse_page([line.text for line in lines[:1]], lines, page.body, page.config.leftovers):
        return drop
    sifted = sift(lines, page.rules)
    title = title_of_text(sifted.kept)
    if title is not None:
        # The headline is one of the lines here: it goes like a line that repeats it on a page.
        sifted = sift(lines, page.rules, title)
    else:
        title = choose_title(Facts(), page.rules.names, page.entry.title)
    return _Read(title, Facts(), Walk(), lines, sifted, sifted.datelines, (), "text")


def _article(page: _Page, read: _Read, learned: Learned) -> Article:
    zone = _zone(page.outlet)
    text, zones = _assemble(read.title, read.sifted.kept)
    published = find_published(
        facts=read.facts,
        entry=page.entry,
        datelines=read.datelines,
        text=text,
        captured_at=page.capture.captured_at,
        zone=zone,
    )
    day = published.at.astimezone(zone).date() if published.at is not None else None
    slug = page.entry.outlet or (page.outlet.slug if page.outlet is not None else None)
    own = page.outlet.leftovers if page.outlet is not None else Leftovers()
    known = profile.version(page.profile, own, page.config.leftovers)
    removed = (*read.sifted.removed, *read.boxed)
    return Article(
        id=page.entry.key,
        key=page.entry.key,
        url=page.entry.url,
        outlet=slug,
        language=language_of(text, read.facts.language, page.outlet.language if page.outlet is not None else None),
        title=read.title,
        author=find_author(read.facts, read.sifted, read.walk, read.title, page.rules),
        text=text,
        zones=zones,
        published=published,
        dates=find_dates(text, day),
        copies=find_origin(read.sifted.origin, read.facts, slug, page.config, read.sifted.datelines),
        reused=tuple(_reused(read.sifted.kept, zones.body[0], learned)),
        removed=tuple(one.text for one in removed),
        removed_by=tuple(one.rule for one in removed),
        read_by=read.way,
        versions={"cleaner": VERSION, "profile": known},
    )


def _assemble(title: str | None, lines: Sequence[Line]) -> tuple[str, Zones]:
    """Headline, blank line, paragraphs with a blank line between; the lead is the first paragraph."""
    body = "\n\n".join(line.text for line in lines)
    start = len(title) + 2 if title else 0
    text = f"{title}\n\n{body}" if title else body
    lead = (start, start + len(lines[0].text))
    return text, Zones(headline=(0, len(title or "")), lead=lead, body=(start, len(text)))


def _reused(lines: Sequence[Line], start: int, learned: Learned) -> Iterator[Reused]:
    for line in lines:
        end = start + len(line.text)
        if count := learned.background.get(key(line.text)):
            yield Reused(text=line.text, span=(start, end), count=count)
        start = end + 2
