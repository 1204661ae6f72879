"""How many examples a test of any input tries: few by default, as many as `MARSAD_FUZZ` says when it is set.

`MARSAD_FUZZ=20000 pytest tests/clean tests/arabic -k fuzz` tries 20,000 examples of each, other ones in every run.
"""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings

# Read at import: the tests themselves see none of the settings of the shell.
MORE = int(os.environ.get("MARSAD_FUZZ", "0"))
# Guards against work without an end, not measures of speed: a whole page takes some hundredths of a second.
_LONGEST_EXAMPLE = timedelta(seconds=20)
_LONGEST_TEST = 120  # seconds, as for every test; with more examples a second for each

patient = pytest.mark.timeout(_LONGEST_TEST + MORE)


def often(examples: int) -> settings:
    """Settings for a test that tries so many examples, the same ones in each run unless more are asked for."""
    return settings(
        max_examples=MORE or examples,
        deadline=_LONGEST_EXAMPLE,
        derandomize=not MORE,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )
