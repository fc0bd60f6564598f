"""The seed of all random cases: the same on every run of `make test`, another on every `make nightly`.

`SUBSIDY_TEST_SEED` sets it; hypothesis gets the same one by `--hypothesis-seed`, or by `@seed`.
"""

import os

_GIVEN = os.environ.get("SUBSIDY_TEST_SEED")
SEED = int(_GIVEN or "0")


def examples(by_night: int, *, by_day: int | None = None) -> int:
    """How many cases a property draws: all by night, and where a night's seed is given again; by day a third.

    By day the cases are the same each time: to look further is what the night is for. Where a single case takes half a
    second, `by_day` says how many are enough.
    """
    return by_night if _GIVEN else by_day or by_night // 3
