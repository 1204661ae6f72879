from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from workers.operate.lock import FolderError, FolderLock

HOLD = """
import sys, time
from pathlib import Path
from workers.operate.lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
time.sleep(60)
"""


def hold(folder: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def test_a_second_owner_is_told_who_holds_the_folder(tmp_path: Path) -> None:
    """A folder that another process holds is refused with that process's pid."""
    with hold(tmp_path) as other:
        with pytest.raises(FolderError, match=f"in use by process {other.pid}"):
            FolderLock(tmp_path).acquire()
        other.kill()


def test_a_killed_owner_leaves_no_lock(tmp_path: Path) -> None:
    """After kill -9 of the owner the folder is free, though the file is still there."""
    with hold(tmp_path) as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
    with FolderLock(tmp_path) as lock:
        assert lock.path.read_text() == f"{os.getpid()}\n"


def test_a_released_lock_can_be_taken_again(tmp_path: Path) -> None:
    """Release frees the folder, and releasing twice is harmless."""
    first = FolderLock(tmp_path)
    first.acquire()
    first.release()
    first.release()
    with FolderLock(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_a_clear_sentence(tmp_path: Path) -> None:
    """Where no folder can be, the error names the path."""
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderError, match=r"cannot write in .*file/var"):
        FolderLock(tmp_path / "file" / "var").acquire()


def test_a_child_that_inherits_the_lock_keeps_it(tmp_path: Path) -> None:
    """The lock lives as long as a child that was handed its descriptor."""
    lock = FolderLock(tmp_path)
    lock.acquire()
    with subprocess.Popen(["sleep", "60"], pass_fds=(lock.fileno(),)) as child:
        lock.hand_to(child.pid)
        lock.release()
        with pytest.raises(FolderError, match=f"process {child.pid}"):
            FolderLock(tmp_path).acquire()
        child.kill()
    with FolderLock(tmp_path):
        pass
