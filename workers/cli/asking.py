"""How a command asks the web: through the same transport as the workers, but waiting for its turn."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from workers.config import Config, Outlet, SourceConfig
from workers.fetch.transport import Transport
from workers.fetch.verdict import judge
from workers.items import Drop, Failure, Hop, Later, Response, Source
from workers.reasons import FAULTS, REASONS
from workers.urls import canonical, key_of
from workers.watch.children import follow
from workers.watch.read import read
from workers.watch.sightings import Listing

PATIENCE = 900.0  # seconds that one command waits for its turns, all together
MAX_CHILDREN = 2  # sitemaps of an index that are read to see what it leads to
_SHORTEST = 0.01  # seconds: a transport that says "now" again and again must come to an end too


@dataclass(slots=True)
class Asker:
    """A transport for somebody who waits: `Later` is slept on, for `left` seconds more at most. `say` hears each address."""

    transport: Transport
    say: Callable[[str], None] = lambda _: None
    sleep: Callable[[float], None] = time.sleep
    left: float = PATIENCE

    def ask(self, url: str) -> Response | Failure | Drop:
        """Fetch `url`, however often its host has to be waited for."""
        self.say(url)
        hop: Hop | None = None
        while isinstance(answer := self.transport.get(url, hop=hop), Later):
            if answer.seconds > self.left:
                return Failure(
                    reason="throttled", detail=f"its turn comes in {answer.seconds:.0f} s, which is too late"
                )
            hop = answer.hop
            wait = max(answer.seconds, _SHORTEST)
            self.left -= wait
            self.sleep(wait)
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One look at a source: what was read, or the trouble as a sentence and as a word of a closed list."""

    listing: Listing | None = None
    response: Response | None = None
    trouble: str = ""
    reason: str = ""

    @property
    def status(self) -> int | None:
        """The HTTP status, where there was an answer."""
        return self.response.status if self.response else None


def look(asker: Asker, source: Source, config: Config) -> Seen:
    """Ask a source and read the answer as the watcher would; an index with the newest of its sitemaps."""
    seen = _look(asker, source, config)
    if seen.listing is None or not seen.listing.children:
        return seen
    found = {one.key: one for one in seen.listing.sightings}
    for child in follow(seen.listing.children, last_look=None)[:MAX_CHILDREN]:
        led_to = replace(source, key=key_of(child.url), url=child.url, parent=source.key)
        inside = _look(asker, led_to, config)
        found.update({one.key: one for one in (inside.listing.sightings if inside.listing else ())})
    return replace(seen, listing=replace(seen.listing, sightings=tuple(found.values())))


def _look(asker: Asker, source: Source, config: Config) -> Seen:
    answer = asker.ask(source.url)
    if not isinstance(answer, Response):
        return Seen(trouble=sentence(answer), reason=answer.reason)
    wrong = judge(answer)
    if wrong is not None and wrong.reason != "empty":
        return Seen(response=answer, trouble=sentence(wrong), reason=wrong.reason)
    listing = read(answer, source, config)
    trouble = FAULTS.get(listing.fault, listing.fault) if listing.fault else ""
    return Seen(listing=listing, response=answer, trouble=trouble, reason=listing.fault or "")


def source_of(one: SourceConfig, outlet: Outlet, config: Config) -> Source:
    """The source that a configured address is."""
    url = canonical(one.url, trackers=config.trackers) or one.url
    return Source(key=key_of(url), outlet=outlet.slug, kind=one.kind, url=url)


def sentence(wrong: Drop | Failure) -> str:
    """A trouble in words, with what is known of it."""
    policy = REASONS.get(wrong.reason)
    said = policy.sentence if policy else wrong.reason
    return f"{said} ({wrong.detail})" if wrong.detail else said
