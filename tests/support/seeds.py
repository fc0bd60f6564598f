"""The seed of all random cases: the same on every run of `make test`, another on every `make nightly`.

`SUBSIDY_TEST_SEED` sets it; hypothesis gets the same one by `--hypothesis-seed`, or by `@seed`.
"""

import os

SEED = int(os.environ.get("SUBSIDY_TEST_SEED", "0"))
