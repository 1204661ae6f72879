"""What two copies of one text have in common, whatever was done to their spelling and marks."""

from __future__ import annotations

import hashlib

from workers.arabic.letters import fold_text
from workers.items import Article


def fingerprint(article: Article) -> str:
    """32 hex digits of the SHA-256 of the body's folded letters and digits; the headline does not count.

    Diacritics, tatweel, spellings of alef, the two sets of digits, spaces and punctuation make no difference.
    """
    start, end = article.zones.body
    letters = "".join(char for char in fold_text(article.text[start:end]) if char.isalnum())
    return hashlib.sha256(letters.encode("utf-8", "surrogatepass")).hexdigest()[:32]
