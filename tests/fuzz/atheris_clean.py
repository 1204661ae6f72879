"""Bytes that reach new code, tried on the cleaner, the calendar and the fingerprints: run by hand, beside the tests.

It needs atheris, which is none of the requirements:

    python -m venv --system-site-packages DIR && DIR/bin/pip install atheris
    PYTHONPATH=. DIR/bin/python tests/fuzz/atheris_clean.py FOLDER -max_total_time=180 -max_len=60000

The environment must hold marsad's requirements too. FOLDER keeps the inputs that found something new; written pages
are put there first when it is empty. What fails is written to a file `crash-…`, and is tried again by naming that file.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_PREFIXES = ("workers.clean", "workers.arabic")


def _load(atheris: Any) -> Any:
    """Import what is tried, watched for which lines it reaches."""
    with atheris.instrument_imports(include=list(_PREFIXES)):
        for name in ("workers.clean.page", "workers.clean.pairs", "workers.arabic.calendar"):
            importlib.import_module(name)
        return importlib.import_module("tests.fuzz.tried")


def _fill(folder: Path, first: bytes) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        whole = importlib.import_module("tests.fuzz.whole")
        for page in whole.layouts():
            (folder / page.name.replace("/", "-")).write_bytes(first + page.body)


def main(arguments: list[str]) -> int:
    """Try inputs without an end, or as long as the arguments say; 2 when atheris is not installed."""
    sys.path.insert(0, str(ROOT))
    try:
        atheris = importlib.import_module("atheris")
    except ModuleNotFoundError:
        sys.stderr.write("atheris is not installed: pip install atheris (into an environment of its own) to run this\n")
        return 2
    tried = _load(atheris)
    for folder in arguments[1:]:
        _fill(Path(folder), b"\x00\x00")
    atheris.Setup(arguments, tried.try_all)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
