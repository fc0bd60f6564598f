"""Which tests of pages there are: those in a real browser where the system has one, or was promised to have one."""

import os

from tests.support.browser import chromium

# `make test` passes on a machine with python3, pip and make alone. What `.ci/run` installs widens the tests, and it
# says so: a Chromium that is missing then fails them.
IN_A_BROWSER = ["test_browser.py", "test_month_in_browsers.py"]
collect_ignore = [] if chromium() or "SUBSIDY_TEST_BROWSER" in os.environ else IN_A_BROWSER
