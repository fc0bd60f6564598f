"""What went wrong, as values: a code, a place, what it is and how to remedy it.

Problems in what a user brought are collected and raised together as one `Refused`; the command line prints every one
and exits with 2. A broken invariant of our own is not a `Problem`: it crashes. Texts are English templates with named
`{placeholders}`; the edge translates the template through the catalogue first and fills it afterwards, so that the
calculators stay free of any language setting.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

# A translator: takes an English template, gives the template in the reader's language.
Say = Callable[[str], str]


def N_(message: str) -> str:
    """Mark a template for the catalogue and return it unchanged."""
    return message


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem stands.

    `source` is a file name as the user wrote it, or a record such as `G-2025-001`; `line` and `column` count from 1
    and are 0 where there are none (a spreadsheet cell gives its row and column numbers); `key` is the key path, the
    column heading or the clause.
    """

    source: str = ""
    line: int = 0
    column: int = 0
    key: str = ""

    def __str__(self) -> str:
        where = self.source
        if self.line:
            where += f":{self.line}:{self.column}"
        return f"{where} {self.key}".strip()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to remedy: a stable `code` (equal in every language), templates, and the values that fill them."""

    code: str
    what: str
    remedy: str
    place: Place = Place()
    values: Mapping[str, object] = field(default_factory=dict)

    def render(self, say: Say = str) -> str:
        """One line: `place: what; how to remedy it [code]`, the templates passed through `say` first."""
        both = say(N_("{what}; {remedy}")).format(what=say(self.what), remedy=say(self.remedy))
        text = both.format_map(dict(self.values))
        where = str(self.place)
        return f"{where}: {text} [{self.code}]" if where else f"{text} [{self.code}]"


class Refused(Exception):
    """Input that cannot be taken, with every problem found in it; nothing was written."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(problem.render() for problem in self.problems))


def refuse(code: str, what: str, remedy: str, place: Place | None = None, **values: object) -> Refused:
    """A `Refused` with one problem in it, ready to raise."""
    return Refused(Problem(code, what, remedy, place or Place(), values))
