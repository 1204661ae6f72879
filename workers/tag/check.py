"""The example sentences of a topic's files are its tests: each rule must fire on its `yes` and stay silent on its `no`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from workers.arabic.letters import fold_text
from workers.config.toml import Fault
from workers.items import Article, Event, Published, Tags, Zones
from workers.tag.tagger import Tagger

Examples = tuple[Iterable[str], Iterable[str]]

_DAY = "2025-06-01T00:00:00+03:00"


def check_examples(tagger: Tagger) -> list[Fault]:
    """Return a fault for every example sentence that does not behave, with its file and line."""
    return [*_events(tagger), *_speech(tagger), *_relevance(tagger), *_topic(tagger), *_senses(tagger)]


def sample(text: str, *, title: str | None = None, published: str | None = _DAY) -> Article:
    """Return `text` (paragraphs separated by blank lines) as an article; `published` is ISO 8601 with an offset."""
    whole = f"{title}\n\n{text}" if title else text
    body = len(title) + 2 if title else 0
    end = whole.find("\n\n", body)
    zones = Zones(
        headline=(0, len(title or "")), lead=(body, len(whole) if end < 0 else end), body=(body, len(whole))
    )  # fmt: skip
    return Article(
        id="sample", key="sample", url="", outlet=None, language="ar", title=title, author=None, text=whole, zones=zones,
        published=Published(value=published),
    )  # fmt: skip


def _run(tagger: Tagger, file: str, rule: str, examples: Examples, fires: Callable[[Tags], bool]) -> Iterator[Fault]:
    path = tagger.knowledge.folder / file
    yes, no = examples
    for sentence in yes:
        if not fires(tagger.tag(_example(sentence))):
            yield Fault(str(path), _line(path, sentence), f"{rule} stays silent on its example: {sentence}")
    for sentence in no:
        if fires(tagger.tag(_example(sentence))):
            yield Fault(str(path), _line(path, sentence), f"{rule} fires on its counter-example: {sentence}")


def _example(sentence: str) -> Article:
    """An example may begin with a headline, parted from the text by a bar."""
    title, _, text = sentence.rpartition(" | ")
    return sample(text, title=title or None)


def _line(path: Path, sentence: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if sentence in line), 0)


def _events(tagger: Tagger) -> Iterator[Fault]:
    config = tagger.knowledge.events
    files = {path: path.read_text(encoding="utf-8") for path in sorted(tagger.knowledge.folder.glob("events*.toml"))}
    for pattern in config.patterns:
        path = next(path for path, text in files.items() if f'id = "{pattern.id}"' in text)
        for example in pattern.yes:
            sentence, _, wanted = example.partition(" -> ")
            found = [event for event in tagger.tag(sample(sentence)).events if event.rule == pattern.id]
            if not any(_matches(event, wanted) for event in found):
                got = "; ".join(_told(event) for event in found) or "nothing"
                yield Fault(str(path), _line(path, example), f"{pattern.id}: {example}: got {got}")
        yield from _run(tagger, path.name, pattern.id, ((), pattern.no), _coded(pattern.id))
    for cue in config.status:
        yield from _run(tagger, "events.toml", cue.status, (cue.yes, cue.no), _of_status(cue.status))


def _matches(event: Event, wanted: str) -> bool:
    return not wanted or _told(event) == wanted or _told(event).split(" ")[0] == wanted


def _told(event: Event) -> str:
    return f"{'+'.join(event.actor_country)}>{'+'.join(event.recipient_country)} {event.status}"


def _speech(tagger: Tagger) -> Iterator[Fault]:
    config, file = tagger.knowledge.speech, "speech.toml"
    for group in config.verbs:
        yield from _run(tagger, file, group.id, (group.yes, group.no), _of_polarity(group.polarity))
    by, cited = config.attributions, config.citations
    yield from _run(tagger, file, "attributions", (by.yes, by.no), lambda tags: bool(tags.statements))
    yield from _run(tagger, file, "citations", (cited.yes, cited.no), lambda tags: bool(tags.citations))


def _relevance(tagger: Tagger) -> Iterator[Fault]:
    for rule in tagger.knowledge.relevance.rules:
        yield from _run(tagger, "relevance.toml", rule.id, (rule.yes, rule.no), _reason(rule.id))


def _topic(tagger: Tagger) -> Iterator[Fault]:
    topic = tagger.knowledge.topic
    for anchor in topic.anchors:
        yield from _run(tagger, "topic.toml", anchor.id, (anchor.yes, anchor.no), _reason(f"anchor:{anchor.id}"))
    if topic.home:
        yield from _run(tagger, "topic.toml", "home", (topic.home.yes, topic.home.no), lambda tags: bool(tags.events))
    words = topic.adjectives
    yield from _run(tagger, "topic.toml", "adjectives", (words.yes, words.no), lambda tags: tags.relevance.grade > 0)


def _coded(rule: str) -> Callable[[Tags], bool]:
    return lambda tags: any(event.rule == rule for event in tags.events)


def _of_status(status: str) -> Callable[[Tags], bool]:
    return lambda tags: any(event.status == status for event in tags.events)


def _of_polarity(polarity: str) -> Callable[[Tags], bool]:
    return lambda tags: any(statement.polarity == polarity for statement in tags.statements)


def _reason(rule: str) -> Callable[[Tags], bool]:
    def fires(tags: Tags) -> bool:
        return any(
            w.rule == rule or w.rule.startswith(f"{rule}:") for w in (*tags.relevance.why, *tags.relevance.against)
        )

    return fires


def _senses(tagger: Tagger) -> Iterator[Fault]:
    files = {path: path.read_text(encoding="utf-8") for path in sorted(tagger.knowledge.folder.glob("entities-*.toml"))}
    for entity in tagger.knowledge.entities:
        file = next((path.name for path, text in files.items() if f'id = "{entity.id}"' in text), "")
        for sense in entity.senses:
            form = fold_text(sense.form).removeprefix("ال")
            fires = _names(entity.id, form)
            yield from _run(tagger, file, f"{entity.id} ({sense.form})", (sense.yes, sense.no), fires)


def _names(entity: str, form: str) -> Callable[[Tags], bool]:
    def fires(tags: Tags) -> bool:
        return any(form in fold_text(m.text) for one in tags.entities if one.id == entity for m in one.mentions)

    return fires
