"""Whether an answer is a test for robots in place of the page.

The same services put scripts of theirs into ordinary pages too, and articles write about them; so a mark in the body
counts only where the page has next to nothing to say and does not call itself an article.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import html as lxml_html
from lxml.etree import LxmlError, strip_elements

from workers.arabic.letters import fold_text
from workers.items import Response

STATUSES = {200, 202, 403, 405, 429, 503}  # 202 and 405 are AWS WAF's

_LARGEST = 200_000  # bytes; tests for robots have a tenth of it
_FEW_WORDS = 150  # a test has fewer; so has a news flash, which is no test for that
_NO_WORDS = 40

# Cloudflare and AWS document these as the way to tell.
_HEADERS = {"cf-mitigated": {"challenge"}, "x-amzn-waf-action": {"challenge", "captcha"}}

# What stands in tests alone ...
_TEST = re.compile(
    rb"_cf_chl_opt\b|/cdn-cgi/challenge-platform/h/\w/orchestrate/|cf-browser-verification|cf-challenge-running|"
    rb"ddos-guard/js-challenge|ddg-captcha|sucuri_cloudproxy_js|Sucuri Web[Ss]ite Firewall|Incapsula incident ID|"
    rb"\bpx-captcha\b|captcha-delivery\.com/|/_sec/cp_challenge/|sec-if-cpt-container|window\.gokuProps\b",
)
# ... and what ordinary pages hold as well: scripts that watch readers, and puzzles before forms.
_WATCH = re.compile(
    rb"challenges\.cloudflare\.com/turnstile/|hcaptcha\.com/1/|/_Incapsula_Resource\?|\.google\.com/recaptcha/",
)
_ARTICLE = re.compile(
    r"""property=["']?og:type["']?[^<>]{0,100}content=["']?article|article:published_time|<article[\s>]|"""
    r""""@type"\s{0,9}:\s{0,9}\[?\s{0,9}"(?:[A-Za-z]{0,20}Article|[A-Za-z]{0,20}Posting)\"""",
    re.IGNORECASE,
)
_OTHER = re.compile(
    rb"\s*(?:<\?xml[^>]{0,300}\?>\s*)?(?:<(?:rss|feed|rdf:RDF|urlset|sitemapindex)\b|[{\[])", re.IGNORECASE
)
_CHARSET = re.compile(r"charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_PARTS = re.compile(r" [|\-–—:«»] |\|")
_OUTER = re.compile(r"^\W+|\W+$")


@dataclass(frozen=True, slots=True)
class _Page:
    words: int
    links: int
    titles: tuple[str, ...]


def find_challenge(response: Response, phrases: Sequence[str]) -> str | None:
    """Return what shows that `response` is a test for robots, or None.

    `phrases` are the words such pages have for titles, in any language. Pure.
    """
    for name, values in _HEADERS.items():
        if response.headers.get(name, "").strip().lower() in values:
            return f"its header {name}"
    body = response.body
    if response.status not in STATUSES or len(body) > _LARGEST or b"<" not in body or _OTHER.match(body):
        return None
    test, watch = _TEST.search(body), _WATCH.search(body)
    page = _read(body, response.content_type)
    if page is None or page.words >= _FEW_WORDS or _ARTICLE.search(body.decode("utf-8", "replace")):
        return None
    if test:
        return f"its script {_told(test)}"
    # A title that goes on may be a headline, unless something else speaks against the page.
    said = _find(phrases, page.titles, begins=bool(watch) or response.status != 200)
    if said:
        return f"its title {said[:100]!r}"
    return f"its script {_told(watch)}" if watch and page.words < _NO_WORDS and page.links <= 3 else None


def _told(found: re.Match[bytes]) -> str:
    return found[0].decode("ascii", "replace")


def _read(body: bytes, content_type: str) -> _Page | None:
    charset = _CHARSET.search(content_type[:500])
    try:
        parser = lxml_html.HTMLParser(no_network=True, remove_comments=True, encoding=charset[1] if charset else None)
    except LookupError:
        parser = lxml_html.HTMLParser(no_network=True, remove_comments=True)
    try:
        tree = lxml_html.document_fromstring(body, parser=parser)
        titles = tuple(
            " ".join("".join(map(str, one.itertext()))[:500].split())
            for _, one in zip(range(20), tree.iter("title", "h1", "h2"), strict=False)
        )
        strip_elements(tree, "script", "style", "title", with_tail=False)
        words = sum(len(str(text).split()) for text in tree.itertext())
        return _Page(words=words, links=sum(1 for _ in tree.iter("a")), titles=titles)
    except (LxmlError, ValueError):
        return None


def _find(phrases: Sequence[str], titles: Sequence[str], *, begins: bool) -> str | None:
    forms = [form for form in map(_form, phrases) if form]
    for title in titles:
        parts = {_form(title), *map(_form, _PARTS.split(title))}
        if any(form in parts or (begins and _form(title).startswith(form)) for form in forms):
            return title
    return None


def _form(text: str) -> str:
    return _OUTER.sub("", fold_text(text)).lower()
