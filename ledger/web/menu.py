"""The menu: what can be done, what can be looked up, and what safeguards both."""

from typing import NamedTuple

from calculators.problems import N_


class Entry(NamedTuple):
    """An entry of the menu: its name in the program, where it leads, and what it is called."""

    name: str
    path: str
    title: str


MENU: tuple[tuple[str, tuple[Entry, ...]], ...] = ((N_("Work"), (Entry("month", "/month", N_("Month")),)),)
