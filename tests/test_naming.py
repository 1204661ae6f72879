"""Names that the knowledge base lacks are proposed for review, off the road, and never override what is known.

All texts are written for these tests; nobody did or said any of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kept import NOON, article_of, keep, key_of
from workers import naming
from workers.arabic import camel
from workers.cli import run
from workers.config.settings import HOME
from workers.items import Article, Tags
from workers.road import Road
from workers.store import proposals
from workers.store.database import Database
from workers.tag.names import propose
from workers.tag.tagger import Tagger

TEXT = "استقبل لافروف الشيباني وسمير الحلاق في موسكو. وقال المحامي سمير الحلاق إن اللقاء جيد."


class Fake:
    """A recogniser at the edge: it labels the words that it is told to."""

    name = "fake"

    def __init__(
        self, labels: dict[str, str], lose: Callable[[Sequence[str]], Sequence[str]] = lambda words: words
    ) -> None:
        self._labels, self._lose = labels, lose

    def labels(self, texts: list[list[str]]) -> list[list[str]]:
        return [[self._labels.get(word, "O") for word in self._lose(words)] for words in texts]

    def clitics(self, word: str) -> int:
        return camel.plain_clitics(word)


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.load(HOME / "config" / "topics" / "russia-syria")


def found(tagger: Tagger, text: str, recogniser: Fake) -> list[tuple[str, str]]:
    article = article_of(0, text)
    made = propose(article, tagger.tag(article), recogniser)
    assert all(text[slice(*one.span)] == one.text for one in made)
    return [(one.text, one.type) for one in made]


def test_what_is_known_is_not_proposed(tagger: Tagger) -> None:
    """A label on a known mention changes nothing; an unknown name is proposed once, without its «and»."""
    labels = {"لافروف": "B-PERS", "وسمير": "B-PERS", "سمير": "B-PERS", "الحلاق": "I-PERS", "موسكو": "B-LOC"}
    assert found(tagger, TEXT, Fake(labels)) == [("سمير الحلاق", "PER")]


def test_other_labels_are_no_names(tagger: Tagger) -> None:
    """MISC is neither a person nor a place; a name may begin at an I."""
    assert found(tagger, "جائزة الفستق لعام جديد في قرية الرويضة.", Fake({"الفستق": "B-MISC", "الرويضة": "I-LOC"})) == [
        ("الرويضة", "LOC")
    ]


def test_a_recogniser_that_loses_words_is_not_believed(tagger: Tagger) -> None:
    """Its labels would stand at other words."""
    assert found(tagger, TEXT, Fake({"الحلاق": "B-PERS"}, lose=lambda words: words[1:])) == []


@given(st.text(max_size=200), st.lists(st.sampled_from(["O", "B-PERS", "I-PERS", "I-LOC", "B-MISC", "X"]), max_size=40))
def test_any_text_and_any_labels(text: str, labels: list[str]) -> None:
    """Spans are exact, and nothing is raised."""
    article = cast(Article, SimpleNamespace(text=text))

    class Anything(Fake):
        def labels(self, texts: list[list[str]]) -> list[list[str]]:
            return [[labels[at % len(labels)] if labels else "O" for at in range(len(words))] for words in texts]

    for one in propose(article, cast(Tags, SimpleNamespace(entities=())), Anything({})):
        assert text[slice(*one.span)] == one.text != ""


def test_a_record_is_given_out_once_and_again_when_nobody_came_back(database: Database, tagger: Tagger) -> None:
    """Grade 0 is not read; a lease that ran out frees the record; after three tries it is left alone."""
    keep(database, article_of(0, TEXT), tagger)
    keep(database, article_of(1, "افتتحت بلدية حلب حديقة جديدة."), tagger)
    assert proposals.claim(database, NOON, 60, 10) == [key_of(0)]
    assert proposals.claim(database, NOON, 60, 10) == []
    for number in (1, 2):
        later = NOON + timedelta(seconds=61 * number)
        assert proposals.claim(database, later, 60, 10) == [key_of(0)]
    assert proposals.claim(database, NOON + timedelta(days=1), 60, 10) == []


def test_what_was_proposed_is_listed(
    database: Database, store_url: str, tagger: Tagger, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names, unseen spellings and unknown speakers, the most frequent first, with an article to look at."""
    keep(database, article_of(0, TEXT), tagger)
    keep(database, article_of(1, "وقال سيرجيه لفروف إن روسيا تدعم سوريا. وقال المحامي سمير الحلاق إن ذلك جيد."), tagger)
    road = cast(Road, SimpleNamespace(database=database, now=lambda: NOON))
    for key in naming.due(road, 10):
        naming.read(road, key, Fake({"سمير": "B-PERS", "وسمير": "B-PERS", "الحلاق": "I-PERS"}))
    assert naming.due(road, 10) == []
    assert run(["suggestions", "--json", "--store", store_url]) == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["kind"], one["text"], one["entity"], one["articles"]) for one in said] == [
        ("name", "سمير الحلاق", None, 2),
        ("speaker", "المحامي سمير الحلاق", None, 2),
        ("spelling", "سيرجيه لفروف", "lavrov", 1),
    ]
    assert run(["suggestions", "--least", "2", "--store", store_url]) == 0
    told = capsys.readouterr()
    assert "لفروف" not in told.out
    assert "https://one.test/0" in told.out
    assert "2 to review" in told.err


# A database in CAMeL's format with one name and one noun, made for this test.
TINY = """###DEFINES###
DEFINE pos pos:noun pos:noun_prop pos:digit pos:punc pos:foreign
DEFINE prc3 prc3:0 prc3:na
DEFINE prc2 prc2:0 prc2:na prc2:wa_conj
DEFINE prc1 prc1:0 prc1:na prc1:bi_prep
DEFINE lex lex:*open*
DEFINE diac diac:*open*
DEFINE bw bw:*open*
###DEFAULTS###
DEFAULT pos:noun prc3:0 prc2:0 prc1:0
DEFAULT pos:noun_prop prc3:0 prc2:0 prc1:0
DEFAULT pos:digit prc3:na prc2:na prc1:na
DEFAULT pos:punc prc3:na prc2:na prc1:na
DEFAULT pos:latin prc3:na prc2:na prc1:na
###ORDER###
ORDER diac lex bw pos prc3 prc2 prc1
###TOKENIZATIONS###
TOKENIZATION diac
###STEMBACKOFF###
STEMBACKOFF PROP NPROP
###PREFIXES###
\tP0\tdiac: bw: pos:noun_prop
و\tPW\tdiac:و bw:wa/CONJ prc2:wa_conj
وب\tPWB\tdiac:وب bw:wa/CONJ+bi/PREP prc2:wa_conj prc1:bi_prep
###SUFFIXES###
\tS0\tdiac: bw:
###STEMS###
بتار\tN\tdiac:بتار lex:بتار bw:batAr/NOUN_PROP pos:noun_prop prc3:0 prc2:0 prc1:0
###TABLE AB###
P0 N
PW N
PWB N
###TABLE BC###
N S0
###TABLE AC###
P0 S0
PW S0
PWB S0
"""


@pytest.mark.filterwarnings("ignore:invalid escape sequence")  # in docopt, which its import brings
def test_camels_morphology_tells_the_proclitics_of_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a tiny database of our own; a word that it does not know is read as we read it."""
    (tmp_path / "catalogue.json").write_text(
        json.dumps({"version": "1.6", "packages": {}, "components": {}}), encoding="utf-8"
    )
    monkeypatch.setenv("CAMELTOOLS_DATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "tiny.db").write_text(TINY, encoding="utf-8")
    morphology = camel.Morphology(tmp_path / "tiny.db")
    assert [morphology.clitics(word) for word in ("بتار", "وبتار", "وببتار", "وسمير", "بطرس")] == [0, 1, 2, 1, 0]


def test_without_the_data_nothing_is_proposed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither an empty folder nor a model without its catalogue is an installation; that would ask the web at import."""
    monkeypatch.setenv("CAMELTOOLS_DATA", str(tmp_path))
    assert not camel.is_installed()
    model = tmp_path / "data" / "ner" / "arabert"
    model.mkdir(parents=True)
    (model / "config.json").write_text("{}", encoding="utf-8")
    assert not camel.is_installed()


def test_camels_recogniser_on_a_tiny_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tagger: Tagger) -> None:
    """A model of a few kilobytes with random weights: what it says is worth nothing, but it goes the whole way."""
    torch = pytest.importorskip("torch", reason="torch is not installed (marsad[ner])")
    transformers: Any = pytest.importorskip("transformers", reason="transformers is not installed (marsad[ner])")
    model = tmp_path / "data" / "ner" / "arabert"
    model.mkdir(parents=True)
    labels = ["O", "B-PERS", "I-PERS", "B-LOC", "I-LOC"]
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"ابتسيركلمن", *(f"##{letter}" for letter in "ابتسيركلمن")]
    (model / "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    (model / "tokenizer_config.json").write_text('{"do_lower_case": false, "strip_accents": false}', encoding="utf-8")
    torch.manual_seed(1)
    config = transformers.BertConfig(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        id2label=dict(enumerate(labels)), label2id={label: at for at, label in enumerate(labels)},
    )  # fmt: skip
    transformers.BertForTokenClassification(config).save_pretrained(model)
    (tmp_path / "catalogue.json").write_text(
        json.dumps({"version": "1.6", "packages": {}, "components": {}}), encoding="utf-8"
    )
    monkeypatch.setenv("CAMELTOOLS_DATA", str(tmp_path))
    assert camel.is_installed()
    article = article_of(0, TEXT)
    made = propose(article, tagger.tag(article), camel.CamelRecogniser())
    assert all(article.text[slice(*one.span)] == one.text for one in made)
