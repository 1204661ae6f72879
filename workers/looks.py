"""An answer of a source → a look: what was new in it, what it shows of the source, and when to look again.

Nothing is kept here; what is known already is read from the store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from workers.config import Outlet
from workers.items import Drop, Entry, Failure, Response, Source, from_json, to_json
from workers.leads import led_to
from workers.reasons import REASONS
from workers.road import Road
from workers.store import sources
from workers.store.acquaintance import Acquainted, acquainted
from workers.store.aliases import Alias
from workers.watch import conditional, identity, ledger, websub
from workers.watch.plan import Bounds, History, apportion, next_look
from workers.watch.rhythm import Rhythm
from workers.watch.sightings import Listing

# Articles that a source's rhythm lets expect since it was last read in full, after which a "not modified" is not
# believed: by chance nothing comes then once in twenty times.
EXPECTED = 3.0

# Looks without an answer after which a page of a backfill is left: what is older cannot be reached through it.
BACKFILL_TRIES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look brought, decided but not kept.

    `same` says of announced keys which known item they are and by what, `wrong` which were taken for another item by
    mistake; `led_to` are sources found in it, each with
    the time of its first look; `whole` are the pages that came with it, by key; `hub` is the hub to ask to deliver, and
    for what. `in_full` is whether the source was read, and not only said that nothing has changed; `delivered` is
    whether a hub brought it, which tells of some articles and replaces no look.
    """

    poll: sources.Poll
    state: sources.State
    next_poll_at: datetime | None
    entries: Sequence[Entry] = ()
    same: dict[str, tuple[str, str]] = field(default_factory=dict)
    wrong: frozenset[str] = frozenset()
    led_to: Sequence[tuple[Source, datetime | None]] = ()
    whole: dict[str, Response] = field(default_factory=dict)
    hub: tuple[str, str] | None = None
    in_full: bool = False
    delivered: bool = False


def overdue(road: Road, state: sources.State, known: conditional.Validators, now: datetime) -> bool:
    """Whether so much should have come since the source was last read in full that its word is not enough."""
    if known.checked_at is None:
        return True
    expected = Rhythm.from_json(state.rhythm).expected(known.checked_at, now, _zone(road, state.source))
    return expected >= EXPECTED


def seen(
    road: Road,
    state: sources.State,
    answer: Response,
    listing: Listing,
    *,
    asked: dict[str, str],
    pushed: bool,
    delivered: bool = False,
) -> Look:
    """A look that showed `listing`, or what a hub `delivered` of it."""
    source, at = state.source, answer.captured_at
    zone = _zone(road, source)
    _, declared = road.config.declared(source)
    announced = _entries(road, source, listing, at)
    entries = [
        one for one in announced if source.since is None or one.published is None or one.published >= source.since
    ]
    by_guid = declared is not None and declared.identity == "guid"
    least = 1 if by_guid else identity.REKEYED
    known = acquainted(road.database, source.key, [one.key for one in entries], least=least)
    wrong = {one.key for one in entries if _another(one, known.aliases.get(one.key))}
    known = replace(known, keys={key: item for key, item in known.keys.items() if key not in wrong})
    same, rekeyed = _same(entries, known, by_guid=by_guid)
    unknown = [one for one in entries if one.key not in known.keys and one.key not in same]
    digest = hashlib.sha256(answer.body).hexdigest()
    poll = sources.Poll(
        source=source.key,
        polled_at=at,
        status=answer.status,
        seen=len(entries),
        unreadable=listing.unreadable,
        capped=listing.capped,
        rekeyed=rekeyed,
        gap=ledger.gap_risk(
            seen=len(entries),
            known=len(entries) - len(unknown),
            capped=listing.capped,
            first_look=state.digest is None or delivered,
            not_modified=False,
            backfill=source.since is not None,
            oldest_seen=_oldest(entries, zone),
            newest_before=known.newest,
        ),
        fault=listing.fault,
        digest=digest,
    )
    validators = conditional.Validators()
    if listing.fault is None:  # what could not be read is asked for again without conditions
        validators = conditional.learned(
            from_json(conditional.Validators, state.validators or {}),
            answer.headers,
            status=answer.status,
            asked=asked,
            new=len(unknown),
            digest_changed=digest != state.digest,
            now=at,
            published=[one.published for one in unknown if one.published],
        )
    rhythm = Rhythm.from_json(state.rhythm)
    if source.since is None and listing.fault is None:
        # A first look shows what came before anybody watched: its dates are a rhythm all the same.
        rhythm = rhythm.observe([one.published or at for one in unknown], until=at, zone=zone)
    said = (conditional.fresh_for(answer.headers, at), listing.fresh_for)
    learned = replace(state, rhythm=rhythm.as_json(), volume=sum(rhythm.week()), new_at=at if unknown else state.new_at)
    after = (
        learned
        if delivered
        else replace(
            learned,
            polled_at=at,
            validators=to_json(validators),
            fresh_for=max((one for one in said if one is not None), default=None),
            retry_after=None,
            faults=0 if listing.fault is None else state.faults + 1,
            digest=digest,
        )
    )
    topic = listing.topic or source.url
    hub = websub.choose_hub([listing.hub], topic) if listing.hub and source.since is None else None
    return Look(
        poll=poll,
        entries=entries,
        state=after,
        next_poll_at=None if delivered else _next(road, after, pushed=pushed, dead=after.faults >= BACKFILL_TRIES),
        same=same,
        wrong=frozenset(wrong),
        led_to=led_to(road, after, state.polled_at, listing, more=bool(entries)),
        whole=_whole(listing, answer) if declared is not None and declared.whole_text else {},
        hub=(hub, topic) if hub else None,
        in_full=not delivered,
        delivered=delivered,
    )


def unchanged(road: Road, state: sources.State, answer: Response, *, asked: dict[str, str], pushed: bool) -> Look:
    """A look that was told that nothing has changed."""
    at = answer.captured_at
    validators = conditional.learned(
        from_json(conditional.Validators, state.validators or {}),
        answer.headers, status=answer.status, asked=asked, new=0, digest_changed=False, now=at,
    )  # fmt: skip
    after = replace(
        state,
        polled_at=at,
        validators=to_json(validators),
        rhythm=Rhythm.from_json(state.rhythm).observe([], until=at, zone=_zone(road, state.source)).as_json(),
        fresh_for=conditional.fresh_for(answer.headers, at) or state.fresh_for,
        retry_after=None,
        faults=0,
    )
    poll = sources.Poll(source=state.source.key, polled_at=at, status=answer.status, not_modified=True)
    return Look(poll=poll, state=after, next_poll_at=_next(road, after, pushed=pushed))


def blind(
    road: Road,
    state: sources.State,
    at: datetime,
    status: int | None,
    wrong: Drop | Failure,
    *,
    pushed: bool,
    ours: bool = False,
) -> Look:
    """A look that showed nothing; `ours`: because this machine's own network is down, which is no fault of the source."""
    asked_for = wrong.retry_after if isinstance(wrong, Failure) else None
    after = replace(state, polled_at=at, retry_after=asked_for, faults=state.faults + (not ours))
    fault = "offline" if ours else wrong.reason
    poll = sources.Poll(source=state.source.key, polled_at=at, status=status, fault=fault, detail=wrong.detail[:2000])
    policy = REASONS.get(wrong.reason)
    dead = after.faults >= BACKFILL_TRIES or (policy is not None and policy.ending == "dropped")
    return Look(
        poll=poll, state=after, next_poll_at=_next(road, after, pushed=pushed, ours=ours, dead=dead and not ours)
    )


def placed(look: Look, place: str | None) -> Look:
    """The same look with where its answer is archived."""
    state = look.state if look.delivered else replace(look.state, place=place)
    return replace(look, poll=replace(look.poll, place=place), state=state)


def _entries(road: Road, source: Source, listing: Listing, at: datetime) -> list[Entry]:
    return [
        Entry(
            key=one.key,
            url=one.url,
            outlet=owner.slug if (owner := road.config.outlet_of(one.url)) else source.outlet,
            source=source.key,
            found_at=at,
            title=one.title,
            published=one.published,
            claimed=one.claimed,
            modified=one.modified,
            guid=one.guid,
            flags=one.flags,
        )
        for one in listing.sightings
    ]


def _same(entries: Sequence[Entry], known: Acquainted, *, by_guid: bool) -> tuple[dict[str, tuple[str, str]], int]:
    """The announced keys that are known items under a new address, each with what tells so; how many by their titles."""
    found = identity.settle(
        [identity.Announced(key=one.key, guid=one.guid, title=one.title, published=one.published) for one in entries],
        known.keys,
        [identity.Known(key=one.key, guid=one.guid, title=one.title, published=one.published) for one in known.names],
        by_guid=by_guid,
    )
    guids = {(one.key, one.guid) for one in known.names}
    guid_of = {one.key: one.guid for one in entries}
    return {
        key: (item, "guid" if by_guid and (item, guid_of[key]) in guids else "title")
        for key, item in found.same.items()
    }, found.rekeyed


def _oldest(entries: Sequence[Entry], zone: ZoneInfo) -> datetime | None:
    """The oldest date among the entries; None where it is a day without an hour, which says too little."""
    oldest = min((one.published for one in entries if one.published), default=None)
    local = oldest.astimezone(zone) if oldest else None
    return None if local is None or (local.hour, local.minute, local.second) == (0, 0, 0) else oldest


def _next(road: Road, state: sources.State, *, pushed: bool, ours: bool = False, dead: bool = False) -> datetime | None:
    """When to look again. What a backfill or an index led to rests once it was read, or is `dead`."""
    source, at = state.source, state.polled_at
    assert at is not None, "a look has just been made"
    if road.recordings is not None:
        return road.transport.next_at(source.url, at)
    if (source.since is not None or source.parent is not None) and (state.faults == 0 or dead):
        return None
    history = History(
        polled_at=at,
        faults=state.faults,
        retry_after=state.retry_after,
        fresh_for=state.fresh_for,
        rhythm=Rhythm.from_json(state.rhythm),
        pushed=pushed,
        ours=ours,
        key=source.key,
    )
    return next_look(at, history, _bounds(road, state), _zone(road, source))


def _bounds(road: Road, state: sources.State) -> Bounds:
    """This source's share of all the looks that the settings grant: outlets that write more get more of them."""
    settings = road.config.settings
    every = settings.poll_every  # who sets it alone means it
    usual = Bounds(shortest=min(settings.poll_shortest, every), usual=every, longest=max(settings.poll_longest, every))
    if not state.volume:
        return usual
    others = [volume for key, volume in sources.volumes(road.database).items() if key != state.source.key and volume]
    return apportion([state.volume, *others], usual)[0]


def _another(entry: Entry, alias: Alias | None) -> bool:
    """Whether an entry bears the address that a page once named as its own, and is another article by its headline."""
    if alias is None or alias.basis not in {"canonical", "redirect"} or not entry.title or not alias.titles:
        return False
    return not any(identity.same_article(entry.title, title) for title in alias.titles)


def _whole(listing: Listing, answer: Response) -> dict[str, Response]:
    return {
        one.key: Response(
            url=one.url,
            final_url=one.url,
            status=200,
            headers={"content-type": "text/html; charset=utf-8"},
            body=one.html.encode("utf-8", "replace"),
            captured_at=answer.captured_at,
        )
        for one in listing.sightings
        if one.html
    }


def _zone(road: Road, source: Source) -> ZoneInfo:
    outlet, _ = road.config.declared(source)
    return outlet.zone if outlet else ZoneInfo(Outlet.model_fields["timezone"].default)
