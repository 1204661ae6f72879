"""The child processes of one installation: started, watched, started again, and stopped in order."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from workers.operate.output import bound, last_lines
from workers.operate.spawn import kill_group, spawn

log = structlog.get_logger(__name__)


class ProcessError(RuntimeError):
    """A child cannot be started, or ends again and again; the message holds the last lines it printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """When a child that ended is started again. All times in seconds."""

    first: float = 1.0
    longest: float = 30.0
    quick: float = 10.0  # a child that ended sooner never got to work
    steady: float = 60.0  # one that lived longer was well, its next death is a first one
    give_up: int = 5  # quick deaths in a row: the installation is broken, not unlucky

    def wait(self, deaths: int) -> float:
        """Return the wait before the start that follows the `deaths`-th death in a row."""
        return min(self.first * 2.0 ** min(deaths - 1, 20), self.longest)


@dataclass(slots=True)
class _Child:
    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    output: Path
    optional: bool = False
    process: subprocess.Popen[bytes] | None = None
    since: float = 0.0
    due: float = 0.0
    deaths: int = 0
    quick: int = 0


@dataclass(slots=True)
class Processes:
    """Named children, each in its own session, so that a terminal's Ctrl-C reaches the owner alone.

    Each child's output goes to `logs`/<name>.log. On Linux children are told to stop should the owner be killed.
    The owner starts them and calls `watch()` about once a second, all from one thread, which must outlive them.
    """

    logs: Path
    patience: Patience = field(default_factory=Patience)
    _children: dict[str, _Child] = field(default_factory=dict, init=False)

    def start(
        self, name: str, argv: Sequence[str], env: Mapping[str, str] | None = None, *, optional: bool = False
    ) -> None:
        """Start `argv` as `name`, with `env` added to this process's environment.

        The others go on without an `optional` child, however often it ends.

        Raises ProcessError when the program does not exist or its log cannot be written, ValueError for a used name.
        """
        if name in self._children:
            raise ValueError(f"there is a child named {name} already")
        if not shutil.which(argv[0]):
            raise ProcessError(f"{name}: there is no program {argv[0]}")
        child = _Child(name, tuple(argv), {**os.environ, **(env or {})}, self.logs / f"{name}.log", optional=optional)
        self._spawn(child)
        self._children[name] = child

    def watch(self) -> None:
        """Look once at every child: start again those that ended, when their wait is over, and bound their logs.

        Raises ProcessError, with the last lines it printed, for a child that ended quickly too many times in a row.
        """
        for child in self._children.values():
            bound(child.output)
            if child.process is None:
                if time.monotonic() >= child.due:
                    self._spawn(child)
            elif child.process.poll() is not None:
                self._bury(child, child.process)

    def pids(self) -> dict[str, int]:
        """Return the pid of every child that is running, by name, in the order of their first start."""
        running = ((child.name, child.process) for child in self._children.values())
        return {name: process.pid for name, process in running if process and process.poll() is None}

    def stop(self, within: float = 8.0) -> None:
        """Ask every child to stop, the last started first, and kill what is left of their groups after `within` seconds.

        The wait is one for all. Nothing runs when this returns, even when a second Ctrl-C cut the wait short.
        """
        ending = [child.process for child in reversed(self._children.values()) if child.process]
        deadline = time.monotonic() + within
        try:
            for process in ending:
                if process.poll() is None:
                    process.terminate()
            for process in ending:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, deadline - time.monotonic()))
        finally:
            for process in ending:
                kill_group(process)
            self._children.clear()

    def _spawn(self, child: _Child) -> None:
        try:
            child.process = spawn(child.argv, child.output, child.env)
        except OSError as error:
            raise ProcessError(f"cannot start {child.name}: {error}") from error
        child.since = time.monotonic()
        log.info("child started", child=child.name, pid=child.process.pid)

    def _bury(self, child: _Child, process: subprocess.Popen[bytes]) -> None:
        kill_group(process)
        lived = time.monotonic() - child.since
        child.process = None
        child.deaths = 1 if lived >= self.patience.steady else child.deaths + 1
        child.quick = 0 if lived >= self.patience.quick else child.quick + 1
        if child.quick >= self.patience.give_up and not child.optional:
            raise ProcessError(
                f"{child.name} ended {child.quick} times in a row within {self.patience.quick:g} s of its start "
                f"(exit status {process.returncode}); the end of {child.output}:\n{last_lines(child.output)}"
            )
        wait = self.patience.wait(child.deaths)
        child.due = time.monotonic() + wait
        log.warning("child ended", child=child.name, status=process.returncode, lived=round(lived, 1), again_in=wait)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
