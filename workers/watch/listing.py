"""A listing page's bytes → its sightings, for outlets without a feed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import unquote, urljoin, urlsplit
from zoneinfo import ZoneInfo

from lxml import html as lxml_html
from lxml.cssselect import CSSSelector
from lxml.etree import LxmlError
from lxml.html import HtmlElement

from workers.config.outlet import SourceConfig, UrlRules
from workers.urls import canonical, host_of, key_of
from workers.watch.letters import decode
from workers.watch.sightings import MAX_TITLE, Gathering, Listing

MAX_TEXT = 5_000_000  # characters of a page that are read
MAX_LINKS = 20_000

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BREAKS = ("br", "p", "div", "li", "td", *_HEADINGS)  # words on both sides of these are apart
_FURNITURE = frozenset({"nav", "footer", "script", "style", "noscript", "template", "select"})
# First parts of a path that lead to lists, people, files or services on every common CMS.
_NO_ARTICLE = frozenset({
    "tag", "tags", "category", "categories", "cat", "author", "authors", "user", "users", "page", "pages", "search", "feed",
    "rss", "login", "register", "contact", "contact-us", "about", "about-us", "privacy", "privacy-policy", "terms", "archive",
    "wp-content", "wp-admin", "wp-login.php", "wp-json", "cdn-cgi",
})  # fmt: skip
_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|pdf|docx?|xlsx?|zip|rar|mp[34]|m4a|webm|avi|css|js|json|xml|rss|apk)$",
    re.IGNORECASE,
)
_PAGING = re.compile(r"/page/\d+/?$", re.IGNORECASE)
_NUMBER = re.compile(r"\d{3,}")
_WORDS_IN_SLUG = 3
_MIN_HEADLINE = 15  # characters; menus and "read more" are shorter


@dataclass(slots=True)
class _Link:
    href: str
    title: str = ""
    is_heading: bool = False


def read_listing(
    body: bytes,
    *,
    url: str,
    headers: Mapping[str, str],
    source: SourceConfig | None,
    zone: ZoneInfo,
    trackers: Sequence[str],
    rules: UrlRules,
) -> Listing:
    """Return the articles that the page at `url` links to, or the fault that left nothing. Never raises.

    With `source.item` the selectors say what is an entry, its link, title and date. Without, every link to the same
    host counts that looks like an article's: by `rules` where they name article paths, else by its path and the
    length of its words. `rules.skip` and `rules.article` hold in both cases. `headers` have lower-case names.
    """
    tree = _tree(decode(body, headers.get("content-type", ""))[:MAX_TEXT])
    if tree is None:
        return Listing(kind="html", fault="empty")
    base = _base(tree, url)
    gathering = Gathering(url, zone, trackers)
    allowed = _rule(rules)
    if source is not None and source.item is not None:
        _by_selectors(tree, source, base, gathering, allowed)
    else:
        _by_looks(tree, base, gathering, allowed, guess=not rules.article)
    return gathering.listing("html")


def _tree(text: str) -> HtmlElement | None:
    # lxml refuses text that declares an encoding, so it gets bytes again. huge_tree stays off: depth is hostile too.
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        tree = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser) if text.strip() else None
    except (LxmlError, ValueError):
        return None
    for block in tree.iter(*_BREAKS) if tree is not None else ():
        block.text, block.tail = f" {block.text or ''}", f" {block.tail or ''}"
    return tree


def _base(tree: HtmlElement, url: str) -> str:
    try:
        bases = [base.get("href", "") for base in tree.iter("base")]
        return urljoin(url, bases[0].strip()) if bases else url
    except ValueError:
        return url


def _rule(rules: UrlRules) -> Callable[[str], bool]:
    def allowed(address: str) -> bool:
        path = urlsplit(address).path
        forms = (path, unquote(path))
        if any(re.search(pattern, form) for pattern in rules.skip for form in forms):
            return False
        return not rules.article or any(re.search(pattern, form) for pattern in rules.article for form in forms)

    return allowed


def _by_selectors(
    tree: HtmlElement, source: SourceConfig, base: str, gathering: Gathering, allowed: Callable[[str], bool]
) -> None:
    items, link, title_of, date_of = map(_selector, (source.item, source.link, source.title, source.date))
    for item in items(tree)[:MAX_LINKS]:
        anchors = [anchor for anchor in link(item) if anchor.get("href")]
        # The link may be the item itself, or the item may be wrapped in it.
        anchors = anchors or [anchor for anchor in (item, item.getparent()) if _is_link(anchor)]
        hrefs = [anchor.get("href", "") for anchor in anchors]
        addresses = [canonical(href, base=base, trackers=gathering.trackers) for href in hrefs]
        readable = [address for address in addresses if address]
        wanted = [address for address in readable if allowed(address)]
        if readable and not wanted:
            continue
        titles = [_text(one) for one in title_of(item)]
        dates = [one.get("datetime") or _text(one) for one in date_of(item)]
        title = next(filter(None, titles), "") or _best([_read(anchor) for anchor in anchors])
        gathering.add(wanted, title, next(filter(None, dates), None))


def _selector(css: str | None) -> Callable[[HtmlElement], list[HtmlElement]]:
    compiled = CSSSelector(css) if css else None
    return lambda element: cast("list[HtmlElement]", compiled(element)) if compiled else []


def _by_looks(
    tree: HtmlElement, base: str, gathering: Gathering, allowed: Callable[[str], bool], *, guess: bool
) -> None:
    links: dict[str, list[_Link]] = {}
    for anchor in _anchors(tree):
        address = canonical(anchor.get("href", ""), base=base, trackers=gathering.trackers)
        if (
            address is None
            or not _same_host(address, gathering.url)
            or key_of(address) == gathering.own
            or not allowed(address)
        ):
            continue
        if guess and not _looks_like_article(address):
            continue
        links.setdefault(address, []).append(_read(anchor))
    for address, ways in links.items():
        title = _best(ways)
        if not guess or len(title) >= _MIN_HEADLINE:
            gathering.add([address], title, None)


def _anchors(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Every link outside menus and footers, in page order, without asking each for its ancestors again."""
    outside = [tree]
    count = 0
    while outside and count < MAX_LINKS:
        element = outside.pop()
        if not isinstance(element.tag, str) or element.tag in _FURNITURE:
            continue
        if _is_link(element):
            count += 1
            yield element
        outside.extend(reversed(element))


def _is_link(element: HtmlElement | None) -> bool:
    return element is not None and element.tag == "a" and bool(element.get("href"))


def _read(anchor: HtmlElement) -> _Link:
    above = anchor.getparent()
    heading = (above is not None and above.tag in _HEADINGS) or next(anchor.iter(*_HEADINGS), None) is not None
    inside = next(anchor.iter(*_HEADINGS), None)
    text = _text(anchor if inside is None else inside) or " ".join(anchor.get("title", "").split())
    return _Link(anchor.get("href", ""), text, heading)


def _best(ways: Sequence[_Link]) -> str:
    """The words of the link that is a heading, else the longest: a picture and "read more" lead to the article too."""
    heading = next((way.title for way in ways if way.is_heading and way.title), "")
    return heading or max((way.title for way in ways), key=len, default="")


def _text(element: HtmlElement) -> str:
    """The element's words in one line, angle brackets spelt out since titles are cleaned of tags later."""
    words = " ".join("".join(element.itertext()).split())[: 2 * MAX_TITLE]
    return words.replace("&", "&amp;").replace("<", "&lt;")


def _same_host(one: str, other: str) -> bool:
    return host_of(one).removeprefix("www.") == host_of(other).removeprefix("www.")


def _looks_like_article(address: str) -> bool:
    parts = urlsplit(address)
    path = unquote(parts.path)
    steps = [step for step in path.lower().split("/") if step]
    if _FILE.search(path) or _PAGING.search(path) or any(step in _NO_ARTICLE for step in steps[:2]):
        return False
    if not steps:
        return bool(_NUMBER.search(parts.query))
    slug = max(steps, key=len)
    return bool(_NUMBER.search(path + "?" + parts.query)) or len(re.split(r"[-_ ]", slug)) >= _WORDS_IN_SLUG
