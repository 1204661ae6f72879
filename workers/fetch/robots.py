"""What a site's robots.txt lets this program read (RFC 9309), how long that holds, and what it means when none comes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from protego import Protego

from workers.items import Response
from workers.urls import host_of

MAX_BYTES = 500 * 1024  # of a robots.txt that are read; RFC 9309, 2.5: at least 500 kibibytes
MAX_REDIRECTS = 5  # RFC 9309, 2.3.1.2
LONGEST = timedelta(hours=24)  # RFC 9309, 2.4: no copy is used for longer, unless no new one can be had
SHORTEST = timedelta(hours=1)  # what a Cache-Control of nothing would cost: two requests for every page
GIVEN_UP = timedelta(days=30)  # RFC 9309, 2.3.1.4: a reasonably long time, after which no answer counts as no rules
FIRST_RETRY = timedelta(minutes=5)  # when nobody answered; later retries wait as long as the trouble has lasted
RETRY = timedelta(hours=1)
MAX_DELAY = 300.0  # seconds; a Crawl-delay of hours would keep an outlet's news from ever being read in time

_REDIRECTS = {301, 302, 303, 307, 308}
_AGENT_LINE = re.compile(r"user[- ]?agent ?(?::| |$) ?([^\s#:]{0,100})", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z_-]+")
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s{0,3}=\s{0,3}\"?(\d{1,10})", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What came for a robots.txt: HTTP `status` (None: no answer) and its `text`, to be used until `good_until`.

    With a redirect's status `text` holds the addresses it has led to, one a line; none when it led nowhere. `since` is
    when the trouble began that kept a new copy from coming; an old copy is used on meanwhile.
    """

    status: int | None
    text: str
    fetched_at: datetime
    good_until: datetime
    since: datetime | None = None

    @property
    def way(self) -> tuple[str, ...]:
        """The addresses that redirects of a fetch not yet finished have led to."""
        return tuple(self.text.splitlines()) if self.status in _REDIRECTS else ()


class Shelf(Protocol):
    """Keeps what came, by origin: `https://host`, with the port if it is not the scheme's own."""

    def load(self, origin: str) -> Kept | None:
        """What is kept for `origin`, however old, or None."""
        ...

    def save(self, origin: str, kept: Kept) -> None:
        """Keep `kept` in place of what was there."""
        ...


class Rules:
    """The rules of a kept robots.txt. Pure."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._parsed: dict[str, Protego] = {}

    @property
    def known(self) -> bool:
        """Whether the site has said what may be read; if not, nothing may."""
        status, since = self._kept.status, self._kept.since
        return _answered(status) or (since is not None and self._kept.fetched_at - since >= GIVEN_UP)

    def allows(self, url: str, agent: str) -> bool:
        """Whether `agent`, a User-Agent whose first word names the program, may read `url`."""
        return self.known and self._parse(agent).can_fetch(url, product(agent))

    def delay(self, agent: str) -> float | None:
        """The Crawl-delay asked of `agent` in seconds, at most MAX_DELAY, or None."""
        delay = self._parse(agent).crawl_delay(product(agent))
        return None if delay is None else min(delay, MAX_DELAY)

    def _parse(self, agent: str) -> Protego:
        name = product(agent)
        if name not in self._parsed:
            text = self._kept.text if _has_rules(self._kept.status) else ""
            self._parsed[name] = Protego.parse(_for_agent(text, name))
        return self._parsed[name]


def origin_of(url: str) -> str:
    """Return the origin of an http(s) address. Raises ValueError for a broken one."""
    parts = urlsplit(url)
    host = host_of(url)
    if not host:
        raise ValueError(f"{url[:200]!r} has no host")
    own = {"http": 80, "https": 443}.get(parts.scheme)
    port = "" if parts.port in (None, own) else f":{parts.port}"
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def product(agent: str) -> str:
    """Return the name by which robots.txt calls the program with this User-Agent, in lower case."""
    found = _TOKEN.match(agent)
    return found[0].lower() if found else "*"


def settle(answer: Response | None, now: datetime, old: Kept | None, *, way: tuple[str, ...] = ()) -> Kept:
    """Return what to keep of an `answer` (None: none came) to a request for a robots.txt, `old` being kept so far.

    `way` are the addresses that its redirects have led to, in order: the last is to be asked next. Redirects without
    end, or to nowhere (no `way`), mean that there are no rules (RFC 9309, 2.3.1.2). Pure.
    """
    status = answer.status if answer else None
    if status in _REDIRECTS and 0 < len(way) <= MAX_REDIRECTS:
        return Kept(status=status, text="\n".join(way), fetched_at=now, good_until=now + RETRY)
    if answer and _answered(status):
        text = _read(answer.body) if _has_rules(status) else ""
        return Kept(status=status, text=text, fetched_at=now, good_until=now + _lifetime(answer.headers))
    since = (old.since if old else None) or now
    pause = RETRY if answer else min(max(now - since, FIRST_RETRY), RETRY)
    if old and _answered(old.status) and not old.way:
        return replace(old, good_until=now + pause, since=since)
    return Kept(status=status, text="", fetched_at=now, good_until=now + pause, since=since)


def _answered(status: int | None) -> bool:
    # A refusal is an answer: there are no rules for us (RFC 9309, 2.3.1.3). A server at its limits has not said so.
    return status is not None and 200 <= status < 500 and status != 429


def _has_rules(status: int | None) -> bool:
    return status is not None and 200 <= status < 300


def _read(body: bytes) -> str:
    whole = len(body) <= MAX_BYTES
    body = body[:MAX_BYTES]
    if not whole:  # half a line may forbid more, or allow more, than the whole
        body = body[: max(body.rfind(b"\n"), body.rfind(b"\r")) + 1]
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace").replace("\x00", "")
    return body.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace").replace("\x00", "")


def _for_agent(text: str, name: str) -> str:
    """The same rules with three names at most: the program's, `*`, and one for all others.

    Protego takes "mars" for a name of "marsad", where RFC 9309 (2.2.1) compares whole names; and it copies every rule
    to each of its group's names, which makes gigabytes of a file of a few hundred kilobytes written for that.
    """
    return "\n".join(_agent_line(line, name) for line in text.splitlines())


def _agent_line(line: str, name: str) -> str:
    found = _AGENT_LINE.match(" ".join(line.split(maxsplit=3)))
    if not found:
        return line
    if found[1] == "*":
        return "User-agent: *"
    token = _TOKEN.match(found[1])
    return f"User-agent: {name if token and token[0].lower() == name else '0'}"


def _lifetime(headers: Mapping[str, str]) -> timedelta:
    said = _MAX_AGE.search(headers.get("cache-control", "")[:1000])
    return LONGEST if said is None else min(max(timedelta(seconds=int(said[1])), SHORTEST), LONGEST)
