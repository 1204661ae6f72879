"""Start a child that can be stopped with everything it started, and that does not outlive this process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from workers.operate import tied
from workers.operate.output import open_output


def spawn(
    argv: Sequence[str], output: Path, env: Mapping[str, str] | None = None, keep: tuple[int, ...] = ()
) -> subprocess.Popen[bytes]:
    """Start `argv` in a session of its own, appending what it prints to `output`; it inherits the descriptors `keep`.

    Its own session keeps a terminal's Ctrl-C from it. On Linux it gets SIGTERM when the thread that called this ends.
    Raises OSError.
    """
    tie = (sys.executable, "-I", "-S", tied.__file__, str(os.getpid()))
    with open_output(output) as file:
        return subprocess.Popen(  # noqa: S603 - the commands are this project's own
            [*tie, *argv],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=keep,
        )


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End whatever is left of the group that `process` leads, and reap its leader."""
    with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
