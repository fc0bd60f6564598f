"""Pictures of every page at both widths and in both languages, and on paper, for somebody to look at: `make shots`.

They lie in `shots/`, named `<page>-<width>-<language>.png`; the demo year is told first, in `shots/demo`.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from ledger.demo.story import anchor_of
from tests.support.browser import browser, served
from tests.support.demo import told_in

# A page of each kind, and what it shows of the demo year.
PAGES = {
    "inbox": "/inbox",
    "month": "/month/2025-06",
    "month-held": "/month/2025-12",
    "firms": "/firms?q=48",
    "firm": "/firm/91110108MA00000487",
    "firm-open": "/firm/91110108MA00000220",
    "line": "/line/PF0006",
    "entry": "/entry/main/PF0006/1",
    "item": "/line/PF-JL3",
    "runs": "/runs",
    "run": "/run/2025-06",
    "payments": "/payments",
    "reconcile": "/reconcile",
    "reconcile-then": "/reconcile?as_of=2025-08-02",
    "notices": "/notices",
    "notice": "/notice/bj-first-loan-2025",
    "budget": "/budget?month=2025-06",
    "import": "/import",
    "public-notices": "/public-notices",
    "what-if": "/what-if",
    "people": "/people",
    "audit": "/audit",
    "log": "/log",
    "record": "/log/2133",
    "refused": "/month/2025-13",
}
WIDTHS = (1280, 390)
LANGUAGES = ("zh_CN", "en")
# The day after the demo year ends.
SEEN = datetime(2026, 4, 2, 3, tzinfo=UTC)


def main(folder: Path, wanted: list[str]) -> None:
    """Take the pictures of the pages named, of all without any."""
    folder.mkdir(exist_ok=True)
    out = told_in(folder).out
    with (
        served(f"sqlite:///{out.resolve()}/ledger.db", anchor_of(out), lambda: SEEN) as console,
        browser() as chromium,
    ):
        page = chromium.new_page()
        page.goto(console.enter)
        for name in wanted or PAGES:
            for language in LANGUAGES:
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": 900})
                    path = PAGES[name]
                    page.goto(f"{console.base}{path}{'&' if '?' in path else '?'}lang={language}")
                    page.screenshot(path=folder / f"{name}-{width}-{language}.png", full_page=True)
                page.pdf(path=folder / f"{name}-{language}.pdf", prefer_css_page_size=True)
            print(name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
