"""`marsad verify`: whether everything that the store and the archive say of each other is so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from workers.fetch.archive import PRUNED, Archive, ArchiveError, read_place
from workers.fetch.members import Damage, walk
from workers.store.captures import Claim, claims
from workers.store.database import Database

_RESTORE = "restore the file from a backup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong: the file and the place in it (None: the file as a whole), and what to do."""

    file: str
    offset: int | None
    what: str
    cure: str = _RESTORE


@dataclass(slots=True)
class Verified:
    """What was looked at; `captures` are rows of the store, `pruned` those whose time was over.

    `torn` are ends of files where a writer was stopped in the middle of a record: harmless, since nothing refers to it.
    """

    files: int = 0
    records: int = 0
    captures: int = 0
    pruned: int = 0
    torn: list[Fault] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Answer:
    digest: str
    repeats: bool


def verify(database: Database, archive: Archive) -> Verified:
    """Read the whole archive and compare it with the store. Memory stays flat. Raises ArchiveError or StoreError."""
    report = Verified()
    seen = set()
    with claims(database, now=datetime.now(UTC)) as rows:
        for name, group in groupby(rows, file_of):
            wanted = list(group)
            report.captures += len(wanted)
            if name == PRUNED:
                report.pruned += len(wanted)
            elif not name:
                report.faults += _older(archive, wanted)
            elif name == wanted[0].place:
                report.faults += [Fault(file=name, offset=None, what=_told(one, "this is no place")) for one in wanted]
            else:
                seen.add(name)
                _file(archive, name, wanted, report)
    for name in archive.files():
        if name not in seen:
            _file(archive, name, (), report)
    return report


def file_of(claim: Claim) -> str:
    """The file that a row names: empty for a body kept by marsad 0.1, PRUNED for one that was removed."""
    try:
        return read_place(claim.place)[0]
    except ArchiveError:
        return claim.place


def _older(archive: Archive, wanted: Sequence[Claim]) -> Iterator[Fault]:
    for claim in wanted:
        try:
            archive.body("", claim.digest)
        except ArchiveError as error:
            yield Fault(file=claim.digest, offset=None, what=_told(claim, str(error)))


def _file(archive: Archive, name: str, wanted: Sequence[Claim], report: Verified) -> None:
    try:
        answers = _records(archive, name, report)
    except FileNotFoundError:
        report.faults += _moved(archive, name, wanted)
        return
    except OSError as error:
        report.faults.append(Fault(file=name, offset=None, what=f"cannot be read: {error.strerror}"))
        return
    for offset, (length, answer) in answers.items():
        if answer.repeats:
            try:
                archive.find(f"{name}:{offset}:{length}", answer.digest)
            except ArchiveError as error:
                report.faults.append(Fault(file=name, offset=offset, what=f"the original is missing: {error}"))
    for claim in wanted:
        _, offset, length = read_place(claim.place)
        found = answers.get(offset)
        if found is None or found[0] != length:
            report.faults.append(Fault(file=name, offset=offset, what=_told(claim, "there is no whole answer")))
        elif found[1].digest != claim.digest:
            report.faults.append(Fault(file=name, offset=offset, what=_told(claim, "there is another body")))


def _records(archive: Archive, name: str, report: Verified) -> dict[int, tuple[int, _Answer]]:
    """The answers of a file by their offsets, with their lengths; what is wrong with its records is reported."""
    answers: dict[int, tuple[int, _Answer]] = {}
    with archive.shelf.open(name) as file:
        report.files += 1
        for member in walk(file, _answer, check=True):
            if not isinstance(member, Damage):
                report.records += 1
                report.faults += [Fault(file=name, offset=member.offset, what=one) for one in member.problems]
                if member.taken is not None:
                    answers[member.offset] = (member.length, member.taken)
            elif member.torn:
                report.torn.append(Fault(file=name, offset=member.offset, what="the last record is torn", cure="none"))
            else:
                report.faults.append(Fault(file=name, offset=member.offset, what=f"damaged: {member.what}"))
    return answers


def _moved(archive: Archive, name: str, wanted: Sequence[Claim]) -> Iterator[Fault]:
    """The rows of a missing file, except those whose body the file that took its place holds."""
    for claim in wanted:
        try:
            archive.find(claim.place, claim.digest)
        except ArchiveError as error:
            yield Fault(file=name, offset=None, what=_told(claim, str(error)))


def _answer(record: Any) -> _Answer | None:
    if record.rec_type not in {"response", "revisit"}:
        return None
    digest = record.rec_headers.get_header("WARC-Payload-Digest") or ""
    return _Answer(digest.removeprefix("sha256:"), record.rec_type == "revisit")


def _told(claim: Claim, what: str) -> str:
    return f"{claim.table} {' '.join(str(one) for one in claim.key)}: {what}"
