"""`marsad prune`: captures whose time is over leave the archive, and the store learns where the others are now."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, BinaryIO

from workers.checkup import Fault, file_of
from workers.fetch.archive import PRUNED, Archive, ArchiveError, read_place, stem_of
from workers.fetch.members import PIECE, Damage, Member, walk
from workers.fetch.shelf import SUFFIX, LocalShelf, born_at
from workers.fetch.warc import metadata_of
from workers.items import utc
from workers.store.captures import Claim, Retention, claims, heirs, move
from workers.store.database import Database

# Nothing goes earlier: an answer may be repeated for a week, and the row of its repetition be on its way.
LEAST_DAYS = 8

_GENERATION = re.compile(r"\.(\d+)" + re.escape(SUFFIX) + "$")


@dataclass(slots=True)
class Pruned:
    """What was done, or would be: `captures` rows whose time is over, `exchanges` and `bytes` that left the archive.

    `in_use` are files that somebody writes to, which are left for the next time.
    """

    captures: int = 0
    exchanges: int = 0
    bytes: int = 0
    files_removed: int = 0
    files_rewritten: int = 0
    in_use: int = 0
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What is taken of a record: which exchange it is part of, and what it says of that."""

    answers: bool
    exchange: str
    at: datetime | None
    kind: str | None


@dataclass(slots=True)
class _Exchange:
    """Records that stand together in a file: an answer with what describes it, or one record of another kind."""

    answers: bool
    id: str
    at: datetime | None
    offset: int
    length: int
    answer: int
    kind: str | None = None


def prune(
    database: Database, archive: Archive, *, retention: Retention, now: datetime, dry_run: bool = False
) -> Pruned:
    """Remove from the archive what `retention` lets go. Whenever it is stopped, the next one goes on from there.

    Bodies kept by marsad 0.1 stay, pages that no row of this store names too (another store may), and originals that
    another capture repeats. Raises ArchiveError or StoreError.
    """
    retention = Retention(
        grades={grade: max(days, LEAST_DAYS) for grade, days in retention.grades.items()},
        sources=max(retention.sources, LEAST_DAYS),
    )
    return _Pruning(database, archive, retention, now, dry_run=dry_run).run()


class _Pruning:
    def __init__(
        self, database: Database, archive: Archive, retention: Retention, now: datetime, *, dry_run: bool
    ) -> None:
        self._database, self._archive, self._shelf = database, archive, archive.shelf
        self._retention, self._now, self._dry_run = retention, now, dry_run
        # What no row names goes when no row can name an answer that repeats it any more.
        self._horizon = now - timedelta(days=retention.sources + LEAST_DAYS)
        self._heirs: set[str] = set()
        self._done = Pruned()

    def run(self) -> Pruned:
        with claims(self._database, now=self._now) as rows:
            claimed = {file_of(claim) for claim in rows}
        if not self._dry_run:
            self._settle(claimed)
        self._heirs = heirs(self._database, retention=self._retention, now=self._now)
        names = set(self._archive.files())
        stems = {stem_of(name) for name in names}
        with claims(self._database, retention=self._retention, now=self._now) as rows:
            for name, group in groupby(rows, file_of):
                if name in names:
                    self._take_up(name, list(group))
                elif name not in {"", PRUNED} and stem_of(name) not in stems:
                    self._forget([claim for claim in group if self._over(claim)])
        for name in sorted(names - claimed):
            self._take_up(name, ())
        return self._done

    def _settle(self, claimed: Collection[str]) -> None:
        """Finish what was broken off: of a file and the one that takes its place, the store names one."""
        by_stem: dict[str, list[str]] = {}
        for name in self._archive.files():
            by_stem.setdefault(stem_of(name), []).append(name)
        for names in by_stem.values():
            if len(names) == 1:
                continue
            named = [name for name in names if name in claimed]
            stays = named[0] if named else max(names, key=_generation)
            if len(named) > 1:
                what = f"the store names {' and '.join(named)}, of which one should have taken the place of the other"
                self._done.faults.append(Fault(file=named[0], offset=None, what=what, cure="run `marsad verify`"))
                continue
            for name in names:
                if name != stays:
                    self._shelf.remove(name)

    def _take_up(self, name: str, wanted: Sequence[Claim]) -> None:
        shelf = self._shelf
        due = any(self._over(claim) for claim in wanted)
        if not isinstance(shelf, LocalShelf):
            if due or (not wanted and (born := born_at(name)) is not None and born < self._horizon):
                self._file(name, wanted)
            return
        try:
            if not due and shelf.looked_at(name) >= self._horizon:
                return
        except FileNotFoundError:
            return
        with shelf.at_rest(name, self._now) as free:
            if free:
                self._file(name, wanted)
            else:
                self._done.in_use += 1

    def _file(self, name: str, wanted: Sequence[Claim]) -> None:
        with self._shelf.open(name) as file:
            exchanges, torn, damaged = _exchanges(file)
            if damaged:
                self._done.faults.append(
                    Fault(file=name, offset=damaged[0].offset, what=f"left alone, it is damaged: {damaged[0].what}")
                )
                return
            by_offset: dict[int, list[Claim]] = {}
            for claim in wanted:
                by_offset.setdefault(read_place(claim.place)[1], []).append(claim)
            stays: list[_Exchange] = []
            goes: list[_Exchange] = []
            for one in exchanges:
                (goes if self._goes(one, by_offset.get(one.answer, ())) else stays).append(one)
            if not goes:
                if isinstance(self._shelf, LocalShelf) and not self._dry_run:
                    self._shelf.look(name, self._now)
                return
            gone = [claim for one in goes for claim in by_offset.get(one.answer, ())]
            whole = not any(one.answers for one in stays)
            kept = 0 if whole else sum(one.length for one in stays)
            self._done.exchanges += len(goes)
            self._done.bytes += sum(one.length for one in exchanges) + torn - kept
            self._done.files_removed += whole
            self._done.files_rewritten += not whole
            if self._dry_run:
                self._done.captures += len(gone)
                return
            if whole:
                self._shelf.remove(name)
                self._forget(gone)
                return
            assert isinstance(self._shelf, LocalShelf), "an object holds one exchange"
            new = f"{stem_of(name)}.{_generation(name) + 1}{SUFFIX}"
            self._shelf.put(new, _copied(file, stays))
        moved = [(claim, PRUNED) for claim in gone]
        at = 0
        for one in stays:
            for claim in by_offset.get(one.answer, ()):
                place = f"{new}:{at + one.answer - one.offset}:{read_place(claim.place)[2]}"
                moved.append((claim, place))
            at += one.length
        move(self._database, moved)
        self._done.captures += len(gone)
        self._shelf.remove(name)

    def _goes(self, one: _Exchange, wanted: Sequence[Claim]) -> bool:
        if wanted:
            return all(self._over(claim) for claim in wanted)
        old = one.at is not None and one.at < self._horizon
        return one.answers and old and one.kind not in {None, "page"}

    def _over(self, claim: Claim) -> bool:
        return claim.expired and claim.digest not in self._heirs

    def _forget(self, gone: Sequence[Claim]) -> None:
        if gone and not self._dry_run:
            move(self._database, [(claim, PRUNED) for claim in gone])
        self._done.captures += len(gone)


def _exchanges(file: BinaryIO) -> tuple[list[_Exchange], int, list[Damage]]:
    """The exchanges of a file in order, the bytes of its torn end, and its damage."""
    found: list[_Exchange] = []
    damaged: list[Damage] = []
    torn = 0
    for member in walk(file, _seen):
        if isinstance(member, Member):
            seen = member.taken
            last = found[-1] if found else None
            if last is not None and not seen.answers and seen.exchange and seen.exchange == last.id:
                last.length = member.offset + member.length - last.offset
                last.kind = seen.kind or last.kind
            else:
                found.append(
                    _Exchange(seen.answers, seen.exchange, seen.at, member.offset, member.length, member.offset)
                )
        elif member.torn:
            torn = file.seek(0, 2) - member.offset
        else:
            damaged.append(member)
    return found, torn, damaged


def _seen(record: Any) -> _Seen:
    said = record.rec_headers.get_header
    if record.rec_type in {"response", "revisit"}:
        return _Seen(answers=True, exchange=said("WARC-Record-ID") or "", at=_time(said("WARC-Date")), kind=None)
    described = metadata_of(record)
    kind = described.get("kind") if described else None
    return _Seen(
        answers=False, exchange=said("WARC-Concurrent-To") or "", at=None, kind=kind if isinstance(kind, str) else None
    )


def _time(written: str | None) -> datetime | None:
    try:
        return utc(datetime.fromisoformat(written or ""))
    except (ValueError, OverflowError):
        return None


def _copied(file: BinaryIO, exchanges: Iterable[_Exchange]) -> Iterator[bytes]:
    for one in exchanges:
        file.seek(one.offset)
        left = one.length
        while left:
            piece = file.read(min(PIECE, left))
            if not piece:
                raise ArchiveError(f"the archive changed while it was read, at offset {one.offset}")
            left -= len(piece)
            yield piece


def _generation(name: str) -> int:
    found = _GENERATION.search(name)
    return int(found[1]) if found else 0
