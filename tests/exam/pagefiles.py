"""The written pages of `tests/pages` through our cleaner and through its peers, and how near each comes to what a reader sees."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from lxml.html import HTMLParser, document_fromstring

from tests.pages.write import Page, pages
from workers.clean.page import clean
from workers.config import Config
from workers.items import Article, Capture, Drop, Entry
from workers.urls import key_of


@lru_cache(maxsize=2)
def all_pages(within: str = "") -> tuple[Page, ...]:
    """Every page, or those `within` a folder, made once in a process."""
    return tuple(pages(within))


def digest_of(written: Sequence[Page]) -> str:
    """12 hex digits of SHA-256 over pages and what is expected of them."""
    whole = hashlib.sha256()
    for page in written:
        gold = [
            page.name,
            page.url,
            page.captured_at,
            page.reason,
            page.title,
            page.author,
            page.published,
            *page.lines,
        ]
        whole.update(page.body + json.dumps([*gold, page.origin_named], ensure_ascii=False).encode())
    return whole.hexdigest()[:12]


def token_f1(got: str, expected: str) -> float:
    """F1 of the words of two texts, each counted as often as it stands there."""
    one, two = Counter(re.findall(r"\w+", got)), Counter(re.findall(r"\w+", expected))
    return 2 * sum((one & two).values()) / max(1, sum(one.values()) + sum(two.values()))


def difference(got: str, expected: str) -> tuple[str, str]:
    """The words that are missing and those that are too many, up to twelve of each."""
    one, two = Counter(re.findall(r"\w+", got)), Counter(re.findall(r"\w+", expected))
    return " ".join(list((two - one).elements())[:12]), " ".join(list((one - two).elements())[:12])


def cleaned(page: Page, config: Config) -> Article | Drop:
    """What our cleaner makes of a page; nothing but its address and its bytes is told."""
    when = dt.datetime.fromisoformat(page.captured_at)
    key = key_of(page.url)
    capture = Capture(
        key=key,
        url=page.url,
        final_url=page.url,
        status=200,
        headers={"content-type": "text/html"},
        captured_at=when,
        elapsed=0.0,
        digest="",
        size=len(page.body),
    )
    return clean(capture, page.body, entry=Entry(key=key, url=page.url, outlet=None, found_at=when), config=config)


def body_of(got: Article | Drop) -> str:
    """An article's text without its headline."""
    return got.text[slice(*got.zones.body)] if isinstance(got, Article) else ""


def is_date_right(got: Article, published: str | None) -> bool:
    """Whether the date is the expected one: the moment where one is known, else the day; none where none is told."""
    if published is None or got.published.value is None:
        return published == got.published.value
    if "T" not in published:
        return got.published.value[:10] == published
    return dt.datetime.fromisoformat(got.published.value) == dt.datetime.fromisoformat(published)


def _decoded(page: Page) -> str:
    # Two of the peers want text; the charset is told to them, which ours has to find.
    return page.body.decode("cp1256" if b"windows-1256" in page.body[:2000] else "utf-8-sig")


def letters_of(page: Page) -> str:
    """All letters and digits on a page, without what stands between them."""
    tree = document_fromstring(_decoded(page).encode(), parser=HTMLParser(encoding="utf-8"))
    return re.sub(r"\W+", "", "".join(map(str, tree.itertext())))


def by_trafilatura(page: Page) -> str:
    """The body that trafilatura finds when it is called as its documentation says."""
    from trafilatura import bare_extraction

    found: Any = bare_extraction(page.body, url=page.url, with_metadata=True)
    return (found.text or "") if found is not None else ""


def by_readability(page: Page) -> str:
    """The text of readability-lxml's summary."""
    from readability import Document

    summary = Document(_decoded(page), url=page.url).summary()
    # Between all pieces stands a space: blocks are told apart so, and what the page glued to a link is mended for it.
    return " ".join(map(str, document_fromstring(summary).itertext())) if summary.strip() else ""


def by_newspaper(page: Page) -> str:
    """The text that newspaper4k finds when it is told the language; it fetches nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import newspaper

        article = newspaper.Article(page.url, language="ar", fetch_images=False, memorize_articles=False)
        article.download(input_html=_decoded(page))
        article.parse()
    return str(article.text)


PEERS: dict[str, Callable[[Page], str]] = {
    "trafilatura": by_trafilatura,
    "readability-lxml": by_readability,
    "newspaper4k": by_newspaper,
}


def summary(scores: Sequence[float]) -> tuple[float, float, int]:
    """Mean, minimum, and how many are at least 0.99."""
    return sum(scores) / len(scores), min(scores), sum(score >= 0.99 for score in scores)
