"""A page's tree to lines, in one walk: one for each run of text between blocks, one for each row of a table of data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from lxml.etree import _Element

from workers.clean.classes import NOTHING, Classes, classes_of
from workers.clean.lines import Kind, Line, count, ends_sentence, is_prose, tidy
from workers.config.layouts import Layouts
from workers.items import Span

# HTML's blocks, and those of trafilatura's own markup ("lb" is a line break, "ref" a link).
# A form is no sign of anything: pages of ASP.NET stand inside one as a whole.
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "head")
BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "br", "center", "dd", "details", "div", "dl", "dt", "fieldset",
     "figcaption", "figure", "footer", "form", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "table",
     "tbody", "thead", "tr", "ul", "item", "lb", "list", "quote", "row", *HEADINGS)
)  # fmt: skip
_VOID = frozenset(("br", "hr", "lb"))
_SILENT = frozenset(
    ("script", "style", "noscript", "template", "iframe", "svg", "button", "select", "textarea", "title", "head",
     "object", "canvas", "audio", "video", "amp-ad", "amp-iframe", "amp-analytics", "amp-sidebar")
)  # fmt: skip
_PARTS = frozenset(("span", "time", "small"))
_FRAMES = frozenset(("div", "figure", "center", "table"))
_ROWS = frozenset(("tr", "row"))
_LINKS = frozenset(("a", "ref"))
_CELLS = frozenset(("td", "th", "cell"))
_LAYOUT = ("table", "ul", "ol", "br", "lb", "list", "img", "h1", "h2", "h3")
_LONGEST_CELL = 12  # words of a cell with a paragraph in it; text systems put one in each
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(HEADINGS, "heading"),
    **dict.fromkeys(("li", "item"), "item"),
    **dict.fromkeys(("blockquote", "quote"), "quote"),
}
# What HTML itself says is not the article's, or is a picture's.
_APART = frozenset(("nav", "aside", "footer", "figcaption"))
NEVER_APART = frozenset(("html", "body", "main", "article"))
_LEAST_OUTSIDE = 10  # words of prose
_BULLET = re.compile(r"\s*[•·▪◦‣]\s+(?=\S)")  # a list typed by hand
_MARKS = " :.،,-–|•●«»\"'()[]<>"

# Borders of links while a line is put together, from the private use area; `extract.parse` lets none in.
OPEN, CLOSE = "\ue000", "\ue001"
_ONE_LINK = re.compile(rf"[\s|]*{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}[\s|]*")  # most lines of a page are
_BORDER = re.compile(f"[{OPEN}{CLOSE}]")
# Glued to a link: a space is missing, unless what stands before is a proclitic, or what follows an ending.
_WORD_END = re.compile(r"[^\W\d_]{1,12}$")
_WORD = re.compile(r"[^\W\d_]+")
_VOWELS = re.compile("[\u0640\u064b-\u0655\u0670]")  # and tatweel
_LONGEST_WORD = 40  # characters with vowels
_PROCLITIC = re.compile(r"[وف]?(?:[بكل]?ال|لل|[بكل])?")
_ENDINGS = frozenset(
    ("ه", "ها", "هم", "هن", "هما", "ك", "كم", "نا", "ي", "ة", "ا", "ان", "ين", "ون", "ات", "ية", "وا", "s")
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A line where it stands; `prose` counts its words of running text that is no link."""

    line: Line
    prose: int
    block: _Element
    boxes: tuple[str, ...] = ()  # outermost first: "nav", or the words of a class

    @property
    def apart(self) -> str | None:
        """The outermost box around the line."""
        return self.boxes[0] if self.boxes else None


@dataclass(slots=True)
class Walk:
    """What one walk over a page found: its lines in order, and the elements whose class names an article's body or writer."""

    seen: list[Seen] = field(default_factory=list)
    bodies: list[_Element] = field(default_factory=list)
    writers: list[_Element] = field(default_factory=list)  # outside of other articles' boxes
    ranges: dict[_Element, Span] = field(default_factory=dict)  # of the blocks: which of `seen` stand inside

    def inside(self, element: _Element) -> list[Seen]:
        """The lines inside a block."""
        first, last = self.ranges.get(element, (0, 0))
        return self.seen[first:last]

    def within(self, element: _Element) -> Walk:
        """The walk of a block alone."""
        first, last = self.ranges[element]
        ranges = {
            one: (start - first, end - first)
            for one, (start, end) in self.ranges.items()
            if first <= start and end <= last
        }
        bodies = [one for one in self.bodies if one in ranges and (one is element or element in one.iterancestors())]
        return Walk(self.seen[first:last], bodies, self.writers, ranges)


def walk(root: _Element, layouts: Layouts) -> Walk:
    """Read a page, or a part of one. libxml2 ends nesting at 256 levels, so the recursion is bounded."""
    walker = _Walker(classes_of(layouts))
    walker.visit(root, "text", ())
    walker.flush("text", root, ())
    _forgive(walker.found)
    return walker.found


def lines_of(root: _Element) -> Iterator[Line]:
    """Only the lines of a part of a page."""
    return (one.line for one in walk(root, Layouts()).seen)


def prose(lines: Iterable[Seen], *, boxed: bool = False) -> int:
    """How many words of running text the lines have that are no links, those in boxes only if `boxed`."""
    return sum(one.prose for one in lines if boxed or not one.boxes)


def _forgive(found: Walk) -> None:
    """Where hardly any prose stands outside of boxes, the one with most of it is none: its name means something else there."""
    if prose(found.seen) >= _LEAST_OUTSIDE:
        return
    words: dict[str, int] = {}
    for one in found.seen:
        for box in one.boxes:
            words[box] = words.get(box, 0) + one.prose
    if not words or (most := max(words, key=lambda box: words[box])) is None or not words[most]:
        return
    found.seen[:] = [replace(one, boxes=tuple(box for box in one.boxes if box != most)) for one in found.seen]


class _Walker:
    def __init__(self, classes: Classes) -> None:
        self.found = Walk()
        self.classes = classes
        self.run: list[str] = []
        self.in_link = 0
        self.in_row = 0

    def visit(self, element: _Element, kind: Kind, boxes: tuple[str, ...]) -> None:
        """Read an element and what is inside it; the text after it is its parent's."""
        tag = element.tag
        if not isinstance(tag, str) or tag in _SILENT:
            return
        if self.in_row or tag not in BLOCKS:
            self._inside(element, kind, self._with_box(boxes, element, tag))
            return
        parent = element.getparent()
        self.flush(kind, element if parent is None else parent, boxes)
        if tag in _VOID:
            return
        kind, boxes = _KINDS.get(tag, kind), self._with_box(boxes, element, tag)
        first = len(self.found.seen)
        is_row = tag in _ROWS and _is_data(element)
        self.in_row += is_row
        self._inside(element, kind, boxes)
        self.in_row -= is_row
        self.flush("row" if is_row else kind, element, boxes)
        if len(self.found.seen) == first + 1 and tag in _FRAMES:
            self._caption(element)
        self.found.ranges[element] = (first, len(self.found.seen))

    def _caption(self, frame: _Element) -> None:
        """A short line alone with a picture in a frame says what is on it, whatever the frame's class."""
        one = self.found.seen[-1]
        short = one.line.kind == "text" and not ends_sentence(one.line.text) and not is_prose(one.line)
        if short and not one.boxes and not one.line.linked and next(frame.iter("img"), None) is not None:
            self.found.seen[-1] = replace(one, boxes=("caption",))

    def _inside(self, element: _Element, kind: Kind, boxes: tuple[str, ...]) -> None:
        is_link = element.tag in _LINKS
        if is_link:
            self.in_link += 1
            self.run.append(OPEN)
        if element.text:
            self._append(element.text, element.tag)
        for child in element:
            self.visit(child, kind, boxes)
            if child.tail:
                self._append(child.tail, child.tag)
        if is_link:
            self.in_link -= 1
            self.run.append(CLOSE)
        if self.in_row and element.tag in _CELLS:
            self.run.append(" | ")

    def _append(self, text: str, border: str) -> None:
        """Add what stands after the border of an element. Numbers in spans of their own are kept apart: a name, a date, a count."""
        before = self.run[-1][-1:] if self.run and border in _PARTS else ""
        if before.isalnum() and text[:1].isalnum() and (before.isdecimal() or text[:1].isdecimal()):
            self.run.append(" ")
        self.run.append(text)

    def _with_box(self, boxes: tuple[str, ...], element: _Element, tag: str) -> tuple[str, ...]:
        if tag in _APART:
            return (*boxes, tag)
        name, own = element.get("class"), element.get("id")
        if own:
            name = f"{name} {own}" if name else own
        if not name or (said := self.classes.said(name)) is NOTHING:
            return boxes
        if said.body:
            self.found.bodies.append(element)
        if said.author and self.classes.others.isdisjoint(boxes):
            self.found.writers.append(element)
        return (*boxes, said.box) if said.box and tag not in NEVER_APART else boxes

    def flush(self, kind: Kind, block: _Element, boxes: tuple[str, ...]) -> None:
        """End the line under way."""
        if not self.run:
            return
        raw = "".join(self.run)
        # A link may hold whole blocks: its borders are set anew for each line.
        self.run[:] = [OPEN] * self.in_link
        line = None if raw.isspace() else _line(raw, kind)
        if line is not None:
            words = 0 if line.linked or not is_prose(line) else count(line.text)
            self.found.seen.append(Seen(line, words, block, boxes))


def _is_data(row: _Element) -> bool:
    # Old pages set whole articles in tables; a row with blocks in it is layout, unless each cell has one short paragraph.
    if next(row.iter(*_LAYOUT), None) is not None:
        return False
    if next(row.iter("p", "div"), None) is None:
        return True
    cells = [one for one in row if one.tag in _CELLS]
    return len(cells) > 1 and all(
        sum(1 for _ in cell.iter("p", "div")) <= 1 and count("".join(map(str, cell.itertext()))) <= _LONGEST_CELL
        for cell in cells
    )


def _line(raw: str, kind: Kind) -> Line | None:
    bullet = _BULLET.match(raw) if kind == "text" else None
    return _put_together(raw[bullet.end() :], "item") if bullet else _put_together(raw, kind)


def _put_together(raw: str, kind: Kind) -> Line | None:
    if OPEN not in raw and CLOSE not in raw:
        text = tidy(raw).strip("| ")
        return Line(text, kind) if text else None
    if (whole := _ONE_LINK.fullmatch(raw)) is not None:
        text = tidy(whole[1]).strip("| ")
        return Line(text, kind, linked=True, links=((0, len(text)),)) if text else None
    text, links = _unmarked(_settled(raw))
    shift = len(text) - len(text.lstrip("| "))
    text = text.strip("| ")
    if not text:
        return None
    spans = tuple((max(0, start - shift), min(len(text), end - shift)) for start, end in links)
    borders = [0, *(at for span in spans for at in span), len(text)]
    outside = "".join(text[start:end] for start, end in zip(borders[::2], borders[1::2], strict=True))
    return Line(text, kind, linked=not outside.strip(_MARKS), links=spans)


def _settled(raw: str) -> str:
    """Tidy a line with borders: no empty links, spaces outside of links, and those that are missing beside them."""
    marked = tidy(raw).replace(OPEN + " ", " " + OPEN).replace(" " + CLOSE, CLOSE + " ").replace(OPEN + CLOSE, "")
    marked = marked.replace("  ", " ").replace("  ", " ")
    pieces, at = [], 0
    for border in _BORDER.finditer(marked):
        start, end = border.span()
        before, after = marked[at:start], marked[end : end + 1]
        pieces += [before, border[0]]
        at = end
        bare = _VOWELS.sub("", before[-_LONGEST_WORD:])
        if not (bare[-1:].isalpha() and after.isalpha()):
            continue
        if border[0] == OPEN:
            word = _WORD_END.search(bare)
            if word is not None and not _PROCLITIC.fullmatch(word[0]):
                pieces.insert(-1, " ")
        elif (word := _WORD.match(_VOWELS.sub("", marked[end : end + _LONGEST_WORD]))) and word[0] not in _ENDINGS:
            pieces.append(" ")
    return "".join([*pieces, marked[at:]])


def _unmarked(marked: str) -> tuple[str, list[Span]]:
    """Take the borders of links out; return the text and the spans of its links, outermost only."""
    text, at, depth, opened = "", 0, 0, 0
    links: list[Span] = []
    for border in _BORDER.finditer(marked + CLOSE * marked.count(OPEN)):  # whatever is open ends with the line
        piece = marked[at : border.start()]
        at = border.end()
        # There may be a space on both sides of a border.
        text += piece[1:] if piece[:1] == " " and text[-1:] in {" ", ""} else piece
        if border[0] == OPEN:
            opened = opened if depth else len(text)
            depth += 1
        elif depth:
            depth -= 1
            if not depth and len(text) > opened:
                links.append((opened, len(text)))
    piece = marked[at:]
    return text + (piece[1:] if piece[:1] == " " and text[-1:] in {" ", ""} else piece), links
