"""What the names of elements say on the pages of any site: config/layouts.toml."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from workers.config.toml import Model


def _words(value: str) -> str:
    if not value or value != " ".join(value.lower().split()) or not value.replace(" ", "").isalnum():
        raise ValueError(f"{value!r} is not words in lower case with single spaces between")
    return value


ClassWords = Annotated[str, AfterValidator(_words)]


class Layouts(Model):
    """Words of a class or an id: "post tags" is in `post-tags`, `postTags` and `td_post_tags-x`.

    `body` names an element that holds an article's text, and must be all of a name; `box` and `others` stand anywhere in the
    name of one whose text is none of the article's, `others` if it belongs to other articles. After a word of `spared`
    ("no-sidebar") they mean nothing. `author`, all of a name, names the element with the writer's name.
    """

    body: tuple[ClassWords, ...] = ()
    box: tuple[ClassWords, ...] = ()
    others: tuple[ClassWords, ...] = ()
    spared: tuple[ClassWords, ...] = ()
    author: tuple[ClassWords, ...] = ()
