"""A listing page's bytes → its sightings, for outlets without a feed, and for channels that outlets have elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
from workers.watch.older import older_page
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
_LONGEST_LINE = 200  # characters of a message that serve as its title
_LINE_END = "\u2028"  # set where an element ends a line; white space for str.split
_ADDRESS = re.compile(r"https?://\S+")


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
    owns: Callable[[str], bool] | None = None,
) -> Listing:
    """Return the articles that the page at `url` links to, or the fault that left nothing. Never raises.

    `owns` says of a host whether it is the outlet's. A page that is not on one of these is a channel: only links to the
    outlet count, a message without any announces nothing, and its first line is the title. `older` is what the
    selector of that name leads to, or without one the next page as pages name and number them.

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
    channel = owns is not None and not owns(host_of(url))
    if owns is not None and channel:
        allowed = _outlets_own(allowed, owns)
    if source is not None and source.item is not None:
        _by_selectors(tree, source, base, gathering, allowed, channel=channel)
    else:
        _by_looks(tree, base, gathering, allowed, guess=not rules.article, channel=channel)
    return replace(gathering.listing("html"), older=older_page(tree, base, gathering, source.older if source else None))


def _tree(text: str) -> HtmlElement | None:
    # lxml refuses text that declares an encoding, so it gets bytes again. huge_tree stays off: depth is hostile too.
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        tree = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser) if text.strip() else None
    except (LxmlError, ValueError):
        return None
    for block in tree.iter(*_BREAKS) if tree is not None else ():
        block.text, block.tail = f"{_LINE_END}{block.text or ''}", f"{_LINE_END}{block.tail or ''}"
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


def _outlets_own(allowed: Callable[[str], bool], owns: Callable[[str], bool]) -> Callable[[str], bool]:
    def announced(address: str) -> bool:
        parts = urlsplit(address)
        # Messages end with a link to the outlet's home page.
        return owns(host_of(address)) and (parts.path.strip("/") != "" or parts.query != "") and allowed(address)

    return announced


def _by_selectors(
    tree: HtmlElement,
    source: SourceConfig,
    base: str,
    gathering: Gathering,
    allowed: Callable[[str], bool],
    *,
    channel: bool,
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
        if not wanted and (readable or channel):
            continue
        titles = [_text(one, first_line=channel) for one in title_of(item)]
        dates = [one.get("datetime") or _text(one) for one in date_of(item)]
        title = next(filter(None, titles), "") or _best([_read(anchor) for anchor in anchors])
        gathering.add(wanted, title, next(filter(None, dates), None))


def _selector(css: str | None) -> Callable[[HtmlElement], list[HtmlElement]]:
    compiled = CSSSelector(css) if css else None
    return lambda element: cast("list[HtmlElement]", compiled(element)) if compiled else []


def _by_looks(
    tree: HtmlElement,
    base: str,
    gathering: Gathering,
    allowed: Callable[[str], bool],
    *,
    guess: bool,
    channel: bool,
) -> None:
    links: dict[str, list[_Link]] = {}
    for anchor in _anchors(tree):
        address = canonical(anchor.get("href", ""), base=base, trackers=gathering.trackers)
        if (
            address is None
            or not (channel or _same_host(address, gathering.url))
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


def _text(element: HtmlElement, *, first_line: bool = False) -> str:
    """The element's words in one line, angle brackets spelt out since titles are cleaned of tags later."""
    text = "".join(element.itertext())
    words = _first_line(text) if first_line else " ".join(text.split())[: 2 * MAX_TITLE]
    return words.replace("&", "&amp;").replace("<", "&lt;")


def _first_line(text: str) -> str:
    """The first line of a message, with the next where it is only a label such as "urgent"; cut between words."""
    title = ""
    for line in text[: 10 * MAX_TITLE].split(_LINE_END):
        title = " ".join(f"{title} {_ADDRESS.sub('', line)}".split())
        if len(title) >= _MIN_HEADLINE:
            break
    if len(title) <= _LONGEST_LINE:
        return title
    cut = title[:_LONGEST_LINE]
    return (cut.rpartition(" ")[0] or cut).rstrip(" .،,;؛:-") + "…"


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
