"""The identity of an address: one form for all the ways in which outlets, readers and share buttons write it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from urllib.parse import SplitResult, unquote_plus, urljoin, urlsplit, urlunsplit

from courlan import clean_url
from tld import get_fld
from w3lib.url import canonicalize_url

MAX_LENGTH = 2048  # characters of a canonical address, which is ASCII: an Arabic letter counts six

# An address with this many characters is refused unread. Line breaks, trackers and fragments may go, so it is larger.
_MAX_READ = 4 * MAX_LENGTH
_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
_SPACE = re.compile(r"[\x00-\x20\x7f]+")
_ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)
_SLASHES = re.compile(r"/{2,}")
_NO_VALUE = re.compile(r"=(?=&|$)")
# What tells the phone's or the accelerated form of a page from the page itself.
_TWIN_HOST = re.compile(r"^https?://(?:(?:www|m|mobile|amp)\.)?(?=[^/]*\.)", re.IGNORECASE)
_TWIN_PATH = re.compile(r"/amp(?:/|\.html)?$", re.IGNORECASE)
_TWIN_QUERY = re.compile(r"(?:^|&)(?:amp(?:=1)?|outputType=amp|mobile=1)(?=&|$)", re.IGNORECASE)


def canonical(url: str, *, base: str | None = None, trackers: Sequence[str] = ()) -> str | None:
    """Return `url` in its one form, or None for what is no http(s) address of a page.

    A relative or protocol-relative `url` is read against `base`. Lower case and punycode for the host, no user, no
    default port, no fragment; paths percent-encoded as UTF-8 in capital hex, dot segments resolved, double slashes
    joined; the query sorted and without the parameters named in `trackers` (a name, or a beginning followed by `*`;
    case does not matter). The scheme, `www.` and a trailing slash stay: they decide whether a server answers.
    Applying it twice changes nothing. Never raises.
    """
    return None if len(url) > _MAX_READ else _canonical(url, base, tuple(trackers))


# Every look at a source shows mostly what the look before showed.
@lru_cache(maxsize=4096)
def _canonical(url: str, base: str | None, trackers: tuple[str, ...]) -> str | None:
    try:
        if base is not None:
            link = _squeeze(url)
            # Nothing, or a place on the page itself, is no link; and urljoin would give "https:///a" the base's host.
            if link and not link.startswith("#"):
                url = link if _ABSOLUTE.match(link) else urljoin(base, link)
        # The libraries need a second pass for some nested escapes, and an identity must be a fixed point.
        for _ in range(4):
            again = _clean(url, trackers)
            if again is None or again == url:
                return again
            url = again
    except ValueError:  # what urllib raises for a broken IPv6 address, an impossible port or host
        pass
    return None


def key_of(url: str) -> str:
    """Return the key of a canonical URL: 16 hex digits of the SHA-256 of what all forms of the page share.

    Outlets announce one page by http and https, with `www.`, `m.` or `amp.` before the host, with `/amp` or a slash
    behind; the key makes them one item, while the URL keeps the form that answers.
    """
    page, mark, query = _TWIN_HOST.sub("https://", url).partition("?")
    query = _TWIN_QUERY.sub("", query).lstrip("&")
    page = _TWIN_PATH.sub("", page).rstrip("/")
    same = page + (mark + query if query else "")
    return hashlib.sha256(same.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def site_of(url: str) -> str:
    """Return whom a request to `url` burdens: the registrable domain (public suffix and one label), or the bare host.

    The list of public suffixes is the one inside tld, private ones included; an address without a known suffix stands
    for itself.
    """
    host = host_of(url)
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return get_fld(f"https://{host}/", fail_silently=True, search_private=True) or host
    return host


def host_of(url: str) -> str:
    """Return the host of `url` in lower case and punycode, without port; empty when there is none."""
    try:
        return _host(urlsplit(url)).strip("[]")
    except ValueError:
        return ""


def _clean(url: str, trackers: tuple[str, ...]) -> str | None:
    if len(url) > _MAX_READ:
        return None
    parts = urlsplit(_squeeze(url))
    if parts.scheme.lower() not in _PORTS:
        return None
    # courlan sees the address without its query: it would take every parameter that begins like a tracker's name
    # (?gallery=7 as "ga") and every one without a value (?1234), and so make one page of many.
    # It would also cut a path at a second "https://", so double slashes are joined before and not by it.
    path = _SLASHES.sub("/", parts.path)
    bare = clean_url(urlunsplit((parts.scheme.lower(), parts.netloc, path, "", "")))
    cleaned = urlsplit(bare or "")
    host = _host(cleaned)
    if not host:
        return None
    port = cleaned.port
    netloc = host if port in (None, _PORTS[cleaned.scheme]) else f"{host}:{port}"
    query = _without_trackers(parts.query, trackers)
    page, mark, query = canonicalize_url(urlunsplit((cleaned.scheme, netloc, cleaned.path, query, ""))).partition("?")
    # w3lib writes ?1234 as ?1234=; a server that reads its whole query as one number would not know that page.
    result: str = page + mark + _NO_VALUE.sub("", query)
    return result if len(result) <= MAX_LENGTH else None


def _squeeze(url: str) -> str:
    """Remove the spaces around, and the line breaks and indents within, that templates leave in links."""
    return _SPACE.sub(lambda gap: "%20" if gap.group() == " " else "", url.strip("\x00\x1f\x7f \t\r\n\f\v"))


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if "[" in parts.netloc:
        return f"[{IPv6Address(host)}]"
    name = host.encode("idna").decode("ascii").lower()
    return name if len(name) <= 253 and _HOST.fullmatch(name) and ".." not in name else ""


@lru_cache(maxsize=8)
def _told_apart(trackers: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    exact = frozenset(name.lower() for name in trackers if not name.endswith("*"))
    return exact, tuple(name[:-1].lower() for name in trackers if name.endswith("*"))


def _without_trackers(query: str, trackers: tuple[str, ...]) -> str:
    exact, starts = _told_apart(trackers)
    kept = []
    for pair in query.replace("&amp;", "&").split("&"):
        name = unquote_plus(pair.partition("=")[0]).strip().lower()
        if pair and name not in exact and not (starts and name.startswith(starts)):
            kept.append(pair)
    return "&".join(kept)
