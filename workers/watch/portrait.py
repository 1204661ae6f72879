"""What an unknown site says of itself: names, language, hosts, and where the parts of an article may stand on a page."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from lxml.html import HtmlElement

from workers.config.outlet import Outlet, Profile
from workers.items import Response
from workers.urls import host_of, site_of
from workers.watch.markup import metas, tree_of
from workers.watch.sightings import Listing, plain

MAX_NAME = 80  # characters
_ENOUGH = 200  # characters of paragraphs below which nothing is taken for an article's body
_ARABIC = re.compile("[\u0621-\u064a]")
_LATIN = re.compile("[A-Za-z]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?![A-Za-z])")
_PARTS = re.compile(r"\s+[-|–—:•»]\s+|\s*[|•»]\s*")
_PUBLISHERS = ("Organization", "WebSite")  # also NewsMediaOrganization: the end of the type's name decides
_CLASS = re.compile(r"[A-Za-z_][A-Za-z_-]{2,40}$")  # without digits: those are most often an article's own
_BODY_CLASS = re.compile(r"content|entry|article|post|story|body|text", re.IGNORECASE)
# The two clocks of an article in a WordPress API's answer, and the offset at the end of a date as claimed.
_STAMP = rb"\d{4}-\d\d-\d\dT[0-2]\d:[0-5]\d:[0-5]\d"
_LOCAL = re.compile(rb'"date"\s*:\s*"(?P<local>%s)"\s*,\s*"date_gmt"\s*:\s*"(?P<universal>%s)"' % (_STAMP, _STAMP))
_OFFSET = re.compile(r"\d\s*(?P<sign>[+-])(?P<hours>0\d|1[0-4]):?(?P<minutes>[0-5]\d)$")
_NO_WORD = re.compile(r"[^a-z0-9]+")


def names(home: Response) -> list[str]:
    """Return what the site calls itself, the surest first, each once."""
    tree = tree_of(home)
    if tree is None:
        return []
    said = metas(tree)
    title = " ".join((tree.findtext(".//title") or "").split())[:300]
    parts = sorted(_PARTS.split(title), key=len)[:2]
    found = [said.get("og:site_name"), said.get("application-name"), *_publishers(tree), *parts]
    clean = [name for one in found if (name := plain(one)) and len(name) <= MAX_NAME]
    return list(dict.fromkeys(clean))


def named(found: Sequence[str], language: str, slug: str) -> tuple[str, str, tuple[str, ...]]:
    """Return a name in the outlet's own language, one in Latin letters, and the others as aliases."""
    latin = next((one for one in found if _LATIN.search(one) and not _ARABIC.search(one)), None)
    arabic = next((one for one in found if _ARABIC.search(one)), None)
    own = (arabic if language == "ar" else None) or (found[0] if found else None) or slug
    english = latin or slug.replace("-", " ").title()
    return own, english, tuple(one for one in found if one not in {own, english})


def language(home: Response) -> str | None:
    """Return the language the home page declares or shows, as two or three letters."""
    tree = tree_of(home)
    if tree is None:
        return None
    root = tree if tree.tag == "html" else tree.getroottree().getroot()
    said = metas(tree)
    for one in (root.get("lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang"), said.get("og:locale")):
        if one and (found := _LANGUAGE.match(one.strip())):
            return found.group().lower()
    text = "".join(tree.itertext())[:50_000]
    return "ar" if len(_ARABIC.findall(text)) > len(_LATIN.findall(text)) else None


def slug(url: str, taken: Collection[str]) -> str:
    """Return a file's name for the outlet at `url`: its domain's label, with what tells it from the site's others."""
    host = host_of(url).removeprefix("www.")
    site = site_of(f"https://{host}/")
    try:
        ip_address(host)
        words = host
    except ValueError:
        words = f"{site.partition('.')[0]} {host.removesuffix(site)}"
    stem = _NO_WORD.sub("-", words.lower()).strip("-") or "outlet"
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (stem, *numbered) if one not in taken)


def hosts(addresses: Iterable[str], articles: Sequence[str]) -> tuple[str, ...]:
    """Return the hosts that are the outlet's: those of `addresses` and those on which a fifth of its articles stand."""
    common = Counter(host_of(url).removeprefix("www.") for url in articles)
    own = [host_of(url).removeprefix("www.") for url in addresses]
    own += [host for host, count in common.most_common() if 5 * count >= len(articles)]
    return tuple(
        one for one in dict.fromkeys(filter(None, own)) if not any(one.endswith(f".{other}") for other in own if other)
    )


def zone(offsets: Sequence[timedelta], now: datetime) -> tuple[str, str]:
    """Return a time zone for the offsets that sources showed, and what to say of it."""
    default = str(Outlet.model_fields["timezone"].default)
    if not offsets:
        return default, "no source shows its own clock: this zone is supposed; set the outlet's own"
    offset = Counter(offsets).most_common(1)[0][0]
    written = f"UTC{offset.total_seconds() / 3600:+g} h"
    if now.astimezone(ZoneInfo(default)).utcoffset() == offset:
        return default, f"its dates are {written}, as in this zone; set the outlet's own if it is another"
    # The database's zones of a fixed offset count westward.
    fixed = f"Etc/GMT{-offset.total_seconds() / 3600:+g}"
    if fixed in available_timezones():
        return fixed, f"its dates are {written}; set the zone of its city, which knows summer time"
    return default, f"its dates are {written}, unlike this zone: set the zone of its city"


def offset_of(response: Response, listing: Listing) -> timedelta | None:
    """Return how far east of Greenwich the source's own clock is, or None where it writes universal time or none."""
    if found := _LOCAL.search(response.body[:200_000]):
        try:
            local, universal = (datetime.fromisoformat(found[name].decode("ascii")) for name in ("local", "universal"))
        except ValueError:
            return None
        apart = timedelta(minutes=15) * round((local - universal) / timedelta(minutes=15))
        return apart if apart and abs(apart) <= timedelta(hours=14) else None
    for one in listing.sightings:
        if said := _OFFSET.search(one.claimed or ""):
            sign = -1 if said["sign"] == "-" else 1
            return sign * timedelta(hours=int(said["hours"]), minutes=int(said["minutes"])) or None
    return None


def profile(page: Response) -> Profile:
    """Return selectors that find something on an article's page: guesses to be looked at by a person."""
    tree = tree_of(page)
    if tree is None:
        return Profile()
    said = metas(tree)
    dates = [f"meta[{_attribute(tree, name)}='{name}']" for name in ("article:published_time",) if name in said]
    dates += ["meta[itemprop='datePublished']"] if "datepublished" in said else []
    dates += ["time[datetime]"] if not dates and tree.find(".//time[@datetime]") is not None else []
    body = _body(tree)
    return Profile(
        sure="guess",
        note=f"proposed from one page, {page.final_url}"[:300],
        body=(body,) if body else (),
        title=("h1",) if len(tree.findall(".//h1")) == 1 else (),
        date=tuple(dates),
        author=("meta[name='author']",) if "author" in said else (),
    )


def told_by(page: Response) -> list[str]:
    """Return which common ways of describing an article its page uses: "JSON-LD", "Open Graph", "<article>"."""
    tree = tree_of(page)
    if tree is None:
        return []
    kinds = {kind for one in _linked_data(tree) for kind in _kinds(one)}
    told = ["JSON-LD"] if any(kind.endswith(("Article", "Posting")) for kind in kinds) else []
    told += ["Open Graph"] if any(name.startswith(("og:", "article:")) for name in metas(tree)) else []
    return told + (["<article>"] if tree.find(".//article") is not None else [])


def _publishers(tree: HtmlElement) -> Iterator[str]:
    for one in _linked_data(tree):
        if any(kind.endswith(_PUBLISHERS) for kind in _kinds(one)) and isinstance(one.get("name"), str):
            yield one["name"]


def _kinds(one: dict[str, Any]) -> list[str]:
    kinds = one.get("@type")
    return [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)]


def _linked_data(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    for script in tree.iterfind(".//script[@type='application/ld+json']"):
        try:
            data = json.loads((script.text or "")[:500_000], strict=False)
        except (ValueError, RecursionError):
            continue
        graph = data.get("@graph") if isinstance(data, dict) else None
        for one in [data, *(graph if isinstance(graph, list) else [])]:
            if isinstance(one, dict):
                yield one


def _attribute(tree: HtmlElement, name: str) -> str:
    return next((key for one in tree.iter("meta") for key, value in one.items() if value == name), "property")


def _body(tree: HtmlElement) -> str | None:
    """The one element whose own paragraphs hold the most text, by its id or a class that no other element has."""
    if len(tree.findall(".//*[@itemprop='articleBody']")) == 1:
        return "[itemprop='articleBody']"
    lengths: Counter[HtmlElement] = Counter()
    for paragraph in tree.iter("p"):
        above = paragraph.getparent()
        if above is not None and isinstance(above.tag, str):
            lengths[above] += len("".join(paragraph.itertext()).strip())
    [(element, length)] = lengths.most_common(1) or [(tree, 0)]
    if length < _ENOUGH:
        return None
    chain = [element, *(one for one in element.iterancestors() if one.tag not in {"body", "html"})][:4]
    return next((selector for one in chain if (selector := _selector(tree, one))), None)


def _selector(tree: HtmlElement, element: HtmlElement) -> str | None:
    counts = Counter(name for one in tree.iter(element.tag) for name in set(one.get("class", "").split()))
    alone = [name for name in element.get("class", "").split() if counts[name] == 1 and _CLASS.match(name)]
    best = max(alone, key=lambda name: bool(_BODY_CLASS.search(name)), default=None)
    if best is not None:
        return f"{element.tag}.{best}"
    name = element.get("id", "")
    if _CLASS.match(name):
        return f"{element.tag}#{name}"
    return "article" if element.tag == "article" and len(tree.findall(".//article")) == 1 else None
