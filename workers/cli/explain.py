"""`marsad explain`: the whole life of one item, each decision and why."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from workers.cli import screen
from workers.cli.faults import InputError
from workers.cli.options import as_json, open_store, print_json, store_option
from workers.config import Config
from workers.items import article_json, record_json, to_json
from workers.reasons import sentence
from workers.store import aliases, copies, lives, results, versions
from workers.store.database import Database
from workers.urls import canonical, key_of


@click.command()
@click.argument("name", metavar="URL|KEY")
@as_json
@store_option
def explain(name: str, store_url: str | None, *, as_json: bool) -> None:
    """Tell the whole life of one item: who announced it, what was fetched, how it was read, dated, graded, ended."""
    with open_store(store_url) as (config, database):
        key, _ = find_item(config, database, name)
        life = _life(database, key)
    if as_json:
        print_json(life)
    else:
        _tell(life)


def find_item(config: Config, database: Database, name: str) -> tuple[str, str]:
    """The key and the address of the item that goes by `name`, a key or any of its addresses. Raises InputError."""
    address = canonical(name, trackers=config.trackers)
    key = aliases.resolve(database, key_of(address) if address else name)
    life = lives.life(database, key)
    if life is None:
        raise InputError(f"{name} is not in the store {database.url}, neither as a key nor as an address")
    return key, life["item"]["url"]


def meaning(reason: str | None) -> str:
    """What a person is told of a reason; empty for none and for one that is not in the list."""
    return sentence(reason or "") or ""


def _life(database: Database, key: str) -> dict[str, Any]:
    life = lives.life(database, key)
    assert life is not None, "it has just been found"
    capture = results.capture_of(database, key)
    article = results.article_of(database, key)
    record = results.record_of(database, key)
    life["capture"] = None if capture is None else to_json(capture)
    life["article"] = None if article is None else article_json(article)
    life["record"] = None if record is None else record_json(record)
    life["visits"] = [asdict(one) for one in versions.looks(database, key)]
    related = copies.family(database, key)
    life["family"] = {
        "reports": related.reports,
        "originals": related.originals,
        "members": [asdict(one) for one in related.members],
    }
    return life


def _tell(life: dict[str, Any]) -> None:
    item, capture = life["item"], life["capture"]
    _say("item", f"{item['key']}  {item['url']}")
    _say("outlet", item["outlet"] or "unknown")
    for alias in life["aliases"]:
        _say("also at", f"{alias['url']} (by its {alias['basis']})")
    for seen in life["sightings"]:
        _tell_sighting(seen)
    if not life["sightings"]:
        _say("entered", f"{item['found_at'].isoformat()} without being announced")
    if capture:
        _say("fetched", f"{capture['captured_at']} status {capture['status']}, {capture['size']} bytes, "
                        f"{capture['headers'].get('content-type', 'no content type')}, archived as {capture['digest']}")  # fmt: skip
        if capture["final_url"] != item["url"]:
            _say("answered by", capture["final_url"])
    if life["article"]:
        _tell_article(life["article"])
    _tell_family(life["family"])
    if life["record"]:
        _tell_record(life["record"])
    for visit in life["visits"]:
        _tell_visit(visit)
    ending = life["ending"]
    if ending is None:
        trouble = f"; last trouble: {_why(item)}" if item["reason"] else ""
        _say("under way", f"waits for {item['stage']}, {item['attempts']} tries{trouble}")
    else:
        why = f": {_why(ending)}" if ending["reason"] else ""
        _say("ended", f"{ending['ending']} at {ending['stage']}{why}")


def _why(said: dict[str, Any]) -> str:
    """A reason, what it means and what was seen."""
    reason, detail = str(said["reason"]), said["detail"]
    sentence = meaning(reason)
    return reason + (f", {sentence}" if sentence else "") + (f" ({detail})" if detail else "")


def _tell_sighting(seen: dict[str, Any]) -> None:
    claim = f", dated {seen['claimed']!r} there" if seen["claimed"] else ""
    _say("announced", f"{seen['seen_at'].isoformat()} by {seen['source_url']}{claim}: {seen['title'] or ''}")
    if seen["modified"]:
        _say("  modified", f"{seen['modified'].isoformat()} as the source says")
    if seen["guid"]:
        _say("  named", f"{seen['guid']} by the source")
    for flag in seen["flags"] or ():
        _say("  flag", f"{flag} in the source's date")


def _tell_visit(visit: dict[str, Any]) -> None:
    number = f"visit {visit['number']}"
    if visit["outcome"] is None:
        trouble = f"; last trouble: {_why(visit)}" if visit["reason"] else ""
        due = visit["due"].isoformat() if visit["due"] else "any time"
        _say(number, f"waits for {visit['stage']}, due {due}{trouble}")
        return
    why = f": {_why(visit)}" if visit["reason"] else ""
    title = f": {visit['title']}" if visit["outcome"] == "changed" and visit["title"] else ""
    _say(number, f"{visit['captured_at'].isoformat()} {visit['outcome']}{why}{title}")


def _tell_article(article: dict[str, Any]) -> None:
    published = article["published"]
    _say("headline", article["title"] or "none")
    _say("published", f"{published['value'] or 'unknown'} ({', '.join(published['basis']) or 'no basis'})")
    if published["reason"]:
        _say("  because", published["reason"])
    for one in published["candidates"]:
        _say("  candidate", f"{one['value']} from {one['basis']} {one['text'] or ''}")
    for flag in published["flags"]:
        _say("  flag", flag)
    _say("read by", article["read_by"] or "unknown")
    rules = article["removed_by"] or ["unknown"] * len(article["removed"])
    for line, rule in zip(article["removed"], rules, strict=False):
        _say("removed", f"[{rule}] {line[:200]}")
    for one in article["reused"]:
        _say("background", f"stood in {one['count']} earlier articles: {one['text'][:200]}")
    said = article["copies"]
    if said["origin_named"]:
        _say("origin named", said["origin_named"])
    if said["of"]:
        _say("copy of", f"{said['of']} ({said['relation']}, {said['score']})")


def _tell_family(family: dict[str, Any]) -> None:
    if family["reports"] < 2:
        return
    _say("told by", f"{family['reports']} articles, {family['originals']} of them originals")
    for one in family["members"]:
        how = "original"
        if one["of"]:
            altered = f", altered: {', '.join(one['altered'])}" if one["altered"] else ""
            how = f"{one['relation']} of {one['of']} after {one['lag'] / 3600:.1f} hours{altered}"
        _say(
            "  article",
            f"{one['key']} {one['at'].isoformat()} {one['outlet'] or 'unknown'}, {how}: {one['title'] or ''}",
        )


def _tell_record(record: dict[str, Any]) -> None:
    relevance = record["relevance"]
    _say("grade", f"{relevance['grade']} (score {relevance['score']:.2f}) {' '.join(relevance['direction'])}")
    for name in ("why", "against"):
        for one in relevance[name]:
            _say(f"  {name}", f"{one['rule']} ({one['weight']:+.2f}, {one['zone']}): {one['text']}")
    for event in record["events"]:
        kind = f"{event['type']} {event['mode'] or ''}".strip()
        _say("event", f"{kind}, {event['status']}: {', '.join(event['actor'])} -> {', '.join(event['recipient'])}; "
                      f"{event['rule']}: {event['evidence']['text']}")  # fmt: skip
    for one in record["statements"]:
        _say("statement", f"{one['kind']} by {one['speaker'] or one['speaker_text'] or 'nobody named'}: {one['text']}")
    for one in record["citations"]:
        _say("citation", f"{one['role']} {one['name']}: {one['text']}")
    _say("versions", ", ".join(f"{name} {version}" for name, version in record["versions"].items()))


def _say(name: str, text: str) -> None:
    click.echo(f"{name:<14}{screen.plain(text)}")
