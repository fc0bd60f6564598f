"""The menu: what can be done, what can be looked up, and what safeguards both."""

from typing import NamedTuple

from calculators.problems import N_


class Entry(NamedTuple):
    """An entry of the menu: its name in the program, where it leads, and what it is called."""

    name: str
    path: str
    title: str


MENU: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        N_("Work"),
        (
            Entry("inbox", "/inbox", N_("Inbox")),
            Entry("month", "/month", N_("Month")),
            Entry("import", "/import", N_("Import")),
            Entry("payments", "/payments", N_("Payments")),
            Entry("reconcile", "/reconcile", N_("Reconciling")),
            Entry("publicity", "/public-notices", N_("Public notices")),
        ),
    ),
    (
        N_("Look up"),
        (
            Entry("firm", "/firms", N_("Firms")),
            Entry("runs", "/runs", N_("Runs")),
            Entry("notices", "/notices", N_("Notices")),
            Entry("what-if", "/what-if", N_("What if")),
            Entry("budget", "/budget", N_("Budget")),
        ),
    ),
    (
        N_("Safeguards"),
        (
            Entry("people", "/people", N_("People and duties")),
            Entry("audit", "/audit", N_("Audit")),
            Entry("log", "/log", N_("Log")),
        ),
    ),
)
