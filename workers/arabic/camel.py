"""CAMeL's own data, where an operator has installed it (`camel_data -i defaults`): slow, and never on the road.

Both need what the rest of marsad does not: torch and transformers (`pip install marsad[ner]`) and half a gigabyte of model.
"""

from __future__ import annotations

import os
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from workers.arabic.clitics import proclitics
from workers.arabic.letters import fold_text

# Where the released catalogue keeps them.
_MODEL = Path("data", "ner", "arabert")
_MORPHOLOGY = Path("data", "morphology_db", "calima-msa-r13", "morphology.db")
_CACHE = 10_000
# Letters that a name must keep when "and" is taken off it.
_LEAST = 4


def data_folder() -> Path:
    """Return where `camel_data` installs."""
    given = os.environ.get("CAMELTOOLS_DATA")
    return Path(given).expanduser().absolute() if given else Path.home() / ".camel_tools"


def is_installed() -> bool:
    """Whether names can be proposed: the model is there, its catalogue, and the libraries that run it."""
    folder = data_folder()
    # Without a catalogue the import asks the web for one, with no limit of time.
    there = (folder / "catalogue.json").is_file() and (folder / _MODEL / "config.json").is_file()
    return there and all(find_spec(library) is not None for library in ("torch", "transformers"))


class CamelRecogniser:
    """CAMeL's named-entity recogniser, with its morphology for the proclitics of names where that is installed too."""

    name = "camel-ner-arabert"

    def __init__(self) -> None:
        from camel_tools.ner import NERecognizer  # noqa: PLC0415 -- five seconds, and a gigabyte once it runs

        folder = data_folder()
        self._model: Any = NERecognizer(str(folder / _MODEL), use_gpu=False)
        self._morphology = Morphology(folder / _MORPHOLOGY) if (folder / _MORPHOLOGY).is_file() else None

    def labels(self, texts: list[list[str]]) -> list[list[str]]:
        """Return a label for each word of each sentence."""
        return [list(labels) for labels in self._model.predict(texts)]

    def clitics(self, word: str) -> int:
        """Return how many letters of a name are a proclitic."""
        return self._morphology.clitics(word) if self._morphology else plain_clitics(word)


class Morphology:
    """CAMeL's morphological analyser on a database in its format. The file is GPL v2, and therefore none of ours."""

    def __init__(self, database: Path) -> None:
        from camel_tools.morphology.analyzer import Analyzer  # noqa: PLC0415
        from camel_tools.morphology.database import MorphologyDB  # noqa: PLC0415

        # Its cache works; that of the disambiguator computes anew each time.
        self._analyzer: Any = Analyzer(MorphologyDB(str(database), "a"), "NONE", cache_size=_CACHE)

    def clitics(self, word: str) -> int:
        """Return the proclitic letters of a word in its analyses as a proper noun; as we read them ourselves if there is none."""
        names = [one for one in self._analyzer.analyze(word) if one.get("pos") == "noun_prop"]
        if not names:
            return plain_clitics(word)
        # Each of these features is one letter: أ, و/ف, ب/ك/ل.
        return min(sum(one.get(part, "0") not in {"0", "na"} for part in ("prc3", "prc2", "prc1")) for one in names)


@lru_cache(maxsize=_CACHE)
def plain_clitics(word: str) -> int:
    """Return 1 where an unknown name begins with "and": ب, ل, ك and ف mostly belong to a foreign name."""
    return int(any(before == "و" and len(rest) >= _LEAST for before, rest in proclitics(fold_text(word))))
