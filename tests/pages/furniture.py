"""What stands around the articles: menus, other articles' headlines, comments, styles, scripts, icons. Drawn by the page's name."""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

_STYLES = ("color", "background-color", "margin-inline-start", "padding", "font-size", "line-height", "border-radius")
_PARTS = (
    "header",
    "widget",
    "menu",
    "post",
    "card",
    "slider",
    "btn",
    "grid",
    "entry",
    "footer",
    "modal",
    "tab",
    "badge",
)


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


class Other(NamedTuple):
    """Another article as a box shows it."""

    n: int
    title: str
    href: str
    img: str
    date: str
    iso: str
    section: str
    teaser: str


class Furniture:
    """The draws of one page; the same name draws the same."""

    def __init__(self, name: str, site: str, url: str) -> None:
        self.site = site
        self.home = "/".join(url.split("/")[:3])
        self.draw = random.Random(name)
        self.left: list[str] = []
        self.unsaid: list[str] = []

    def n(self) -> str:
        """A number, such as an identifier."""
        return str(self.draw.randrange(1000, 99999))

    def href(self) -> str:
        """The address of another page of the site."""
        return f"{self.home}/{self.draw.choice(_words()['paths'])}/{self.n()}/"

    def img(self) -> str:
        """The attributes of a picture in several sizes."""
        stem = f"{self.home}/wp-content/uploads/2025/0{self.draw.randrange(1, 10)}/photo_{self.n()}"
        sizes = ", ".join(f"{stem}-{w}x{w * 2 // 3}.jpg {w}w" for w in (300, 768, 1024, 1536))
        return f'src="{stem}-1024x683.jpg" srcset="{sizes}" sizes="(max-width: 1024px) 100vw, 1024px" width="1024" height="683"'

    def headline(self) -> str:
        """The headline of another article; none comes twice before all have come."""
        if not self.left:
            self.left = list(_words()["headlines"])
            self.draw.shuffle(self.left)
        return self.left.pop()

    def teaser(self) -> str:
        """The beginning of another article; none comes twice before all have come."""
        if not self.unsaid:
            starts, ends = _words()["teaser_starts"], _words()["teaser_ends"]
            self.unsaid = [start + end for start in starts for end in ends]
            self.draw.shuffle(self.unsaid)
        return self.unsaid.pop()

    def others(self, many: int) -> Iterator[Other]:
        """Other articles, as boxes show them."""
        for at in range(many):
            day, month = self.draw.randrange(1, 29), self.draw.randrange(12)
            yield Other(
                at,
                self.headline(),
                self.href(),
                self.img(),
                f"{day} {_words()['months'][month]} 2025",
                f"2025-{month + 1:02}-{day:02}T{self.draw.randrange(8, 22):02}:15:00+03:00",
                self.draw.choice(_words()["menu"]),
                self.teaser(),
            )

    def menu(self, many: int) -> Iterator[tuple[int, str, str]]:
        """Entries of menus: number, words, address."""
        words = _words()["menu"]
        for at in range(many):
            yield at, words[at % len(words)], f"{self.home}/{self.draw.choice(_words()['paths'])}/{at}/"

    def readers(self, many: int) -> Iterator[tuple[str, str, str]]:
        """Comments: who, when, what."""
        for at in range(many):
            said = _words()["comments"][(at + len(self.site)) % len(_words()["comments"])]
            yield said["who"], f"{self.draw.randrange(1, 29)} {_words()['months'][at % 12]} 2025", said["what"]

    def svg(self) -> str:
        """An icon."""
        points = " ".join(f"{self.draw.randrange(480)}.{self.draw.randrange(99)}" for _ in range(24))
        return f'<svg aria-hidden="true" class="icon" viewBox="0 0 512 512" width="18"><path fill="currentColor" d="M{points}z"/></svg>'

    def css(self, kilobytes: int) -> str:
        """Rules of style."""
        return self._fill(kilobytes, self._rule)

    def _rule(self) -> str:
        name, other = self.draw.choice(_PARTS), self.draw.choice(_PARTS)
        said = ";".join(f"{style}:{self.draw.randrange(40)}px" for style in self.draw.sample(_STYLES, 3))
        return f".{name}-{other}-{self.n()}>.{other}:not(.is-{name}){{{said}}}"

    def js(self, kilobytes: int) -> str:
        """A script with settings, and words in them that are none of the page's."""
        return self._fill(kilobytes, self._setting)

    def _setting(self) -> str:
        name = self.draw.choice(_PARTS)
        value = {
            "id": self.n(),
            "label": self.draw.choice(_words()["menu"]),
            "html": f"<div class='{name}'><p>{self.site}</p></div>",
        }
        return f"window.{name}_{self.n()}={json.dumps(value, ensure_ascii=False)};".replace("</", "<\\/")

    def _fill(self, kilobytes: int, make: Any) -> str:
        pieces: list[str] = []
        size = 0
        while size < kilobytes * 1024:
            pieces.append(make())
            size += len(pieces[-1].encode()) + 1
        return "\n".join(pieces)
