"""The clean stage beside trafilatura on the written pages, its memory over many of them, and the look-up of copies in archives
of a thousand to a million articles.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median

import trafilatura

from tests.bench.timing import compare, cpu, tell
from tests.exam.pagefiles import all_pages, cleaned
from tests.pages.write import Page
from workers.config import Config, load_config
from workers.items import Article, Published, Zones, to_json
from workers.store.copies import candidates
from workers.store.database import Database

PAGES = int(os.environ.get("MARSAD_BENCH_PAGES", "20000"))  # over which memory is looked at
ARCHIVE = int(os.environ.get("MARSAD_BENCH_ARCHIVE", "100000"))  # articles of the largest archive; a million takes 6 GB
_LOOKS = 60
_BANDS, _UNITS = 24, 12
_FURNITURE = 20  # notes that stand on every article, one of so many


def main() -> None:
    """Print all of it."""
    config = load_config()
    pages = [page for page in all_pages() if page.reason is None]
    speed(pages, config)
    memory(pages, config)
    look_up()


def speed(pages: list[Page], config: Config) -> None:
    """Print the whole stage against the bare library: over all pages, and by the way the article was found."""
    ours, theirs = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    for page in pages:
        article = cleaned(page, config)
        assert isinstance(article, Article), page.name
        took = cpu(_work(page, config), 3), cpu(_library(page), 3)
        for way in ("all pages", f"by {article.read_by}"):
            ours[way].append(took[0])
            theirs[way].append(took[1])
    for way, times in ours.items():
        compare(
            f"clean, {len(times)} written pages, {way}",
            len(times),
            sum(times),
            "trafilatura with metadata",
            sum(theirs[way]),
        )
        each = median(one / other for one, other in zip(times, theirs[way], strict=True))
        tell(f"  ratio of the page in the middle: {each:.2f}")


def _work(page: Page, config: Config) -> Callable[[], object]:
    return lambda: cleaned(page, config)


def _library(page: Page) -> Callable[[], object]:
    return lambda: trafilatura.bare_extraction(page.body, with_metadata=True)


def memory(pages: list[Page], config: Config) -> None:
    """Print what the process holds after a tenth of the pages and after all of them."""
    held = []
    for number in range(PAGES):
        if number == PAGES // 10:
            held.append(_resident())
        cleaned(pages[number % len(pages)], config)
    held.append(_resident())
    tell(f"memory: {held[0]:.0f} MB after {PAGES // 10} pages, {held[1]:.0f} MB after {PAGES}")


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def look_up() -> None:
    """Print how long the candidates of one article are looked for, in archives that grow tenfold."""
    first = 0.0
    size = 1000
    while size <= ARCHIVE:
        with tempfile.TemporaryDirectory() as folder:
            took = _look_up(Path(folder) / "store.db", size)
        first = first or took
        tell(f"copies: {took * 1000:.1f} ms a look-up among {size} articles; ratio to the first {took / first:.2f}")
        size *= 10


def _look_up(path: Path, size: int) -> float:
    url = f"sqlite:///{path}"
    Database.open(url).close()
    _fill(path, size)
    database = Database.open(url)
    with sqlite3.connect(path) as connection:
        step = max(1, size // _LOOKS)
        sketches = [
            (key, _numbers(connection, "paragraphs", key), _numbers(connection, "bands", key))
            for key in (f"{number:016x}" for number in range(1, size + 1, step))
        ]
    took = []
    for key, units, bands in sketches:
        start = time.perf_counter()
        found = candidates(database, key, units, bands)
        took.append(time.perf_counter() - start)
        assert found, key
    database.close()
    return median(took)


def _numbers(connection: sqlite3.Connection, table: str, key: str) -> list[int]:
    # By the position in which _fill put them: there is no index on the key.
    return [row[0] for row in connection.execute(f"SELECT number FROM {table}_of WHERE key = ?", (key,))]


def _fill(path: Path, size: int) -> None:
    """Write an archive: random bands and sentences, a note common to a twentieth of all, a background to some fifty."""
    text = " ".join(["كلمة"] * 150)
    data = json.dumps(to_json(
        Article(
            id="", key="", url="", outlet=None, language="ar", title="عنوان", author=None, text=text,
            zones=Zones(headline=(0, 0), lead=(0, len(text)), body=(0, len(text))),
            published=Published(value=None, precision=None),
        )
    ))  # fmt: skip
    with sqlite3.connect(path) as connection:
        connection.executescript("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; PRAGMA cache_size = -500000;")
        connection.execute("CREATE TEMP TABLE numbers (i INTEGER PRIMARY KEY, at TEXT, key TEXT)")
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO numbers SELECT i,"
            " strftime('%Y-%m-%d %H:%M:%S.000000', '2020-01-01', '+' || i || ' minutes'), printf('%016x', i) FROM n",
            (size,),
        )
        connection.execute(
            "INSERT INTO articles (key, ordered_at, captured_at, data) SELECT key, at, at, ? FROM numbers", (data,)
        )
        for table, each, common in (("bands", _BANDS, ""), ("paragraphs", _UNITS, _common(size))):
            connection.execute(
                f"WITH RECURSIVE n(j) AS (SELECT 1 UNION ALL SELECT j + 1 FROM n WHERE j < {each})"
                f" INSERT INTO {table} (number, at, key) SELECT random() AS number, at, key FROM numbers, n {common} ORDER BY number"
            )
            connection.execute(
                f"CREATE TABLE {table}_of AS SELECT key, number FROM {table} WHERE key IN"
                f" (SELECT key FROM numbers WHERE (i - 1) % {max(1, size // _LOOKS)} = 0)"
            )
    connection.close()


def _common(size: int) -> str:
    return (
        f"UNION ALL SELECT i % {_FURNITURE}, at, key FROM numbers"
        f" UNION ALL SELECT 1000 + i % {max(1, size // 50)}, at, key FROM numbers"
    )


if __name__ == "__main__":
    main()
