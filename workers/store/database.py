"""The door to the database: one engine a process, read and write transactions, migrations at opening."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

MIGRATIONS = Path(__file__).parent / "migrations"

# Any constant will do, so long as nothing else in the same database takes it.
_MIGRATION_LOCK = 7276737

# Alembic keeps its environment in module globals: one migration at a time in a process.
_one_at_a_time = threading.Lock()


# Rows of one statement: SQLite takes some thirty thousand values, a row has thirty at most.
_AT_ONCE = 500

# Seconds that a store on SQLite waits for its turn.
_PATIENCE = 30


class StoreError(Exception):
    """The store cannot be opened, read or written; the message says which and why."""


class AddressError(StoreError):
    """What was given is no address of a store."""


class Database:
    """An open store. Make one per process, after forking; `reading` and `writing` are safe in threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.url = engine.url.render_as_string(hide_password=True)
        # SQLite's transactions see one state anyway.
        self._one_state = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}

    @classmethod
    def open(cls, url: str, *, create: bool = True) -> Database:
        """Open the store at an SQLAlchemy URL and bring it to this version's schema.

        Raises StoreError, also when there is none and `create` is off; AddressError for what is no store's URL.
        """
        database = cls(_engine(url, create=create))
        try:
            with database._errors():
                database._migrate(create=create)
        except BaseException:
            database.close()
            raise
        return database

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the store and changes nothing."""
        with self._errors(), self._engine.connect().execution_options(**self._one_state) as connection:
            yield connection
            connection.rollback()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is kept whole or not at all."""
        with (
            self._errors(),
            self._engine.connect().execution_options(marsad_writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def _errors(self) -> Iterator[None]:
        # The one border where the driver's exceptions become ours: everything the database itself reports.
        try:
            yield
        except PoolTimeoutError as error:
            raise StoreError(f"the store {self.url} has no connection left; start fewer threads a worker") from error
        except DBAPIError as error:
            reason = str(error.orig).strip().splitlines()[0] if error.orig and str(error.orig).strip() else str(error)
            raise StoreError(f"the store {self.url} cannot be used: {reason}") from error

    def _migrate(self, *, create: bool) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        script = ScriptDirectory.from_config(config)
        with self._engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
            if current == script.get_current_head():
                return
            if current is None and not create:
                raise StoreError(f"there is no store at {self.url}; `marsad up` or `marsad replay` makes one")
            if current is not None and current not in {one.revision for one in script.walk_revisions()}:
                raise StoreError(
                    f"the store {self.url} was written by a newer marsad (schema {current}); update marsad"
                )
        with (
            _one_at_a_time,
            self._engine.connect().execution_options(marsad_writes=True) as connection,
            connection.begin(),
        ):
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Insert the rows whose key is not there yet and return the first column of the key of each; all name the same."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).on_conflict_do_nothing().returning(next(iter(table.primary_key.columns)))
    new: list[Any] = []
    for start in range(0, len(rows), _AT_ONCE):
        new.extend(connection.execute(statement.values(rows[start : start + _AT_ONCE])).scalars())
    return new


def _engine(url: str, *, create: bool) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        is_sqlite = parsed.get_backend_name() == "sqlite"
        _must_be_ours(parsed)
        if is_sqlite:
            _look_for_file(parsed.database or ":memory:", create=create)
        engine = create_engine(
            parsed,
            json_serializer=_dump,
            connect_args={"timeout": _PATIENCE} if is_sqlite else {"connect_timeout": 10},
            pool_pre_ping=not is_sqlite,
            pool_size=20,  # the most threads of a worker, and some
        )
    except (ArgumentError, NoSuchModuleError, ValueError, ImportError) as error:
        why = type(error).__name__ if isinstance(error, ArgumentError) else str(error)
        raise AddressError(f"the store URL is no address ({why}); write sqlite:///file.db or postgresql://…") from error
    except OSError as error:
        raise StoreError(f"the folder of the store {url} cannot be made: {error.strerror}") from error
    if is_sqlite:
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _must_be_ours(url: URL) -> None:
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise AddressError("a store is kept in SQLite or PostgreSQL; write sqlite:///file.db or postgresql://host/name")
    if "@" in (url.host or ""):
        raise AddressError("the store URL has an @ in its password; write it as %40")
    if (url.database or "").startswith("file:"):
        raise AddressError("the store URL names its file by another URL; write sqlite:///file.db")


def _look_for_file(name: str, *, create: bool) -> None:
    if name == ":memory:":
        raise AddressError("a store in memory is gone with its process; name a file: sqlite:///file.db")
    file = Path(name)
    if create:
        file.parent.mkdir(parents=True, exist_ok=True)
    elif not file.exists():
        raise StoreError(f"there is no store at {file}; `marsad up` or `marsad replay` makes one")


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling is switched off, so that BEGIN below is the only one.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (f"busy_timeout = {_PATIENCE}000", "foreign_keys = ON", "synchronous = NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError:
            # This pragma alone does not wait for its turn when several open a new store at once.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later cannot wait for its turn; one that will write says so at once.
    writes = connection.get_execution_options().get("marsad_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
