"""Lines that are not the article's: share bars, boxes of other headlines, credits, datelines, captions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from workers.clean import datelines
from workers.clean.inline import cut_inserted
from workers.clean.lines import Line, count, ends_full_stop, is_headline, is_prose, key
from workers.clean.phrases import LONGEST, Rules, begins

LONGEST_BOX = 40  # words: "read also" and the headline, sometimes two, on one line
LONGEST_LABEL = 8  # words: "source: name", "writer: name"

# "From here on" is only believed after so many words of prose: some themes count comments above the article.
_LEAST_BEFORE = 25
_MOST_IN_BOX = 8  # headlines in one box of other articles
_OPENING = 8  # words in which two paragraphs agree that are compared; fewer may recur in any text
_MOST_AT_END = 3  # headlines of other articles after the last paragraph
_LETTERS = re.compile(r"[^\W_]")
_NAME = re.compile(r"[^\W\d_]+(?:[ -][^\W\d_]+)+")
_BRACKETED = re.compile(r"\([^()]+\)\.?")
_NAMED = re.compile(r"[^\W\d_]")
_MARKS = frozenset(":|-–—/»>←,،")
_LONGEST_NAME = 4  # words of a source or a writer where the line ends with a full stop, as a sentence does
_LEAST_ANNOUNCING = 6  # words of a paragraph that ends with a colon

Label = Literal["origin", "author"]
NONE: frozenset[str] = frozenset()


class Removed(NamedTuple):
    """A line, or a piece of one, that is none of the article's, and the rule that says so."""

    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class Sifted:
    """What is left and what went, in the page's order, and what the lines that went had to tell."""

    kept: tuple[Line, ...] = ()
    removed: tuple[Removed, ...] = ()
    origin: str | None = None
    author: str | None = None
    signature: str | None = None
    datelines: tuple[str, ...] = ()


def sift(lines: Sequence[Line], rules: Rules, title: str | None = None, learned: frozenset[str] = NONE) -> Sifted:
    """Tell the article's lines from the leftovers; `learned` are lines, in comparing form, that are furniture of the outlet.

    A rule looks at a whole line; the lines that stay are not changed, but for a dateline (place and agency) before the
    first paragraph's first word, and for other articles' headlines inserted into a paragraph. A line that repeats the title is
    dropped without mention.
    """
    return _Sieve(lines, rules, key(title or ""), learned).run()


class _Sieve:
    """One run over a page's lines: the state is what a line may mean because of those before it."""

    def __init__(self, lines: Sequence[Line], rules: Rules, title: str, learned: frozenset[str]) -> None:
        self.lines = list(lines)
        self.rules = rules
        self.title = title
        self.learned_lines = learned
        self.removed: dict[int, list[Removed]] = {}
        self.dropped: set[int] = set()
        self.datelines: list[str] = []
        self.learned: dict[Label, str] = {}
        self.prose_words = 0
        self.in_box = 0
        self.label: Label | None = None
        self.announced = False
        self.signature: str | None = None
        self.openings: dict[str, int] = {}

    def run(self) -> Sifted:
        for at in range(len(self.lines)):
            self._cut_inserted(at)
            line = self.lines[at]
            form = key(line.text)
            if self.prose_words >= _LEAST_BEFORE and (rule := self.rules.ends_at(line, form)):
                for rest in range(at, len(self.lines)):
                    self._remove(rest, rule)
                break
            if form and form == self.title:
                self.dropped.add(at)
            elif rule := self._rule_against(line, form, at):
                self._remove(at, rule)
            else:
                self._keep(at)
                self.announced = (self.announced and line.kind == "item") or (
                    count(line.text) >= _LEAST_ANNOUNCING and line.text.endswith(":")
                )
        self._remove_last_headlines()
        self._remove_last_datelines()
        self._remove_signature()
        return Sifted(
            kept=tuple(self.lines[at] for at in self._left()),
            removed=tuple(one for at in sorted(self.removed) for one in self.removed[at]),
            origin=self.learned.get("origin"),
            author=self.learned.get("author"),
            signature=self.signature,
            datelines=tuple(self.datelines),
        )

    def _cut_inserted(self, at: int) -> None:
        cut = cut_inserted(self.lines[at], self.rules.inline) if self.rules.inline is not None else None
        if cut is not None:
            self.removed[at] = [Removed(piece, "inline") for piece in cut.pieces]
            self.lines[at] = cut.line

    def _keep(self, at: int) -> None:
        if is_prose(self.lines[at]):
            if not self.prose_words:
                self._cut_dateline(at)
            self.prose_words += count(self.lines[at].text)

    def _left(self) -> Iterator[int]:
        return (at for at in range(len(self.lines)) if at not in self.dropped)

    def _remove(self, at: int, rule: str) -> None:
        self.removed.setdefault(at, []).append(Removed(self.lines[at].text, rule))
        self.dropped.add(at)

    def _rule_against(self, line: Line, form: str, at: int) -> str | None:
        """The first rule by which the line goes."""
        label, self.label = self.label, None
        if not _LETTERS.search(form):
            return "marks"
        if label and count(line.text) <= 5 and not is_prose(line):
            self._learn(label, line.text)
            return label
        # A paragraph that ends with a colon announces a list: its items are the author's, whatever words they are.
        of_list = self.announced and line.kind == "item" and not line.linked
        return (None if of_list else self._rule_by_words(line, form, at)) or self._rule_by_place(line, form, at)

    def _rule_by_words(self, line: Line, form: str, at: int) -> str | None:
        if self._is_boxed(line, form, self._after(at)):
            return "box"
        if self.rules.is_name(form):
            if self.prose_words and _BRACKETED.fullmatch(line.text):  # under a text in brackets: whose it is
                self._learn("origin", line.text)
            return "name"
        # Labels and datelines have something to tell, and an outlet's file may list them among its phrases.
        if kind := self._label_of(line, form):
            return kind
        if self._is_dateline(line, form, self._after(at)):
            return "dateline"
        return self.rules.condemns(line, form)

    def _rule_by_place(self, line: Line, form: str, at: int) -> str | None:
        if line.linked and count(line.text) <= LONGEST:
            return "link"
        if self._is_inserted_headline(line):
            return "headline"
        if self._is_repeated(form, at):
            return "repeated"
        return "learned" if form in self.learned_lines else None

    def _after(self, at: int) -> Line | None:
        return next((one for one in self.lines[at + 1 : at + 5] if _LETTERS.search(one.text)), None)

    def _is_boxed(self, line: Line, form: str, after: Line | None) -> bool:
        opener = next((one.form for one in self.rules.box.of(form)), None)
        if opener is not None and count(line.text) <= LONGEST_BOX:
            rest = form[len(opener) :].lstrip()
            # "Read also" may begin a sentence; before a headline on the same line stands a mark, or it is a link.
            if not rest or rest[0] in _MARKS or line.linked or _is_all_link_after(line, opener):
                self.in_box = 0 if rest else _MOST_IN_BOX
                return True
        if not self.in_box:
            return False
        is_first = self.in_box == _MOST_IN_BOX
        is_sub_heading = not is_first and count(line.text) <= 5 and after is not None and is_prose(after)
        of_list = line.linked or (line.kind == "item" and not is_prose(line))
        if of_list or (is_headline(line) and line.kind != "heading" and not is_sub_heading):
            self.in_box -= 1
            return True
        self.in_box = 0
        return False

    def _label_of(self, line: Line, form: str) -> Label | None:
        if count(line.text) > LONGEST_LABEL:
            return None
        for label in self.rules.labels.of(form):
            kind: Label = "origin" if label.rule.endswith("origin") else "author"
            if self._read_label(kind, line, form[len(label.form) :].lstrip()):
                return kind
        return None

    def _read_label(self, kind: Label, line: Line, rest: str) -> bool:
        if not rest:
            self.label = kind
            return True
        if rest[0] in _MARKS:
            if ends_full_stop(line.text) and count(rest) > _LONGEST_NAME:
                return False
            self._learn(kind, re.split(r"[:|\-–—/»>←,،]", line.text, maxsplit=1)[1])
            return True
        # Without a mark it may be the beginning of a sentence, unless it is short and the article is told.
        if ends_full_stop(line.text) or count(rest) > 4 or not self.prose_words:
            return False
        self._learn(kind, " ".join(line.text.split()[-count(rest) :]))
        return True

    def _learn(self, kind: Label, name: str) -> None:
        name = name.strip(" \t:-–|/.،,()[]«»“”\"'*")[:200]
        if _NAMED.search(name) and key(name) not in self.rules.exact:
            self.learned.setdefault(kind, name)

    def _is_dateline(self, line: Line, form: str, after: Line | None) -> bool:
        if datelines.is_place_line(form, self.rules.names):
            self.datelines.append(line.text)
            return True
        before_headline = after is not None and not is_prose(after)
        if not self.prose_words and datelines.is_date_line(line.text, before_headline=before_headline):
            self.datelines.append(line.text)
            return True
        return False

    def _cut_dateline(self, at: int) -> None:
        line = self.lines[at]
        dateline, rest = datelines.cut(line.text, self.rules.names)
        if dateline is not None:
            self.datelines.append(dateline)
            self.removed.setdefault(at, []).insert(0, Removed(dateline, "dateline"))
            self.lines[at] = Line(rest, line.kind)

    def _is_inserted_headline(self, line: Line) -> bool:
        longest = self.rules.longest_heading
        is_text = self.prose_words and line.kind == "text" and is_headline(line)
        return bool(longest and is_text and count(line.text) > longest)

    def _is_repeated(self, form: str, at: int) -> bool:
        """A standfirst stands once more as the first paragraph, at times cut short: the shorter goes, or the second."""
        words = form.split(" ", _OPENING)
        if len(words) < _OPENING:
            return False
        before = self.openings.setdefault(" ".join(words[:_OPENING]), at)
        other = key(self.lines[before].text)
        if before == at or before in self.dropped or not (begins(form, other) or begins(other, form)):
            return False
        if len(other) >= len(form):
            return True
        self.openings[" ".join(words[:_OPENING])] = at
        self._remove(before, "repeated")
        return False

    def _remove_last_headlines(self) -> None:
        """Remove what nothing follows: a sub-heading needs a text, so a headline at the end is another article's.

        Only after a paragraph that ends with a full stop, for the last item of a list has the same looks.
        """
        left = list(self._left())
        last = []
        while left and is_headline(self.lines[left[-1]]):
            last.append(left.pop())
        if not 0 < len(last) <= _MOST_AT_END or not left:
            return
        before = self.lines[left[-1]]
        if (
            is_prose(before)
            and ends_full_stop(before.text)
            and all(4 <= count(self.lines[at].text) <= 18 for at in last)
        ):
            for at in last:
                self._remove(at, "last_headline")

    def _remove_last_datelines(self) -> None:
        for at in reversed(list(self._left())):
            if not datelines.is_date_line(self.lines[at].text, before_headline=False):
                return
            self._remove(at, "dateline")
            self.datelines.append(self.lines[at].text)

    def _remove_signature(self) -> None:
        """Remove the two or three words that stand alone under the last sentence: whoever wrote it."""
        left = list(self._left())
        if len(left) < 3 or not ends_full_stop(self.lines[left[-2]].text):
            return
        line = self.lines[left[-1]]
        if line.kind == "text" and 2 <= count(line.text) <= 3 and _NAME.fullmatch(line.text):
            self.signature = line.text
            self._remove(left[-1], "signature")


def _is_all_link_after(line: Line, opener: str) -> bool:
    return len(line.links) == 1 and line.links[0][1] >= len(line.text) and key(line.text[: line.links[0][0]]) == opener
