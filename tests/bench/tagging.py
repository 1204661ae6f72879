"""The tagger: an article beside camel-tools' mere preparation of it, a long text, the start, a store tagged anew, affixes."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from camel_tools.tokenizers.word import simple_word_tokenize
from camel_tools.utils.dediac import dediac_ar
from camel_tools.utils.normalize import normalize_alef_ar, normalize_teh_marbuta_ar, normalize_unicode

from tests.bench.timing import compare, cpu, tell
from tests.kept import article_of, keep
from workers import retagging
from workers.arabic.clitics import proclitics
from workers.arabic.letters import fold, fold_text
from workers.arabic.tokens import tokens
from workers.config.settings import HOME
from workers.store.database import Database
from workers.tag.loader import Knowledge
from workers.tag.tagger import Tagger

TOPIC = HOME / "config" / "topics" / "russia-syria"
WRITTEN = HOME / "tests" / "exam" / "relevance.jsonl"
ANNOTATED = HOME / "tests" / "exam" / "annotated.jsonl"
# Real articles, which not every machine has.
GRADED = HOME.parent / "shared" / "data" / "relevance_dev.jsonl"

# Characters of the article that is measured, of the long text and of its tenth; records of the store.
_ARTICLE = 3_400
_LONG = 1_000_000
_STORE = 5_000


def main() -> None:
    """Print all of it."""
    tagger = Tagger.load(TOPIC)
    texts = [_whole(line) for line in _lines(WRITTEN)]
    if GRADED.exists():
        speed(tagger, "tag of real articles", *map(_whole, _lines(GRADED)))
    news = [_whole(line) for line in _lines(ANNOTATED) if line["by"] == "other"]
    speed(tagger, "tag of news by another hand, nearly every sentence an event", "\n\n".join(news[::9])[:_ARTICLE])
    speed(tagger, "tag of short notes, an event in every other sentence", "\n\n".join(texts[::3])[:_ARTICLE])
    start()
    long_text(tagger, "\n\n".join(texts))
    affixes(tagger.knowledge, texts)
    store(tagger, texts)


def speed(tagger: Tagger, name: str, *texts: str) -> None:
    """Articles, whose times are told for 3,400 characters of them."""

    def camel() -> None:
        for text in texts:
            simple_word_tokenize(dediac_ar(normalize_teh_marbuta_ar(normalize_alef_ar(normalize_unicode(text)))))

    def tag() -> None:
        for article in articles:
            tagger.tag(article)

    articles = [article_of(0, text) for text in texts]
    size = sum(map(len, texts))
    rounds = 20 if len(texts) == 1 else 3
    compare(
        f"{name}, for {_ARTICLE} of {size} characters", size / _ARTICLE, cpu(tag, rounds=rounds),
        "camel-tools normalise, dediac, tokenise", cpu(camel, rounds=rounds),
    )  # fmt: skip


def start() -> None:
    """The knowledge base from its files, and from what was kept of them."""
    with tempfile.TemporaryDirectory() as folder:
        files = cpu(partial(Tagger.load, TOPIC))
        kept = cpu(partial(Tagger.load, TOPIC, Path(folder)))
    tell(
        f"knowledge base: {kept * 1000:.0f} ms from what is kept, {files * 1000:.0f} ms from its files; ratio {kept / files:.2f}"
    )


def long_text(tagger: Tagger, text: str) -> None:
    """A text of a megabyte beside a tenth of it, with and without sentence ends."""
    whole = (text * (_LONG // len(text) + 1))[:_LONG]
    for name, long in (("with sentences", whole), ("without any sentence end", whole.translate({10: " ", 46: " "}))):
        tenth = cpu(partial(tagger.tag, article_of(0, long[: _LONG // 10])), rounds=1)
        all_ = cpu(partial(tagger.tag, article_of(0, long)), rounds=1)
        tell(f"tag, 1,000,000 characters {name}: {all_:.1f} s, {all_ / tenth:.1f} times a tenth of it")


def store(tagger: Tagger, texts: list[str]) -> None:
    """`marsad retag --diff` of 5,000 records in which nothing has changed, on SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(f"sqlite:///{folder}/store.db")
        for number in range(_STORE):
            keep(database, article_of(number, texts[number % len(texts)]), tagger)
        begun = time.process_time()
        changed = sum(1 for _ in retagging.retag(database, tagger, write=False))
        took = time.process_time() - begun
        database.close()
    tell(f"retag --diff, {_STORE} records: {took:.1f} s of CPU, {took / _STORE * 1000:.2f} ms each, {changed} changed")


def affixes(knowledge: Knowledge, texts: list[str]) -> None:
    """Names behind proclitics: camel-tools' Analyzer on a database made of the same names, beside our parser."""
    folder = tempfile.mkdtemp()
    # Without a catalogue its import would look for one on the web.
    Path(folder, "catalogue.json").write_text('{"version": "1.6", "packages": {}, "components": {}}', encoding="utf-8")
    os.environ["CAMELTOOLS_DATA"] = folder
    from camel_tools.morphology.analyzer import Analyzer
    from camel_tools.morphology.database import MorphologyDB

    names = {form.line for form in knowledge.forms if " " not in form.line}  # of one word
    words = [word for text in texts for word in tokens(fold(text))[0] if word.isalpha()]
    with tempfile.NamedTemporaryFile("w", suffix=".db", encoding="utf-8") as file:
        file.write(_database(names))
        file.flush()
        analyzer = Analyzer(MorphologyDB(file.name, "a"), "NONE")

    def theirs(word: str) -> set[str]:
        return {fold_text(one["lex"]) for one in analyzer.analyze(word) if one.get("pos") == "noun_prop"}

    def ours(word: str) -> set[str]:
        return {rest for _, rest in proclitics(word) if rest in names}

    def run(parse: Callable[[str], set[str]]) -> None:
        for word in words:
            parse(word)

    differ = sorted({word for word in words if ours(word) != theirs(word)})
    compare(
        f"affixes of {len(words)} words", len(words), cpu(partial(run, ours)), "Analyzer", cpu(partial(run, theirs))
    )
    tell(f"they differ in {len(differ)} of {len(set(words))} words: {' '.join(differ[:12])}")


def _database(names: set[str]) -> str:
    """A morphology database in camel-tools' format: proclitics, names, and what may stand together."""
    before = ["", *"وفبكلا", *(a + b for a in "وف" for b in "بكل"), *("ا" + a for a in "وف")]
    article = ["ل", "ول", "فل"]  # لل is ل before the article, whose alef is gone
    lines = [
        "###DEFINES###",
        "DEFINE pos pos:noun pos:noun_prop pos:digit pos:punc pos:foreign",
        "DEFINE lex lex:*open*",
    ]
    lines += ["DEFINE diac diac:*open*", "DEFINE bw bw:*open*", "###DEFAULTS###"]
    lines += [f"DEFAULT pos:{pos} lex:*" for pos in ("noun", "noun_prop", "digit", "punc", "latin")]
    lines += ["###ORDER###", "ORDER diac lex bw pos", "###TOKENIZATIONS###", "TOKENIZATION diac"]
    lines += ["###STEMBACKOFF###", "STEMBACKOFF PROP NP", "###PREFIXES###"]
    lines += [f"{one}\tP\tdiac:{one} bw:P" for one in before]
    lines += [f"{one}\tPL\tdiac:{one} bw:PL" for one in article]
    lines += ["###SUFFIXES###", "\tS0\tdiac: bw:", "###STEMS###"]
    for name in sorted(one for one in names if one.isalpha()):
        lines.append(f"{name}\tN\tdiac:{name} lex:{name} bw:{name}/NOUN_PROP pos:noun_prop")
        if name.startswith("ال"):
            lines.append(f"{name[1:]}\tNL\tdiac:{name[1:]} lex:{name} bw:{name}/NOUN_PROP pos:noun_prop")
    lines += ["###TABLE AB###", "P N", "PL NL", "###TABLE BC###", "N S0", "NL S0", "###TABLE AC###", "P S0", "PL S0"]
    return "\n".join(lines) + "\n"


def _lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _whole(line: dict[str, str]) -> str:
    return line["title"] + ".\n\n" + line["text"].replace("\n", "\n\n")


if __name__ == "__main__":
    main()
