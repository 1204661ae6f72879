"""Opening stores that cannot be opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from workers.store.database import Database, StoreError


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "store URL is no address"),
        ("mystery://host/db", "store URL is no address"),
        ("postgresql://nobody:secret@127.0.0.1:1/none", "cannot be used: connection failed"),
    ],
)
def test_a_store_that_cannot_be_opened_says_why(url: str, sentence: str) -> None:
    """The message is a sentence about the address, without its password."""
    with pytest.raises(StoreError, match=sentence) as caught:
        Database.open(url)
    assert "secret" not in str(caught.value)


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
