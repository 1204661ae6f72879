"""Become the given command, in a process that is told to stop when the one that started it is gone.

Run as a script: tied.py PARENT COMMAND [ARGUMENT...]. The tie is Linux's own; elsewhere a supervisor that is killed
with SIGKILL leaves its children running.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> None:
    parent, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):  # it died before the tie was made
        sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()
