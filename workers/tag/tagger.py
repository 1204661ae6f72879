"""One article in, its tags out. Knows the order of the steps; each step is a file of its own."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from workers.arabic.letters import fold_text
from workers.arabic.quotes import quotations
from workers.items import Article, Tags
from workers.tag.anaphora import Anaphora
from workers.tag.both import Both
from workers.tag.citations import Sources
from workers.tag.coded import Coded
from workers.tag.entities import Hit, Matcher
from workers.tag.events import Coder, Heard
from workers.tag.evidence import Findings
from workers.tag.home import Home
from workers.tag.lexicon import Lexicon
from workers.tag.loader import Knowledge, load
from workers.tag.merging import merged, said_once
from workers.tag.newcomers import Newcomers
from workers.tag.parties import Parties
from workers.tag.party import Party
from workers.tag.reading import Reading, read
from workers.tag.relevance import Judge
from workers.tag.scene import Scene
from workers.tag.statements import Listener, Said
from workers.tag.thread import Thread
from workers.tag.titles import holders, named_by_office
from workers.tag.voices import Memory

# Raise it when the meaning of any rule in this folder changes: records made before are then out of date.
RULES = "5"
_ASIDES = frozenset(["aside", "ours"])


class Tagger:
    """A topic's knowledge, compiled. `version` is the digest of the topic's files."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.version = knowledge.digest
        self._lexicon = Lexicon()
        self._matcher = Matcher(knowledge)
        self._home = Home(knowledge)
        self._coder = Coder(knowledge, self._lexicon)
        self._listener = Listener(knowledge, self._lexicon)
        self._sources = Sources(knowledge)
        self._thread = Thread(knowledge)
        self._judge = Judge(knowledge)
        self._parties = Parties(knowledge.topic, knowledge.names)
        self._newcomers = Newcomers(knowledge, self._lexicon, self._parties)
        self._both = Both(knowledge.topic.nominals)
        self._anaphora = Anaphora(knowledge.topic.nominals, self._parties)
        self._countries = frozenset(one.id for one in knowledge.entities if one.type == "GPE")
        self._offices = frozenset(map(fold_text, knowledge.topic.nominals.single))
        self._versions = {"rules": RULES, "topic": knowledge.digest, "camel": _camel()}

    @classmethod
    def load(cls, folder: Path, keep: Path | None = None) -> Tagger:
        """Compile the topic in `folder`; with `keep`, what was read of it is kept there for the next start.

        Raises ConfigError with all its faults.
        """
        return cls(load(folder, keep))

    def tag(self, article: Article) -> Tags:
        """Return the tags of an article. Raises nothing, whatever the text."""
        reading = read(article, lead_chars=self.knowledge.relevance.lead_chars)
        hits = self._matcher.find(reading)
        home = self._home.country(article.outlet, hits)
        if home:
            hits = _in_order(hits, self._home.found(reading, hits, home))
        newcomers = self._newcomers.people(reading, hits, home)
        # Who has a country has a part in what is told; of the others only the name is kept.
        hits = _in_order(hits, (hit for hit in newcomers if hit.iso))
        strangers = [hit for hit in newcomers if not hit.iso]
        scenes = self._scenes(article, reading, hits, home, {hit.start: hit.end for hit in strangers})
        memory = Memory()
        findings: list[Findings] = []
        carried: Party | None = None
        for scene in scenes:
            scene.carried = carried
            scene.turns = self._thread.turns(scene)
            said = self._listener.listen(scene, memory)
            scene.said = sorted(((one.start, one.speaker) for one in said if one.speaker), key=lambda pair: pair[0])
            coded = self._coder.code(scene)
            heard = [Heard(one.start, one.end, one.speaker) for one in said if one.speaker]
            accused = self._coder.accused(scene, heard)
            # What somebody is accused of is not told as done.
            alleged = {one.trigger for one in accused}
            coded = [*(one for one in coded if one.trigger not in alleged), *accused]
            coded += self._coder.own_acts(scene, heard, coded)
            findings.append(Findings(scene, coded, said))
            carried = self._thread.carried(scene)
        said_all: list[Said] = [one for each in findings for one in each.said]
        events: list[Coded] = [one for each in findings for one in each.coded]
        return Tags(
            relevance=self._judge.grade(reading, findings),
            entities=(
                *self._matcher.entities(reading, _in_order(hits, strangers), article.published.day),
                *self._newcomers.things(reading, hits, scenes[0].quotes if scenes else ()),
            ),
            events=merged(events, self._countries),
            statements=tuple(one.statement for one in said_once(said_all, article.zones.headline[1])),
            citations=self._sources.find(reading, hits, said_all),
            versions=dict(self._versions),
        )

    def _parties_of(
        self, reading: Reading, hits: list[Hit], home: str | None
    ) -> list[tuple[list[Party], tuple[Party, ...]]]:
        """Return the parties of each sentence, and the two of whom alone it speaks."""
        starts = [hit.start for hit in hits]
        each = [
            self._parties.find(reading, one, hits[bisect_left(starts, one.start) : bisect_left(starts, one.end)])
            for one in reading.sentences
        ]
        known = holders(reading, (party for parties in each for party in parties), self._offices)
        each = [named_by_office(reading, parties, known, self._offices) for parties in each]
        each = self._anaphora.added(reading, reading.sentences, each)
        return self._both.added(reading, reading.sentences, each, home)

    def _scenes(
        self, article: Article, reading: Reading, hits: list[Hit], home: str | None, people: dict[int, int]
    ) -> list[Scene]:  # fmt: skip
        found = self._lexicon.find(reading)
        starts = [hit.start for hit in hits]
        places = [one.token for one in found]
        quotes = quotations(article.text)
        dates = sorted(article.dates, key=lambda date: date.span)
        days = [date.span[0] for date in dates]
        scenes: list[Scene] = []
        parties = self._parties_of(reading, hits, home)
        for sentence, (here_named, pair) in zip(reading.sentences, parties, strict=True):
            inside = hits[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)]
            triggers = found[bisect_left(places, sentence.start) : bisect_left(places, sentence.end)]
            taken = {token for hit in inside if hit.entity for token in range(hit.start, hit.end)}
            triggers = [one for one in triggers if one.token not in taken]
            asides = [one for one in triggers if one.entry.role in _ASIDES]
            triggers = [one for one in triggers if one.entry.role not in _ASIDES]
            here = dates[bisect_left(days, sentence.span[0]) : bisect_left(days, sentence.span[1])]
            scenes.append(Scene(
                article, reading, sentence, here_named, triggers, asides, quotes, pair=pair, home=home, dates=here, people=people,
            ))  # fmt: skip
        return scenes


def _in_order(hits: Iterable[Hit], more: Iterable[Hit]) -> list[Hit]:
    return sorted((*hits, *more), key=lambda hit: hit.start)


def _camel() -> str:
    try:
        return version("camel-tools")
    except PackageNotFoundError:
        return "none"
