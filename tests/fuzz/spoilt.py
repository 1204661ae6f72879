"""Pages with faults, drawn: tags lost, doubled, swapped and nested, odd attributes, signs nobody sees, wrong charsets, torn bytes."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import lru_cache

from hypothesis import strategies as st

from tests.fuzz.whole import layouts

_PIECE = re.compile(r"<[^>]*>|[^<]+|<")
_CLASS = re.compile(r'\b(?:class|id|itemprop|property|name)="([^"]{1,60})"')
_MOST = 12  # changes of a page
_LARGEST = 400_000  # characters; what is doubled again and again ends there

UNSEEN = (
    *("\x00", "\x01", "\x0b", "\x0c", "\x1c", "\x1f", "\x7f", "\x85", "\xad", "\u061c", "\u200b", "\u200c", "\u200d", "\u200e"),
    *("\u2028", "\u2029", "\u202a", "\u202e", "\u2066", "\u2069", "\ufeff", "\ufffe", "\uffff", "\ud800", "\udfff", "\udc80"),
    *("\ue000", "\ue001", "\u0300", "\u0655", "\U000e0041", "\U0010ffff", "\U0001d7d8", "ﷺ", "&#0;", "&#xD800;", "&#x200f;"),
)  # fmt: skip
_HEADS = (
    "<script>", "</script>", "<style>", "<title>", "<textarea>", "<!--", "-->", "<![CDATA[", "]]>", "<?xml version='1.0' encoding='utf-16'?>",
    "<plaintext>", "<noscript>", "<template>", "<svg><title>", "<math>", "<frameset>", "<base href='//['>", "<html lang='ar\x00'>", "<body>",
    "</body>", "</html>", "<select><option>", "<object>", "<a href='javascript:'>", "<p></p>", "<br>", "<hr>", "<time datetime='9999-12-31T23:59:59-14:00'>",
    "<time datetime='0001-01-01T00:00+14:00'>", "<meta property='article:published_time' content='٢٠٢٥-٠٢-٣١'>", "<meta charset='zlib'>",
    "<meta charset='utf-7'>", "<meta name='author' content='\ud800\x00'>", "<meta property='og:title' content='&#xD800;\u202e'>",
    "<link rel='canonical' href='http://[::1'>", "<h1>اليوم، الأربعاء 12 من شباط</h1>", "<p>أمس قبل يومين في 31 شباط ١٤٤٦ هـ</p>", "<div class='a\ud83d'>",
    "اقرأ أيضاً:", "<p>المصدر:</p>", "<p>دمشق – سانا</p>", "<tr><td>١<td>٢", "<ul><li>", "<blockquote>", "&lt;p&gt;", "&nbsp;", "&#1114112;",
)  # fmt: skip
_LINKED_DATA = (
    '{"@type":["NewsArticle",[[]]],"headline":"\\ud800 \\u0000 عنوان","datePublished":"2025-02-12T25:61","author":{"name":["x"]}}',
    '{"@type":"Article","author":[[{"name":"\\u202e\\ud83d"}]],"datePublished":1739350000,"headline":["x"]}',
    '{"@graph":{"@graph":[{"@type":"Article","headline":"' + "خبر " * 300 + '"}]}}',
    '{"@type":"Article","datePublished":"0001-01-01T00:00:00+14:00","mainEntityOfPage":"x","author":"\\ufffe\\u0000"}',
    '{"@type":"Article","datePublished":"9999-12-31T23:59:59-12:00","author":NaN,"headline":null}',
    '{"@type":' + "[" * 900 + "]" * 900 + "}",
    "[" * 20_000, "9" * 6_000, '{"datePublished": "2025-02-12\x00", }', '"x"', "null", "",
)  # fmt: skip
_TAGS = (
    "div", "p", "span", "b", "a", "table", "tr", "td", "ul", "li", "article", "main", "aside", "nav", "footer", "form", "h1", "h2", "time",
    "blockquote", "figure", "figcaption", "section", "header", "script", "font", "center", "pre", "amp-ad", "x-y", "o:p", "svg", "head", "body",
)  # fmt: skip


@lru_cache(maxsize=1)
def _names() -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(name for page in layouts() for name in _CLASS.findall(page.body.decode("utf-8", "replace")))
    )


def _tags(pieces: list[str]) -> list[int]:
    return [at for at, piece in enumerate(pieces) if len(piece) > 1 and piece[0] == "<"]


def _texts(pieces: list[str]) -> list[int]:
    return [at for at, piece in enumerate(pieces) if piece[0] != "<" and not piece.isspace()]


Pieces = list[str]
Fault = Callable[[Pieces, random.Random], None]


def _lose_tags(pieces: Pieces, dice: random.Random) -> None:
    share = dice.choice((0.01, 0.1, 0.6))
    for at in _tags(pieces):
        if dice.random() < share:
            pieces[at] = " "


def _lose_closing(pieces: Pieces, dice: random.Random) -> None:
    which = f"</{dice.choice(_TAGS)}"
    pieces[:] = [piece for piece in pieces if not piece.startswith(which)] or [" "]


def _double(pieces: Pieces, dice: random.Random) -> None:
    first = dice.randrange(len(pieces))
    last = min(len(pieces), first + dice.choice((1, 2, 30, 500)))
    if sum(map(len, pieces)) < _LARGEST:
        pieces[last:last] = pieces[first:last] * dice.choice((1, 1, 3))


def _swap(pieces: Pieces, dice: random.Random) -> None:
    for _ in range(dice.choice((1, 5, 50))):
        one, other = dice.randrange(len(pieces)), dice.randrange(len(pieces))
        pieces[one], pieces[other] = pieces[other], pieces[one]


def _rename(pieces: Pieces, dice: random.Random) -> None:
    old, new = dice.choice(_TAGS), dice.choice(_TAGS)
    pieces[:] = [re.sub(rf"^(</?){old}\b", rf"\g<1>{new}", piece) for piece in pieces]


def _nest(pieces: Pieces, dice: random.Random) -> None:
    depth, tag, at = dice.choice((3, 100, 260, 3000)), dice.choice(_TAGS), dice.randrange(len(pieces))
    pieces[at] = f"<{tag}>" * depth + pieces[at] + f"</{tag}>" * dice.choice((0, depth // 2, depth))


def _attribute(pieces: Pieces, dice: random.Random) -> None:
    tags = _tags(pieces)
    for at in dice.sample(tags, min(len(tags), dice.choice((1, 5, 40)))):
        name = dice.choice(
            (
                "class",
                "id",
                "itemprop",
                "property",
                "rel",
                "lang",
                "datetime",
                "content",
                "style",
                "hidden",
                "ن",
                "\x01",
            )
        )
        value = dice.choice(
            (dice.choice(_names()), "\x00", "\ud800", "'", "x" * 3000, "author", "articleBody", "٢٠٢٥", "")
        )
        pieces[at] = f'{pieces[at].rstrip(">/")} {name}="{value}">'


def _attributes(pieces: Pieces, dice: random.Random) -> None:
    at, many = dice.choice(_tags(pieces) or [0]), dice.choice((100, 4_000, 6_000, 60_000))
    pieces[at] = f"{pieces[at].rstrip('>/')} {' '.join(f'a{i}=1' for i in range(many))}>"


def _classes(pieces: Pieces, dice: random.Random) -> None:
    for at in _tags(pieces):
        if dice.random() < 0.1 and 'class="' in pieces[at]:
            pieces[at] = re.sub(r'class="[^"]*"', lambda _: f'class="{dice.choice(_names())}"', pieces[at])


def _sow(pieces: Pieces, dice: random.Random) -> None:
    texts = _texts(pieces)
    for at in dice.sample(texts, min(len(texts), dice.choice((1, 20, 300)))):
        place, sign = dice.randrange(len(pieces[at]) + 1), dice.choice(UNSEEN) * dice.choice((1, 1, 9))
        pieces[at] = pieces[at][:place] + sign + pieces[at][place:]


def _put(pieces: Pieces, dice: random.Random) -> None:
    pieces.insert(dice.randrange(len(pieces) + 1), dice.choice(_HEADS) * dice.choice((1, 1, 1, 40)))


def _link_data(pieces: Pieces, dice: random.Random) -> None:
    at = dice.choice((0, dice.randrange(len(pieces))))
    pieces.insert(at, f'<script type="application/ld+json">{dice.choice(_LINKED_DATA)}</script>')


def _keep_one_text(pieces: Pieces, dice: random.Random) -> None:
    if texts := _texts(pieces):
        kept = pieces[dice.choice(texts)]
        for at in texts:
            pieces[at] = kept


def _lose_texts(pieces: Pieces, dice: random.Random) -> None:
    share = dice.choice((0.3, 0.8, 1.0))
    for at in _texts(pieces):
        if dice.random() < share:
            pieces[at] = dice.choice((" ", "\n", ".", "خبر"))


def _end(pieces: Pieces, dice: random.Random) -> None:
    whole = "".join(pieces)
    pieces[:] = [whole[: dice.randrange(1, len(whole) + 1)]] if whole else [" "]


FAULTS: dict[str, Fault] = {
    fault.__name__.strip("_"): fault
    for fault in (
        _lose_tags, _lose_closing, _double, _swap, _rename, _nest, _attribute, _attributes, _classes, _sow, _sow, _put, _link_data,
        _keep_one_text, _lose_texts, _end,
    )
}  # fmt: skip
ENCODINGS = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-32",
    "cp1256",
    "iso8859-6",
    "mac-arabic",
    "utf-7",
    "cp864",
)
KINDS = (
    "text/html", "text/html; charset=utf-8", "text/html; charset=windows-1256", "text/html; charset=utf-16", "text/html; charset=zlib",
    "text/html; charset=\x00", "application/xhtml+xml", "text/plain", "", "application/pdf", 'TEXT/HTML;CHARSET="iso-8859-6"',
)  # fmt: skip


def spoil(html: str, faults: list[tuple[str, int]]) -> str:
    """Apply faults in turn, each at places that its number throws the dice for."""
    for name, number in faults:
        pieces: Pieces = _PIECE.findall(html) or [" "]
        FAULTS[name](pieces, random.Random(number))
        html = "".join(pieces)[: _LARGEST * 3]
    return html


def to_bytes(html: str, encoding: str, torn: list[tuple[float, int]]) -> bytes:
    """Encode a page, surrogates and all, and put other bytes at relative places."""
    if encoding.startswith(("utf-8", "utf-16", "utf-32")):
        body = bytearray(html.encode(encoding, "surrogatepass"))
    else:
        body = bytearray(html.encode("utf-8", "replace").decode().encode(encoding, "xmlcharrefreplace"))
    for place, byte in torn:
        if body:
            body[min(len(body) - 1, int(place * len(body)))] = byte
    return bytes(body)


faults = st.lists(st.tuples(st.sampled_from(tuple(FAULTS)), st.integers(0, 10_000)), max_size=_MOST)
torn = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8)
encodings = st.one_of(st.just("utf-8"), st.just("utf-8"), st.sampled_from(ENCODINGS))
kinds = st.one_of(st.just("text/html"), st.just("text/html"), st.sampled_from(KINDS))
