"""Survey an unknown site: ask for all places where it may announce articles, and draft its outlet."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urljoin

from workers.cli.asking import Asker, Seen, look, sentence, source_of
from workers.config import Config, Outlet, SourceConfig
from workers.config.draft import outlet_toml
from workers.fetch.verdict import judge
from workers.items import Article, Capture, Entry, Response
from workers.urls import host_of, key_of
from workers.watch import discover, portrait
from workers.watch.discover import Candidate, Ranked, Reading
from workers.watch.pattern import with_selectors
from workers.watch.read import read

_GIVE_UP = 3  # requests in a row that do not reach the site
_FOUND_AGAIN = 0.8  # share of a listing's articles that proposed selectors must lead to
_UNREACHED = {"dns", "connect", "timeout"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A site surveyed: the drafted `outlet`, its file's `text`, and everything asked, the best first.

    `trouble` says what is wrong with the home page; `owner` is the outlet to which the site belongs already.
    """

    outlet: Outlet
    text: str
    ranked: Sequence[Ranked] = ()
    trouble: str = ""
    owner: str | None = None


def survey(url: str, asker: Asker, config: Config, *, now: datetime) -> Survey | str:
    """Find the sources of the site at `url` and draft its outlet, or return why the site cannot be asked."""
    if discover.is_channel(url):
        return "it is a channel; give the address of the outlet's own site, whose home page may name its channel"
    home = asker.ask(url)
    if not isinstance(home, Response):
        return sentence(home)
    owner = config.outlet_of(url) or config.outlet_of(home.final_url)
    robots = asker.ask(urljoin(home.final_url, "/robots.txt"))
    rules = robots.body.decode("utf-8", "replace") if isinstance(robots, Response) and robots.status == 200 else None
    outlet = _outlet(url, home, config, owner)
    readings = _read_all(discover.probes(home, rules), outlet, asker, config)
    if not any(one.sightings for one in readings):
        readings += _read_all(discover.sections(home), outlet, asker, config)
    ranked = discover.rank(readings, home=home.final_url, now=now)
    outlet, about_zone = _settled(outlet, ranked, config, owner, now)
    outlet, about_profile = _profiled(outlet, ranked, asker, config)
    text = _text(outlet, ranked, url, {"timezone": about_zone, "profiles": about_profile}, now)
    refused = judge(home)
    return Survey(
        outlet=outlet,
        text=text,
        ranked=ranked,
        trouble=sentence(refused) if refused else "",
        owner=owner.slug if owner else None,
    )


def _outlet(url: str, home: Response, config: Config, owner: Outlet | None) -> Outlet:
    slug = portrait.slug(home.final_url, () if owner else config.outlets)
    language = portrait.language(home) or str(Outlet.model_fields["language"].default)
    name, name_en, aliases = portrait.named(portrait.names(home), language, slug)
    return Outlet(
        slug=slug, name=name, name_en=name_en, home=home.final_url, hosts=portrait.hosts([url, home.final_url], ()),
        aliases=aliases, language=language, watch=False,
    )  # fmt: skip


def _read_all(candidates: Sequence[Candidate], outlet: Outlet, asker: Asker, config: Config) -> list[Reading]:
    readings: list[Reading] = []
    unreached = 0
    for candidate in candidates:
        if unreached >= _GIVE_UP or not discover.is_worth(candidate, readings):
            continue
        seen = look(asker, source_of(candidate.source, outlet, config), _alone(outlet, candidate.source, config))
        unreached = unreached + 1 if seen.reason in _UNREACHED else 0
        offset = portrait.offset_of(seen.response, seen.listing) if seen.response and seen.listing else None
        reading = Reading(
            candidate=candidate, listing=seen.listing, trouble=seen.trouble, status=seen.status, offset=offset
        )
        readings.append(_patterned(reading, seen, outlet, config))
    return readings


def _patterned(reading: Reading, seen: Seen, outlet: Outlet, config: Config) -> Reading:
    """A listing read by the looks of its links, with selectors instead where they find the same articles."""
    source = reading.candidate.source
    if source.kind != "listing" or source.item is not None or seen.response is None or not reading.sightings:
        return reading
    keys = {one.key for one in reading.sightings}
    better = with_selectors(source, seen.response, keys)
    if better is None:
        return reading
    listing = read(seen.response, source_of(better, outlet, config), _alone(outlet, better, config))
    if len(keys.intersection(one.key for one in listing.sightings)) < _FOUND_AGAIN * len(keys):
        return reading
    return replace(reading, candidate=replace(reading.candidate, source=better), listing=listing)


def _alone(outlet: Outlet, source: SourceConfig, config: Config) -> Config:
    return replace(config, outlets={outlet.slug: outlet.model_copy(update={"sources": (source,)})})


def _settled(
    outlet: Outlet, ranked: Sequence[Ranked], config: Config, owner: Outlet | None, now: datetime
) -> tuple[Outlet, str]:
    """The outlet with the sources taken, and what they show of its hosts and its zone."""
    taken = [one.reading for one in ranked if one.taken]
    articles = [one.url for reading in taken for one in reading.sightings]
    others = [other for other in config.outlets.values() if other is not owner]
    urls = [outlet.home, *(f"https://{host}/" for host in outlet.hosts)]
    hosts = tuple(host for host in portrait.hosts(urls, articles) if not any(other.owns(host) for other in others))
    zone, about = portrait.zone([one.offset for one in taken if one.offset], now)
    theirs = {source.url for other in others for source in other.sources}
    sources = tuple(_source(one, now) for one in ranked if one.taken and one.reading.candidate.source.url not in theirs)
    return outlet.model_copy(update={"hosts": hosts, "timezone": zone, "sources": sources}), about


def _source(one: Ranked, now: datetime) -> SourceConfig:
    reading, far = one.reading, discover.reach(one.reading.listing)
    newest = f", the newest of {far.newest:%Y-%m-%d}" if far.newest else ""
    note = (
        f"found by: {reading.candidate.why}; on {now:%Y-%m-%d} it showed {len(reading.sightings)} articles, "
        f"{far.dated} with a date{newest}"
    )
    return reading.candidate.source.model_copy(update={"sure": "live", "note": note})


def _profiled(outlet: Outlet, ranked: Sequence[Ranked], asker: Asker, config: Config) -> tuple[Outlet, str]:
    """The outlet with selectors proposed from its newest article, if the article can be read with them."""
    shown = [
        one for ranking in ranked if ranking.taken for one in ranking.reading.sightings if outlet.owns(host_of(one.url))
    ]
    if not shown:
        return outlet, ""
    newest = max(shown, key=lambda one: one.published or datetime.min.replace(tzinfo=UTC))
    page = asker.ask(newest.url)
    if not isinstance(page, Response):
        return outlet, f"No page was looked at: {sentence(page)}."
    plain, profile = _cleaned(page, outlet, config), portrait.profile(page)
    told = f"The page is described by {', '.join(portrait.told_by(page)) or 'nothing that is common'}. "
    profiled = outlet.model_copy(update={"profiles": (profile,)})
    with_it = _cleaned(page, profiled, config)
    if isinstance(with_it, Article) and (not isinstance(plain, Article) or 2 * len(with_it.text) > len(plain.text)):
        return profiled, f"Guessed from {page.final_url}. {told}{_read_as(with_it)} Look at more than one article."
    return outlet, f"No selectors: those guessed do not work. {told}{_read_as(plain)}"


def _cleaned(page: Response, outlet: Outlet, config: Config) -> Article | str:
    # Imported when used: the libraries behind it take a second to load.
    from workers.clean.page import clean  # noqa: PLC0415

    key = key_of(page.url)
    capture = Capture(
        key=key, url=page.url, final_url=page.final_url, status=page.status, headers=page.headers,
        captured_at=page.captured_at, elapsed=page.elapsed, digest=hashlib.sha256(page.body).hexdigest(),
        size=len(page.body),
    )  # fmt: skip
    refused = judge(page)
    if refused is not None:
        return sentence(refused)
    entry = Entry(key=key, url=page.url, outlet=outlet.slug, found_at=page.captured_at)
    result = clean(capture, page.body, entry=entry, config=replace(config, outlets={outlet.slug: outlet}))
    return result if isinstance(result, Article) else sentence(result)


def _read_as(article: Article | str) -> str:
    if isinstance(article, str):
        return f"It reads as no article: {article}."
    date = article.published.value or "without a date"
    return (
        f"It reads as an article of {len(article.text)} characters, published {date}, «{article.title or 'no title'}»."
    )


def _text(outlet: Outlet, ranked: Sequence[Ranked], url: str, remarks: dict[str, str], now: datetime) -> str:
    head = (
        f"{outlet.name_en}. Drafted by `marsad outlets discover {url}` on {now:%Y-%m-%d}.",
        f"Look at what it yields with `marsad outlets preview {outlet.slug}`, correct what is wrong, run `marsad check`,"
        " and take these remarks out.",
    )
    spare = [_source(one, now) for one in ranked if one.spare]
    sources = "Seen at work just now; the best first."
    if spare:
        sources += " Those in comments work too but show nothing more; backfill may need one that goes back further."
    if not outlet.sources:
        sources = _NO_SOURCE
    return outlet_toml(
        outlet,
        head=head,
        remarks={
            "name": "To check: how the outlet calls itself, and its name in Latin letters.",
            "hosts": "To check: every domain its pages are on.",
            "aliases": "To check: how others name it as their source.",
            "sources": sources,
            **remarks,
            "timezone": f"To check: {remarks['timezone']}.",
            "watch": "Set it to true when all this is right: then the outlet is watched.",
        },
        spare=spare,
    )


_NO_SOURCE = (
    'No source was found. Describe a page that lists the newest articles: [[sources]] with kind = "listing", url, '
    'sure = "guess", and CSS selectors item, link, title, date (docs/add-an-outlet.md).'
)
