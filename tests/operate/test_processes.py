from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workers.operate.processes import Patience, ProcessError, Processes

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")
HASTY = Patience(first=0.05, longest=0.2, quick=5.0, give_up=3)


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    with Processes(tmp_path / "log", HASTY) as processes:
        yield processes


def wait_for(what: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Whether a process has this pid and is no zombie."""
    try:
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=True).stdout
    except subprocess.CalledProcessError:
        return False
    return not state.startswith("Z")


def test_a_child_runs_in_its_own_group_with_its_log(processes: Processes, tmp_path: Path) -> None:
    """A started child leads its own session, sees the added environment, and prints to its own file."""
    code = "import os, time; print(os.environ['COLOUR'], flush=True); time.sleep(60)"
    processes.start("one", (sys.executable, "-c", code), {"COLOUR": "green"})
    log = tmp_path / "log" / "one.log"
    wait_for(lambda: log.read_text() == "green\n")
    pid = processes.pids()["one"]
    assert os.getpgid(pid) == pid != os.getpgid(0)
    assert os.getsid(pid) == pid


def test_a_killed_child_is_started_again(processes: Processes) -> None:
    """After SIGKILL the child is gone from `pids`, and a later look starts it again."""
    processes.start("one", SLEEP)
    first = processes.pids()["one"]
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: not processes.pids())

    def back() -> bool:
        processes.watch()
        return bool(processes.pids())

    wait_for(back)
    assert processes.pids()["one"] != first


def test_the_rest_of_a_dead_child_is_ended_before_it_starts_again(processes: Processes, tmp_path: Path) -> None:
    """What a killed child had started is killed too: no half of it works on beside the new one."""
    note = tmp_path / "pid"
    code = f"""
import subprocess, time
child = subprocess.Popen(["sleep", "60"])
open({str(note)!r}, "w").write(str(child.pid))
time.sleep(60)
"""
    processes.start("one", (sys.executable, "-c", code))
    wait_for(lambda: note.exists() and note.read_text() != "")
    grandchild = int(note.read_text())
    os.kill(processes.pids()["one"], signal.SIGKILL)
    wait_for(lambda: not processes.pids())
    processes.watch()
    wait_for(lambda: not is_running(grandchild))


def test_a_child_that_cannot_work_ends_the_watch_with_its_last_words(processes: Processes) -> None:
    """After a few quick deaths in a row the error says how it ended and what it printed last."""
    processes.start("broken", (sys.executable, "-c", "import sys; sys.exit('no such queue')"))

    def look() -> bool:
        processes.watch()
        return False

    with pytest.raises(ProcessError, match=r"broken ended 3 times in a row.*status 1(?s:.*)no such queue"):
        wait_for(look)


def test_the_wait_doubles_to_its_longest() -> None:
    """Waits grow 1, 2, 4 … 30 seconds, however many deaths there were."""
    patience = Patience()
    assert [patience.wait(deaths) for deaths in (1, 2, 3, 5, 6, 7, 10_000)] == [1, 2, 4, 16, 30, 30, 30]


def test_children_are_asked_to_stop_in_reverse_order(processes: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    """The child that was started last gets its SIGTERM first, and nothing runs afterwards."""
    asked = []
    terminate = subprocess.Popen.terminate

    def note(process: subprocess.Popen[bytes]) -> None:
        asked.append(process.pid)
        terminate(process)

    monkeypatch.setattr(subprocess.Popen, "terminate", note)
    for name in ("a", "b", "c"):
        processes.start(name, SLEEP)
    pids = list(processes.pids().values())
    processes.stop()
    assert asked == pids[::-1]
    assert not any(map(is_running, pids))
    assert processes.pids() == {}


def test_a_child_that_will_not_stop_is_killed_with_its_group(processes: Processes, tmp_path: Path) -> None:
    """When the shared wait is over, a deaf child and what it started are killed."""
    note = tmp_path / "pid"
    code = f"""
import signal, subprocess, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(["sleep", "60"])
open({str(note)!r}, "w").write(str(child.pid))
time.sleep(60)
"""
    for name in ("deaf", "deaf too"):
        note.unlink(missing_ok=True)
        processes.start(name, (sys.executable, "-c", code))
        wait_for(lambda: note.exists() and note.read_text() != "")
    pids = [*processes.pids().values(), int(note.read_text())]
    began = time.monotonic()
    processes.stop(within=0.3)
    assert time.monotonic() - began < 2
    wait_for(lambda: not any(map(is_running, pids)))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to its parent")
def test_children_stop_when_their_owner_is_killed(tmp_path: Path) -> None:
    """A supervisor that is killed with SIGKILL leaves no child behind."""
    code = """
import sys, time
from pathlib import Path
from workers.operate.processes import Processes
processes = Processes(Path(sys.argv[1]))
processes.start("one", ("sleep", "60"))
print(processes.pids()["one"], flush=True)
time.sleep(60)
"""
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as owner:
        assert owner.stdout is not None
        child = int(next(line for line in owner.stdout if line.strip().isdigit()))
        wait_for(lambda: is_running(child))
        owner.kill()
    wait_for(lambda: not is_running(child))


def test_a_program_that_is_not_there_is_refused_at_once(processes: Processes) -> None:
    """A missing program is no reason to wait for five deaths; a used name is a mistake of the caller."""
    with pytest.raises(ProcessError, match="there is no program no-such-program"):
        processes.start("one", ("no-such-program",))
    processes.start("one", SLEEP)
    with pytest.raises(ValueError, match="already"):
        processes.start("one", SLEEP)
