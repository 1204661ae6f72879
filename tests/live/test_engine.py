"""The whole engine: a real Redis, real worker processes, a real Flower, on the seeds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import seeds
from workers import engine as engines
from workers import route
from workers.config import Config, load_config
from workers.operate.lock import FolderError
from workers.operate.redis import client
from workers.road import open_road
from workers.store import counts
from workers.store.counts import Counts
from workers.store.database import Database

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

MARSAD = [sys.executable, "-c", "from workers.cli import main; main()"]


def config_for(folder: Path, **more: Any) -> Config:
    values = {
        "var": folder, "store_url": "", "replay": seeds.SEEDS, "retry_after": 0.0, "stale_after": 5.0, "tick_every": 2.0,
        "flower_port": 0, **more,
    }  # fmt: skip
    return load_config().with_settings(**values)


@pytest.fixture(scope="module")
def inline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What a replay in one process leaves in the store."""
    with open_road(config_for(tmp_path_factory.mktemp("inline"))) as road:
        route.replay(road)
        yield counts.facts(road.database)


def started(pids: dict[str, int]) -> list[int]:
    """Every process that the engine started, and theirs: those of the same sessions."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            session = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[3])
        except OSError:
            continue
        if session in pids.values():
            found.append(int(folder.name))
    return found


# On SQLite among the long ones: the workers that are killed below write to it too.
@pytest.mark.parametrize("store_url", [pytest.param("sqlite", marks=pytest.mark.long), "postgresql"], indirect=True)
def test_workers_leave_the_store_that_one_process_leaves(
    store_url: str, tmp_path: Path, inline: dict[str, Any]
) -> None:
    """Real queues, four worker processes and a shuffled manifest change nothing in what is found; Flower sees them."""
    said: list[Counts] = []
    config = config_for(tmp_path / "var", store_url=store_url, replay=seeds.shuffled(tmp_path, 7))
    with engines.running(config, beat=True, flower=True) as engine:
        engines.replay(engine, said.append)
        assert counts.facts(engine.road.database) == inline
        seeds.check_endings(engine.road.database)
        assert all(one.agree for one in said)
        assert flower_names(engine.flower or "") == ["clean", "fetch", "tag", "tick", "watch"]
        processes = started(engine.processes.pids())
        assert len(processes) >= 6
        began = time.monotonic()
    assert time.monotonic() - began < 10
    assert [pid for pid in processes if Path(f"/proc/{pid}").exists()] == []


def flower_names(address: str) -> list[str]:
    """The workers that Flower lists, without their host."""
    deadline = time.monotonic() + 60
    names: list[str] = []
    while time.monotonic() < deadline and len(names) < 4:
        try:
            with urllib.request.urlopen(f"{address}/workers?json=1", timeout=5) as answer:
                names = sorted(one["hostname"].split("@")[0] for one in json.load(answer)["data"])
        except (OSError, ValueError, KeyError):
            names = []
        time.sleep(0.3)
    return names


def test_killed_workers_and_a_flushed_redis_lose_nothing(tmp_path: Path, inline: dict[str, Any]) -> None:
    """SIGKILL of every worker and FLUSHALL in the middle of a replay: the sums hold all the time, nothing comes twice."""
    hurt: list[str] = []
    with engines.running(config_for(tmp_path), beat=True, flower=False) as engine:

        def hurting(now: Counts) -> None:
            assert now.agree
            pids = engine.processes.pids()
            if now.entries and "kill" not in hurt:
                hurt.append("kill")
                for name in ("watch", "fetch", "clean", "tag"):
                    os.killpg(pids[name], signal.SIGKILL)
            elif now.ended > 3 and "flush" not in hurt:
                hurt.append("flush")
                url = engine.app.conf.broker_url
                with client(url) as connection:
                    connection.flushall()

        engines.replay(engine, hurting, every=0.05)
        assert sorted(hurt) == ["flush", "kill"]
        assert counts.facts(engine.road.database) == inline
        assert counts.faults(engine.road.database) == []


def test_a_second_engine_on_one_folder_is_refused(tmp_path: Path) -> None:
    """The folder names who holds it; when that one is gone the lock is too."""
    config = config_for(tmp_path)
    with (
        engines.running(config, beat=False, flower=False),
        pytest.raises(FolderError, match=str(os.getpid())),
        engines.running(config, beat=False, flower=False),
    ):
        pass
    with engines.running(config, beat=False, flower=False):
        pass


def test_only_what_a_demonstration_made_is_emptied(tmp_path: Path) -> None:
    """A folder that holds a live store is refused; one of an earlier demonstration is emptied, strangers' files left."""
    config = config_for(tmp_path)
    Database.open(config.settings.store).close()
    with (
        pytest.raises(FolderError, match="would be emptied"),
        engines.running(config, beat=False, flower=False, fresh=True),
    ):
        pass
    (tmp_path / "marsad.db").unlink()
    (tmp_path / "mine.txt").write_text("mine")
    with engines.running(config, beat=False, flower=False, fresh=True) as engine:
        route.enrol(engine.road)
    with engines.running(config, beat=False, flower=False, fresh=True) as engine:
        assert counts.count(engine.road.database).sources == 0
    assert (tmp_path / "mine.txt").exists()
    with engines.running(config, beat=False, flower=False):
        pass
    with pytest.raises(FolderError), engines.running(config, beat=False, flower=False, fresh=True):
        pass


def test_a_redis_that_is_given_is_used_and_left_as_it_was(tmp_path: Path) -> None:
    """`replay` through REDIS_URL keeps its queues apart and takes them away at the end."""
    from workers.operate.redis import EmbeddedRedis

    with EmbeddedRedis(tmp_path / "redis") as server, client(server.url) as connection:
        connection.rpush("marsad:fetch", "somebody else's")
        done = run(
            "replay", "--json", str(seeds.SEEDS), env={"REDIS_URL": server.url, "MARSAD_VAR": str(tmp_path / "v")}
        )
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        assert (said["entries"], said["under_way"], said["agree"]) == (len(seeds.expected()), 0, True)
        assert [key for key in connection.scan_iter() if b"replay" in key] == []
        assert connection.llen("marsad:fetch") == 1
    assert [path for path in (tmp_path / "v").iterdir() if path.name.startswith("replay-")] == []


def test_up_stops_everything_on_ctrl_c(tmp_path: Path) -> None:
    """`marsad up --demo` shows its table, says how to go on, and ends within 10 s of Ctrl-C, leaving no process."""
    environment = {**os.environ, "MARSAD_VAR": str(tmp_path), "MARSAD_FLOWER_PORT": "0"}
    with (tmp_path / "out").open("wb") as out, (tmp_path / "err").open("wb") as err:
        up = subprocess.Popen([*MARSAD, "up", "--demo"], env=environment, stdout=out, stderr=err)
        try:
            deadline = time.monotonic() + 120
            while b"Ctrl-C stops everything" not in (tmp_path / "err").read_bytes():
                assert up.poll() is None, (tmp_path / "err").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.1)
            status = run("status", "--json", env={"MARSAD_VAR": str(tmp_path / "demo")})
            began = time.monotonic()
            up.send_signal(signal.SIGINT)
            assert up.wait(15) == 0
            assert time.monotonic() - began < 10
        finally:
            up.kill()
            up.wait()
    said = json.loads(status.stdout)
    assert [name.split("@")[0] for name in said["workers"]] == ["clean", "fetch", "tag", "tick", "watch"]
    assert {name: queue["waiting"] for name, queue in said["queues"].items() if name != "watch"} == dict.fromkeys(
        ("fetch", "clean", "tag"), 0
    )
    table = (tmp_path / "out").read_text()
    assert "مكالمة هي الأولى بين بوتين والشرع" in table
    assert "explain" in table
    assert not [one for one in Path("/proc").glob("[0-9]*/cmdline") if str(tmp_path).encode() in _read(one)]
    database = Database.open(f"sqlite:///{tmp_path}/demo/marsad.db")
    seeds.check_endings(database)
    database.close()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def run(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MARSAD, *arguments], env={**os.environ, **env}, capture_output=True, text=True, timeout=200, check=False
    )


def test_a_redis_that_does_not_answer_is_a_sentence(tmp_path: Path) -> None:
    """`up` and `replay` end with 1 and say what to do; nothing is started."""
    env = {"REDIS_URL": "redis://:secret@127.0.0.1:1/0", "MARSAD_VAR": str(tmp_path)}
    for command in (["up"], ["replay", str(seeds.SEEDS)], ["status"]):
        done = run(*command, env=env)
        assert done.returncode == 1, done.stderr
        assert "no Redis answers at redis://:***@127.0.0.1:1/0" in done.stderr
        assert "Traceback" not in done.stderr
