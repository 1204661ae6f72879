"""Read TOML files into frozen models and report every fault with its file and line."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

M = TypeVar("M", bound=BaseModel)

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*("[^"]*"|'[^']*'|[\w-]+)\s*=""")
_SYNTAX = re.compile(r"\(at line (\d+), column \d+\)")


class Model(BaseModel):
    """Base of all configuration: frozen, and an unknown key is a fault (it is most often a misspelt one)."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in one place; `line` counts from 1, 0 when the whole file is meant."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


class ConfigError(Exception):
    """The configuration has faults; `faults` lists all of them, in the order of files and lines."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults, key=lambda f: (f.file, f.line))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def read_toml(path: Path, model: type[M], faults: list[Fault]) -> M | None:
    """Return the file as `model`, or None after appending every fault found in it to `faults`."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        faults.append(Fault(str(path), 0, f"is not UTF-8 (byte {error.start}); save it as UTF-8"))
        return None
    except OSError as error:
        faults.append(Fault(str(path), 0, f"cannot be read: {error.strerror}"))
        return None
    try:
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        at = _SYNTAX.search(str(error))
        line = int(at.group(1)) if at else len(text.splitlines())
        faults.append(Fault(str(path), line, f"is not TOML: {_SYNTAX.sub('', str(error)).strip()}"))
    except ValidationError as error:
        faults.extend(Fault(str(path), line_of(text, one["loc"]), _sentence(one)) for one in error.errors())
    return None


def _sentence(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"]) or "the file"
    match error["type"]:
        case "extra_forbidden":
            return f"{where} is not a known key"
        case "missing":
            return f"{where} is missing"
        case _:
            return f"{where}: {error['msg'].removeprefix('Value error, ')}"


def line_of(text: str, place: tuple[int | str, ...]) -> int:
    """Return the line (from 1) on which the value at `place` stands, or that of the nearest table around it.

    tomllib keeps no positions, so the lines are walked once and each gets the path of keys that it opens; the longest
    path that is a prefix of `place` wins. Inline tables and list items are found as the line of their key.
    """
    best, best_length = 0, -1
    table: tuple[int | str, ...] = ()
    counts: dict[tuple[int | str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _open_table(header.group(2), header.group(1) == "[[", counts)
            path = table
        elif key := _KEY.match(line):
            path = (*table, key.group(1).strip("\"'"))
        else:
            continue
        if len(path) > best_length and place[: len(path)] == path:
            best, best_length = number, len(path)
    return best


def _open_table(name: str, is_array: bool, counts: dict[tuple[int | str, ...], int]) -> tuple[int | str, ...]:
    path: tuple[int | str, ...] = ()
    parts = [part.strip().strip("\"'") for part in name.split(".")]
    for position, part in enumerate(parts):
        path = (*path, part)
        if is_array and position == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path
