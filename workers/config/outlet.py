"""What is known of an outlet: config/outlets/<slug>.toml."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from pydantic import AfterValidator, Field

from workers.config.toml import Model
from workers.items import SourceKind

# How sure an address or selector is: fetched by somebody ("live"), seen in a saved page ("page"), named in
# somebody's list ("list"), or inferred ("guess").
Sure = Literal["live", "page", "list", "guess"]


def _selector(value: str) -> str:
    try:
        CSSSelector(value)
    except SelectorError as error:
        raise ValueError(f"{value!r} is not a CSS selector: {error}") from None
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{value!r} is not an http(s) address")
    return value


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(f"{value!r} is not a time zone of the IANA database")
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"{value!r} is not a regular expression: {error}") from None
    return value


Selector = Annotated[str, AfterValidator(_selector)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
ZoneName = Annotated[str, AfterValidator(_zone)]
Pattern = Annotated[str, AfterValidator(_pattern)]


class SourceConfig(Model):
    """Where the outlet announces articles. The selectors are for listings: `link`, `title` and `date` are inside
    `item`, and `older` leads to the page before this one.

    `identity` says what makes two announcements one article: its address, or with "guid" also the name that the source
    gives it (for sources that change the address with the headline). With `whole_text` the article is taken from what
    a `wordpress` source brings, and its page is not asked for.
    """

    kind: SourceKind
    url: WebAddress
    sure: Sure
    note: str = ""
    item: Selector | None = None
    link: Selector = "a[href]"
    title: Selector | None = None
    date: Selector | None = None
    older: Selector | None = None
    identity: Literal["url", "guid"] = "url"
    whole_text: bool = False


class Profile(Model):
    """Where the parts of an article stand on a page captured on or after `valid_from`; the first selector that
    finds something wins, except that everything under `remove` goes.
    """

    valid_from: dt.date = dt.date.min
    sure: Sure = "guess"
    note: str = ""
    body: tuple[Selector, ...] = ()
    title: tuple[Selector, ...] = ()
    date: tuple[Selector, ...] = ()
    author: tuple[Selector, ...] = ()
    remove: tuple[Selector, ...] = ()


class Leftovers(Model):
    """Lines that are not the article's: whole lines, beginnings of lines, patterns found anywhere in a line that
    condemn the whole line, and lines from which on everything goes. All are compared with letters folded.

    `box` opens a box of other articles' headlines, which go with it; `origin` and `author` are labels before the name
    of the outlet a text was taken from, and of its writer. `inline` opens another article's headline in the middle of a
    paragraph. A paragraph with three of `notice` in it is the site's own: terms, cookies, comments. `soft_404` and `challenge` are what a page says that is no
    article though its status is 200: not found, or a test for robots. `longest_heading` is how many words a sub-heading
    of the outlet has at most: where it sets other articles' headlines between its paragraphs, a longer one is such.
    """

    exact: tuple[str, ...] = ()
    prefix: tuple[str, ...] = ()
    pattern: tuple[Pattern, ...] = ()
    from_here: tuple[str, ...] = ()
    box: tuple[str, ...] = ()
    inline: tuple[str, ...] = ()
    notice: tuple[str, ...] = ()
    origin: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    soft_404: tuple[str, ...] = ()
    challenge: tuple[str, ...] = ()
    longest_heading: int | None = None


class UrlRules(Model):
    """Which addresses of the outlet are articles: patterns searched in the path; none given means all."""

    article: tuple[Pattern, ...] = ()
    skip: tuple[Pattern, ...] = ()


class Outlet(Model):
    """One outlet; `slug` is its file's name."""

    slug: str = Field(default="", exclude=True)
    name: str
    name_en: str
    home: WebAddress
    hosts: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    language: str = "ar"
    timezone: ZoneName = "Asia/Damascus"
    pace: float | None = Field(default=None, gt=0, description="seconds between two requests to one of its sites")
    watch: bool = True
    note: str = ""
    sources: tuple[SourceConfig, ...] = ()
    profiles: tuple[Profile, ...] = ()
    leftovers: Leftovers = Leftovers()
    urls: UrlRules = UrlRules()

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the outlet writes its dates."""
        return ZoneInfo(self.timezone)

    def profile_on(self, day: dt.date) -> Profile:
        """The profile in force on `day`: the latest that is not after it."""
        valid = [profile for profile in self.profiles if profile.valid_from <= day]
        return max(valid, key=lambda profile: profile.valid_from, default=Profile())

    def owns(self, host: str) -> bool:
        """Whether `host` (lower case) is one of the outlet's hosts or below one."""
        return any(host == own or host.endswith("." + own) for own in self.hosts)
