"""How the sources of a made-up web are written: lines of articles, the latest first, → a body and its media type."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin
from xml.sax.saxutils import escape

HOUR = timedelta(hours=1)
_MANY = {"minutes": "دقيقة", "hours": "ساعة", "days": "يوما"}


@dataclass(frozen=True, slots=True)
class Line:
    """An article as a source shows it: published `at`, said to be so at `claimed`, in the outlet's zone."""

    number: int
    title: str
    address: str
    at: datetime
    claimed: datetime


def rss(lines: Sequence[Line], now: datetime) -> tuple[str, str]:
    """RSS as WordPress writes it, with trackers behind its links."""
    rows = "".join(
        f"<item><title>{escape(one.title)}</title><link>{one.address}?utm_source=rss&amp;utm_medium=feed</link>"
        f"<pubDate>{_mail(one.claimed)}</pubDate><guid isPermaLink='false'>{one.address}#id</guid></item>"
        for one in lines
    )
    head = "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>"
    space = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    return f'<rss version="2.0" {space}><channel><title>x</title>{head}{rows}</channel></rss>', "application/rss+xml"


def rss_local(lines: Sequence[Line], now: datetime) -> tuple[str, str]:
    """The same with dates that do not say of which zone they are."""
    body, media = rss(lines, now)
    for offset in ("+0100", "+0200", "+0300"):
        body = body.replace(f" {offset}</pubDate>", "</pubDate>")
    return body, media


def atom(lines: Sequence[Line], now: datetime) -> tuple[str, str]:
    """Atom."""
    rows = "".join(
        f"<entry><title>{escape(one.title)}</title><link href='{one.address}'/><id>tag:{one.number}</id>"
        f"<published>{one.claimed.isoformat()}</published><updated>{one.claimed.isoformat()}</updated></entry>"
        for one in lines
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>{rows}</feed>', "application/atom+xml"


def json_feed(lines: Sequence[Line], now: datetime) -> tuple[str, str]:
    """JSON Feed."""
    rows = [
        {
            "id": str(one.number),
            "url": one.address,
            "title": one.title,
            "date_published": one.claimed.isoformat(),
        }
        for one in lines
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": rows}
    return json.dumps(feed, ensure_ascii=False), "application/feed+json"


_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


def sitemap(lines: Sequence[Line], now: datetime) -> tuple[str, str]:
    """A sitemap, whose addresses are the twins with www."""
    rows = "".join(
        f"<url><loc>{one.address.replace('https://', 'https://www.')}/</loc><lastmod>{one.at.isoformat()}</lastmod></url>"
        for one in lines
    )
    return f'<?xml version="1.0"?><urlset xmlns="{_SITEMAPS}">{rows}</urlset>', "application/xml"


def news_sitemap(lines: Sequence[Line], now: datetime) -> tuple[str, str]:
    """A sitemap for news, with titles and dates."""
    rows = "".join(
        f"<url><loc>{one.address}</loc><n:news><n:publication_date>{one.claimed.isoformat()}"
        f"</n:publication_date><n:title>{escape(one.title)}</n:title></n:news></url>"
        for one in lines
    )
    return f'<?xml version="1.0"?><urlset xmlns="{_SITEMAPS}" xmlns:n="{_NEWS}">{rows}</urlset>', "application/xml"


def index(lines: Sequence[Line], now: datetime) -> tuple[str, str]:
    """An index of sitemaps: the addresses of the lines, each changed when the line says."""
    rows = "".join(
        f"<sitemap><loc>{one.address}</loc><lastmod>{one.at.isoformat()}</lastmod></sitemap>" for one in lines
    )
    return f'<?xml version="1.0"?><sitemapindex xmlns="{_SITEMAPS}">{rows}</sitemapindex>', "application/xml"


def board(lines: Sequence[Line], now: datetime) -> tuple[str, str]:
    """A page of headlines, which says in words how old they are."""
    rows = "".join(
        f"<article><h2><a href='/news/{one.number}'>{one.title}</a></h2><time>{_ago(now - one.at)}</time></article>"
        for one in lines
    )
    return f"<!DOCTYPE html><html><body><nav><a href='/about'>عنا</a></nav>{rows}</body></html>", "text/html"


def posts(lines: Sequence[Line], now: datetime) -> tuple[str, str]:
    """What WordPress's API answers; every fourth post is mended two hours after it came."""
    rows = []
    for one in lines:
        changed = one.at + 2 * HOUR if one.number % 4 == 0 and now >= one.at + 2 * HOUR else one.at
        rows.append({
            "id": one.number, "link": one.address, "date_gmt": f"{one.at:%Y-%m-%dT%H:%M:%S}",
            "modified_gmt": f"{changed:%Y-%m-%dT%H:%M:%S}", "guid": {"rendered": urljoin(one.address, f"/?p={one.number}")},
            "title": {"rendered": one.title}, "content": {"rendered": f"<p>{one.title}.</p>", "protected": False},
        })  # fmt: skip
    return json.dumps(rows, ensure_ascii=False), "application/json"


def _mail(at: datetime) -> str:
    return f"{at:%a, %d %b %Y %H:%M:%S %z}"


def _ago(age: timedelta) -> str:
    minutes = int(age / timedelta(minutes=1))
    number, unit = (minutes, "minutes") if minutes < 60 else (minutes // 60, "hours")
    number, unit = (number, unit) if minutes < 1440 else (minutes // 1440, "days")
    return f"منذ {number} {_MANY[unit]}"
