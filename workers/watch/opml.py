"""Lists of subscriptions as feed readers exchange them: OPML 2.0 out, any OPML in (http://opml.org/spec2.opml)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urljoin
from xml.sax.saxutils import quoteattr

from lxml import etree

from workers.config import Config, Outlet, SourceConfig
from workers.urls import canonical, host_of, key_of
from workers.watch import portrait
from workers.watch.letters import decode
from workers.watch.sightings import plain

MAX_BYTES = 5_000_000
MAX_OUTLINES = 10_000
MAX_NAME = 200  # characters

_ROOT = re.compile(r"<(?:\w{1,20}:)?opml[\s>/]", re.IGNORECASE)
# Addresses are pasted in as they are; what is left are the references that need no declaration.
_BARE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class OpmlError(ValueError):
    """What was given is no OPML that can be read; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A feed somebody reads: `url` canonical; `group` are the titles of the outlines around it, from outside in."""

    url: str
    title: str | None = None
    home: str | None = None
    language: str | None = None
    group: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriptions:
    """The feeds of a list, each address once, and how many outlines with an address could not be used."""

    feeds: tuple[Subscription, ...] = ()
    unusable: int = 0
    capped: int = 0


def read_opml(body: bytes, *, trackers: Sequence[str] = ()) -> Subscriptions:
    """Return the feeds that an OPML file lists, nested ones too. Raises OpmlError when it is none, or too large.

    Broken files are read as far as they go: names of elements and attributes in any case, `title` for `text`, `url`
    for `xmlUrl`. A DOCTYPE is left behind, so no entity is declared, nothing is expanded and nothing loaded.
    """
    if len(body) > MAX_BYTES:
        raise OpmlError(f"is larger than {MAX_BYTES} bytes")
    text = decode(body)
    start = _ROOT.search(text)
    if start is None:
        raise OpmlError("is no OPML: there is no <opml> in it")
    xml = _BARE.sub("&amp;", text[start.start() :])
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8"
    )
    try:
        root = etree.fromstring(xml.encode("utf-8"), parser=parser)
    except etree.LxmlError as error:
        raise OpmlError(f"is no XML: {error}") from None
    if root is None:
        raise OpmlError("is no XML that can be read")
    return _gather(root, trackers)


def write_opml(feeds: Iterable[Subscription], *, title: str, at: datetime) -> str:
    """Return an OPML 2.0 subscription list made at `at` (aware), one line a feed, without groups."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">', "  <head>", f"    <title>{_text(title)}</title>",
        f"    <dateCreated>{format_datetime(at)}</dateCreated>", "  </head>", "  <body>",
    ]  # fmt: skip
    for one in feeds:
        name = one.title or one.url
        said = {
            "type": "rss",
            "text": name,
            "title": name,
            "xmlUrl": one.url,
            "htmlUrl": one.home,
            "language": one.language,
        }
        lines.append(f"    <outline {' '.join(f'{key}={_quoted(value)}' for key, value in said.items() if value)}/>")
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def _gather(root: etree._Element, trackers: Sequence[str]) -> Subscriptions:
    found: dict[str, Subscription] = {}
    unusable = seen = 0
    outside: list[tuple[etree._Element, tuple[str, ...]]] = [(root, ())]
    while outside:
        element, group = outside.pop()
        inside = group
        if _name(element) == "outline":
            seen += 1
            if seen > MAX_OUTLINES:
                continue
            said = {_local(str(key)): str(value) for key, value in element.items()}
            title = next((name for key in ("text", "title") if (name := plain(said.get(key)))), None)
            address = said.get("xmlurl") or (
                said.get("url") if said.get("type", "").lower() in {"rss", "atom"} else None
            )
            if address is None:
                inside = (*group, title[:MAX_NAME]) if title else group
            elif (url := canonical(address, trackers=trackers)) is None:
                unusable += 1
            else:
                found.setdefault(key_of(url), _subscription(url, title, said, group))
        outside.extend((child, inside) for child in reversed(element))
    return Subscriptions(feeds=tuple(found.values()), unusable=unusable, capped=max(0, seen - MAX_OUTLINES))


def _subscription(url: str, title: str | None, said: dict[str, str], group: tuple[str, ...]) -> Subscription:
    language = (plain(said.get("language")) or "").partition("-")[0].lower()
    return Subscription(
        url=url,
        title=title[:MAX_NAME] if title else None,
        home=canonical(said.get("htmlurl") or ""),
        language=language if re.fullmatch("[a-z]{2,3}", language) else None,
        group=group,
    )


def _name(element: etree._Element) -> str:
    return _local(element.tag) if isinstance(element.tag, str) else ""


def _local(name: str) -> str:
    return name.rpartition("}")[2].rpartition(":")[2].lower()


def _text(text: str) -> str:
    return _NO_XML.sub("", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _quoted(text: str) -> str:
    return quoteattr(_NO_XML.sub("", text), {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A list held against what is configured: outlets to draft, addresses known already, and those of known outlets."""

    drafts: tuple[Outlet, ...] = ()
    known: tuple[str, ...] = ()
    belonging: tuple[tuple[str, Subscription], ...] = ()


def drafts(feeds: Sequence[Subscription], config: Config, *, note: str) -> Imported:
    """Group `feeds` by the host of their home page, else their own, into outlets nobody has looked at yet.

    `note` says where the addresses come from. A feed on a host of a configured outlet is told with its slug.
    """
    sources = [source.url for outlet in config.outlets.values() for source in outlet.sources]
    keys = {key_of(canonical(url, trackers=config.trackers) or url) for url in sources}
    known: list[str] = []
    belonging: list[tuple[str, Subscription]] = []
    groups: dict[str, list[Subscription]] = {}
    for one in feeds:
        owner = config.outlet_of(one.home or one.url)
        if key_of(one.url) in keys:
            known.append(one.url)
        elif owner is not None:
            belonging.append((owner.slug, one))
        else:
            groups.setdefault(host_of(one.home or one.url).removeprefix("www."), []).append(one)
    outlets: dict[str, Outlet] = {}
    for host, group in groups.items():
        outlet = _outlet(host, group, taken=config.outlets.keys() | outlets.keys(), note=note)
        outlets[outlet.slug] = outlet
    return Imported(drafts=tuple(outlets.values()), known=tuple(known), belonging=tuple(belonging))


def _outlet(host: str, group: Sequence[Subscription], *, taken: Collection[str], note: str) -> Outlet:
    home = next((one.home for one in group if one.home), None) or urljoin(group[0].url, "/")
    slug = portrait.slug(home, taken)
    titles = [title for one in group if (title := one.title)]
    spoken = next((one.language for one in group if one.language), None)
    own = spoken or str(Outlet.model_fields["language"].default)
    name, name_en, _ = portrait.named(titles[:1], own, slug)
    sources = [
        SourceConfig(kind="feed", url=one.url, sure="list", note=", ".join(filter(None, (note, *one.group, one.title))))
        for one in group
    ]
    return Outlet(
        slug=slug, name=name, name_en=name_en, home=home, hosts=(host,), language=own, watch=False, sources=tuple(sources),
    )  # fmt: skip
