"""An answer → a capture: kept in the archive, and what the store says of it."""

from __future__ import annotations

import hashlib

from workers.fetch.archive import About
from workers.items import Capture, Response
from workers.road import Road


def keep_page(
    road: Road, key: str, answer: Response, *, outlet: str | None, source: str | None, before: Capture | None = None
) -> Capture:
    """Keep the page of an item as it came; one that equals `before` is only referred to. Raises ArchiveError."""
    digest = hashlib.sha256(answer.body).hexdigest()
    original = before.place or None if before is not None and before.digest == digest else None
    about = About(key=key, kind="page", outlet=outlet, source=source)
    return Capture(
        key=key,
        url=answer.url,
        final_url=answer.final_url,
        status=answer.status,
        headers=answer.headers,
        captured_at=answer.captured_at,
        elapsed=answer.elapsed,
        digest=digest,
        size=len(answer.body),
        place=road.archive.keep(answer, about, original=original),
    )
