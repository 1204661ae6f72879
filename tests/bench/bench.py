"""`make bench`: our stages against the bare libraries on the same pages, as ratios of CPU time taken in one run;
and how soon articles are found, against looks at fixed intervals.
"""

from __future__ import annotations

from datetime import UTC, datetime

import trafilatura

from tests import seeds
from tests.bench import cleaning, tagging, watching
from tests.bench.timing import compare, cpu
from workers.clean.page import clean
from workers.config import load_config
from workers.items import Article, Capture, Entry


def main() -> None:
    """Print one line a stage: milliseconds an article, ours and the library's, and the ratio."""
    config = load_config()
    at = datetime(2025, 12, 6, tzinfo=UTC)
    pages = [path.read_bytes() for path in sorted(seeds.SEEDS.glob("*/*.html"))]
    entry = Entry(key="0" * 16, url="https://bench.example/1", outlet=None, found_at=at)
    capture = Capture(
        key=entry.key, url=entry.url, final_url=entry.url, status=200, headers={"content-type": "text/html"},
        captured_at=at, elapsed=0.0, digest="", size=0,
    )  # fmt: skip

    def ours() -> list[Article]:
        cleaned = (clean(capture, page, entry=entry, config=config) for page in pages)
        return [one for one in cleaned if isinstance(one, Article)]

    def library() -> None:
        for page in pages:
            trafilatura.bare_extraction(page, with_metadata=True)

    compare("clean, the small pages of the seeds", len(pages), cpu(ours), "trafilatura with metadata", cpu(library))

    tagging.main()
    cleaning.main()
    watching.main()


if __name__ == "__main__":
    main()
