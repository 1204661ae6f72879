"""Opening stores that cannot be opened."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from workers.config.settings import HOME
from workers.store.database import AddressError, Database, StoreError


@pytest.mark.parametrize(
    "url",
    ["nonsense", "mystery://host/db", "postgresql://h:port/db", "sqlite://", "sqlite:///:memory:"],
)
def test_what_is_no_address_of_a_store_is_refused(url: str) -> None:
    """Another kind of address, one without its driver, or a store in memory: a sentence that names the right form."""
    with pytest.raises(AddressError, match=r"sqlite:///file\.db"):
        Database.open(url)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://host/db", "SQLite or PostgreSQL"),
        ("postgresql://me:sec@ret@host/db", "write it as %40"),
        ("sqlite:///file:/p/x.db?uri=true", "by another URL"),
    ],
)
def test_an_address_of_another_kind_says_which_is_right(url: str, sentence: str) -> None:
    """What can be mended is told, without the address: it may show a password."""
    with pytest.raises(AddressError, match=sentence) as caught:
        Database.open(url)
    assert "ret" not in str(caught.value).replace("write", "")


def test_a_store_that_does_not_answer_says_why() -> None:
    """The message is a sentence about the address, without its password."""
    with pytest.raises(StoreError, match="cannot be used: connection failed") as caught:
        Database.open("postgresql://nobody:secret@127.0.0.1:1/none")
    assert "secret" not in str(caught.value)


def test_a_store_that_is_not_there_is_not_made_by_reading(tmp_path: Path) -> None:
    """Whoever only looks gets a sentence, and leaves no empty file behind."""
    file = tmp_path / "store.db"
    with pytest.raises(StoreError, match="there is no store at"):
        Database.open(f"sqlite:///{file}", create=False)
    assert not file.exists()
    Database.open(f"sqlite:///{file}").close()
    Database.open(f"sqlite:///{file}", create=False).close()


def test_many_processes_open_a_new_store_at_once(tmp_path: Path) -> None:
    """Six processes that start together on an empty folder all get the store."""
    code = f"from workers.store.database import Database; Database.open('sqlite:///{tmp_path}/store.db').close()"
    for _ in range(3):
        started = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, cwd=HOME) for _ in range(6)]
        assert [process.communicate(timeout=60)[1] for process in started] == [b""] * 6
        (tmp_path / "store.db").unlink()


def test_a_store_in_an_impossible_folder_says_why(tmp_path: Path) -> None:
    """A file where the folder should be is reported with the address."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="folder of the store"):
        Database.open(f"sqlite:///{tmp_path}/file/store.db")


def test_a_file_that_is_no_database_says_why(tmp_path: Path) -> None:
    """Somebody else's file is not overwritten."""
    (tmp_path / "store.db").write_text("not a database, and long enough to be looked at by anybody")
    with pytest.raises(StoreError, match="not a database"):
        Database.open(f"sqlite:///{tmp_path}/store.db")


def test_sqlite_waits_and_keeps_its_references(tmp_path: Path) -> None:
    """A store on SQLite is in WAL mode, waits when busy and enforces foreign keys."""
    database = Database.open(f"sqlite:///{tmp_path}/store.db")
    with database.reading() as connection:

        def pragma(name: str) -> object:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

        assert (pragma("journal_mode"), pragma("foreign_keys"), pragma("busy_timeout")) == ("wal", 1, 30000)
    database.close()
