"""The files that run marsad as services: docker-compose.yml, Procfile, Dockerfile. No Docker engine is needed."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from workers.config.settings import HOME, SettingsFile
from workers.engine import COMMANDS
from workers.operate.redis import DURABLE, RedisError, check
from workers.route import STAGES

BIN = Path(sys.executable).parent


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((HOME / "docker-compose.yml").read_text())
    return read


def procfile() -> dict[str, list[str]]:
    lines = (HOME / "Procfile").read_text().splitlines()
    return {name: shlex.split(command) for name, command in (line.split(": ", 1) for line in lines)}


def argv(command: str | list[str]) -> list[str]:
    return shlex.split(command) if isinstance(command, str) else command


def test_the_compose_file_is_valid() -> None:
    """docker-compose.yml obeys the schema of the Compose Specification."""
    done = subprocess.run(
        [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", HOME / "docker-compose.yml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_schema_check_finds_faults(tmp_path: Path) -> None:
    """The check above is a real one: a misspelt key fails it."""
    broken = tmp_path / "docker-compose.yml"
    broken.write_text((HOME / "docker-compose.yml").read_text().replace("    restart:", "    restrat:"))
    done = subprocess.run(
        [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", broken], capture_output=True, check=False
    )
    assert done.returncode == 1


def test_both_files_run_the_same_commands() -> None:
    """Every line of the Procfile is a service of the same command; only the two databases come from images."""
    services, lines = compose()["services"], procfile()
    assert set(services) - {"postgres"} == set(lines)
    for name in set(lines) - {"redis"}:
        assert argv(services[name]["command"]) == lines[name]
    assert lines["redis"] == ["python", "-m", "workers.operate.redis"]
    assert services["redis"]["command"] == ["redis-server", *DURABLE]


def test_the_services_are_those_of_the_engine() -> None:
    """`marsad up` gives Celery the same words for each process, so what is tested on a machine is what runs on ten."""
    lines = procfile()
    for name, arguments in COMMANDS.items():
        assert lines[name] == ["celery", "-A", "workers.app", *arguments]
    assert set(lines) == {"redis", "desk", "flower", *COMMANDS}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_has_its_queue_its_name_and_its_pool(stage: str) -> None:
    """A worker serves the queue of its name; waiting is for threads, computing for processes."""
    command = procfile()[stage]
    options = dict(pairwise(command))
    assert options["--queues"] == stage
    assert options["--hostname"] == f"{stage}@%h"
    assert options["--pool"] == ("threads" if stage in {"watch", "fetch"} else "prefork")
    assert {"--without-gossip", "--without-mingle", "--task-events"} <= set(command)


def test_no_password_is_in_the_file() -> None:
    """Passwords come from the environment of whoever starts the services, and starting without one is refused."""
    for service in compose()["services"].values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name:
                assert value.startswith("${POSTGRES_PASSWORD:?")
            assert not re.search(r"://[^@/]*:[^@/]*@", str(value))


def test_what_must_last_is_on_a_volume() -> None:
    """The queues, the database and the archive outlive their containers; nothing is published beyond this machine."""
    file = compose()
    mounts = {volume.split(":")[0] for service in file["services"].values() for volume in service["volumes"]}
    assert mounts == set(file["volumes"]) == {"redis", "postgres", "var"}
    for service in file["services"].values():
        assert service["restart"] == "unless-stopped"
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


def test_a_stopped_worker_may_finish_its_task() -> None:
    """The time between TERM and KILL is longer than the longest task."""
    limit = SettingsFile().task_limit
    for stage in STAGES:
        assert int(compose()["services"][stage]["stop_grace_period"].removesuffix("s")) > limit


def test_the_image_is_built_from_the_locks_and_runs_as_nobody_special() -> None:
    """Everything copied exists and is not ignored, everything installed is pinned, and the last user is not root."""
    text = (HOME / "Dockerfile").read_text().replace("\\\n", " ")
    steps = [line.split(None, 1) for line in text.splitlines() if line and not line.startswith("#")]
    kept = [line[1:] for line in (HOME / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for source in (one for kind, rest in steps if kind == "COPY" for one in rest.split()[:-1]):
        assert source.split("/")[0] in kept
        if source != "seeds":  # made by others; the image needs it for the demonstration
            assert (HOME / source).exists()
    for command in (one.strip() for kind, rest in steps if kind == "RUN" for one in rest.split("&&")):
        if "pip install" in command:
            assert "--no-deps" in command
            assert "--require-hashes" in command or "--no-build-isolation" in command
    assert [rest for kind, rest in steps if kind == "USER"][-1:] == ["marsad"]


def test_the_locks_name_no_place() -> None:
    """A lock pins names, versions and hashes, and says nothing of where they were found; each package has a hash."""
    for path in sorted((HOME / "config").glob("requirements*.lock")):
        text = path.read_text()
        assert "://" not in text
        entries = re.split(r"\n(?=\S)", text.strip())
        assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)


def test_what_runs_is_what_is_tested() -> None:
    """Every package of the lock to run is in the lock to test, in the same version."""
    locks = [(HOME / "config" / f"requirements{kind}.lock").read_text() for kind in ("", "-dev")]
    run, dev = (set(re.findall(r"^\S+==\S+", text, re.MULTILINE)) for text in locks)
    assert run < dev


def test_the_locks_hold_what_the_project_asks_for() -> None:
    """Each requirement of pyproject.toml is in the locks, in a version it allows: `make lock` was not forgotten."""
    project = tomllib.loads((HOME / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    run = [*project["project"]["dependencies"], *groups["build"]]
    for asked, name in ((run, "requirements.lock"), ([*run, *groups["dev"]], "requirements-dev.lock")):
        pinned = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", (HOME / "config" / name).read_text(), re.MULTILINE))
        for requirement in map(Requirement, asked):
            version = pinned[re.sub(r"[-_.]+", "-", requirement.name.lower())]
            assert requirement.specifier.contains(version, prereleases=True), f"{requirement} but {version} in {name}"


@contextmanager
def started(name: str, env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run one line of the Procfile as honcho does, in a group of its own that is stopped at the end."""
    command = " ".join(map(shlex.quote, procfile()[name]))
    with log.open("wb") as file:
        process = subprocess.Popen(
            f"exec {command}", shell=True, cwd=HOME, env=env, stdout=file, stderr=file, start_new_session=True
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()


def wait_until(true: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert process.poll() is None, f"it ended:\n{log.read_text()}"
        assert time.monotonic() < deadline, f"it is not ready:\n{log.read_text()}"
        time.sleep(0.1)


def answers(url: str) -> bool:
    try:
        check(url)
    except RedisError:
        return False
    return True


def opens(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def is_ready(name: str, text: str) -> bool:
    return bool(re.search(rf"{name}@\S+ ready", text))


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    ports = []
    for probe in (socket.socket(), socket.socket(), socket.socket()):
        with probe:
            probe.bind(("127.0.0.1", 0))
            ports.append(probe.getsockname()[1])
    return {
        **os.environ,
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "REDIS_URL": f"redis://127.0.0.1:{ports[0]}/0",
        "MARSAD_VAR": str(tmp_path / "var"),
        "FLOWER_PORT": str(ports[1]),
        "MARSAD_DESK_PORT": str(ports[2]),
    }


@pytest.mark.live
@pytest.mark.timeout(240)
def test_every_line_of_the_procfile_starts_here_and_stops_when_told(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    """Each command gets to work on a Redis that its own line started, and ends with status 0 on SIGTERM."""
    ready: dict[str, Callable[[str], bool]] = {
        "beat": lambda text: "beat: Starting" in text,
        "flower": lambda _: opens(f"http://127.0.0.1:{environment['FLOWER_PORT']}/"),
        "desk": lambda _: opens(f"http://127.0.0.1:{environment['MARSAD_DESK_PORT']}/metrics"),
        **{name: partial(is_ready, name) for name in (*STAGES, "tick")},
    }
    assert {"redis", *ready} == set(procfile())
    logs = {name: tmp_path / f"{name}.log" for name in procfile()}
    with started("redis", environment, logs["redis"]) as redis:
        wait_until(lambda: answers(environment["REDIS_URL"]), redis, logs["redis"])
        with ExitStack() as stack:
            running = {name: stack.enter_context(started(name, environment, logs[name])) for name in ready}
            for name, process in running.items():
                wait_until(lambda name=name: ready[name](logs[name].read_text()), process, logs[name])  # type: ignore[misc]
        for name, process in running.items():
            assert process.returncode == 0, f"{name}:\n{logs[name].read_text()}"
    assert redis.returncode == 0


def test_honcho_reads_the_procfile() -> None:
    """The runner of the Procfile finds every line in it."""
    done = subprocess.run([BIN / "honcho", "check"], cwd=HOME, capture_output=True, text=True, check=True)
    assert all(name in done.stderr for name in procfile())
