"""An outlet as the text of its file, for a person to go on with."""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from workers.config.outlet import Leftovers, Outlet, Profile, SourceConfig, UrlRules
from workers.config.toml import Model

_WIDTH = 118
# Controls, and the marks that turn the direction of a line: they must not hide what a file says.
_ODD = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Shown even where they have their default: what everybody should look at.
_SHOWN = {"language", "timezone", "watch", "sure"}
_TABLES = {"sources", "profiles", "leftovers", "urls"}


def outlet_toml(
    outlet: Outlet,
    *,
    head: Sequence[str] = (),
    remarks: Mapping[str, str] | None = None,
    spare: Sequence[SourceConfig] = (),
) -> str:
    """Return the file of `outlet`, which reads back as the same outlet (its slug is the file's name).

    `head` are the comment's sentences at the top; `remarks` are comments before a key of the outlet, or before the
    tables "sources", "profiles", "urls" and "leftovers"; `spare` are sources written as comments, to be taken in by
    removing the "# ". Words of any origin are safe here: nothing in them can end a comment or a string.
    """
    remarks = remarks or {}
    blocks = [[line for sentence in head for line in _comment(sentence)] + _pairs(outlet, remarks)]
    for number, source in enumerate(outlet.sources):
        blocks.append(_table("[[sources]]", source, remarks.get("sources", "") if not number else ""))
    if not outlet.sources and "sources" in remarks:
        blocks.append(_comment(remarks["sources"]))
    blocks += [[f"# {line}" for line in _table("[[sources]]", source)] for source in spare]
    for number, profile in enumerate(outlet.profiles):
        blocks.append(_table("[[profiles]]", profile, remarks.get("profiles", "") if not number else ""))
    if outlet.urls != UrlRules() or "urls" in remarks:
        blocks.append(_table("[urls]", outlet.urls, remarks.get("urls", "")))
    if outlet.leftovers != Leftovers() or "leftovers" in remarks:
        blocks.append(_table("[leftovers]", outlet.leftovers, remarks.get("leftovers", "")))
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _table(head: str, values: SourceConfig | Profile | UrlRules | Leftovers, remark: str = "") -> list[str]:
    return [*_comment(remark), head, *_pairs(values, {})]


def _pairs(values: Model, remarks: Mapping[str, str]) -> list[str]:
    lines: list[str] = []
    for name, field in type(values).model_fields.items():
        value = getattr(values, name)
        if field.exclude or name in _TABLES or (value == field.default and name not in _SHOWN):
            continue
        lines += [*_comment(remarks.get(name, "")), f"{name} = {_value(value, len(name) + 3)}"]
    return lines


def _comment(text: str) -> list[str]:
    plain = " ".join(_SURROGATE.sub("", _ODD.sub(" ", text)).split())
    return [f"# {line}" for line in textwrap.wrap(plain, _WIDTH - 2, break_long_words=False, break_on_hyphens=False)]


def _value(value: Any, indent: int = 0) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case dt.date():
            return value.isoformat()
        case str():
            return _string(value)
        case _:
            parts = [_value(one) for one in value]
            line = f"[{', '.join(parts)}]"
            return line if indent + len(line) <= _WIDTH else "[\n" + "".join(f"  {part},\n" for part in parts) + "]"


def _string(text: str) -> str:
    text = _SURROGATE.sub("\ufffd", text)
    if "\\" in text and "'" not in text and not _ODD.search(text):
        return f"'{text}'"  # a pattern as its writer knows it
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _ODD.sub(lambda found: f"\\u{ord(found.group()):04X}", escaped) + '"'
