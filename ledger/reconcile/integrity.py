"""What is checked before a line of a statement may count for anything.

Opening + lines = closing, every balance shown between them, declared counts and sums, and each statement opening on the
close of the one before. A fault is a value: what kind, and a problem that names the difference. Rows that agree with
each other prove nothing of a row that is not there: what does stands outside of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from calculators.money import format_minor
from calculators.problems import N_, Place, Problem
from ledger.reconcile.statements import Line, Statement

OK = "ok"
UNBALANCED = "unbalanced"
COUNT_MISMATCH = "count-mismatch"
GAP = "gap"
NO_BALANCES = "no-balances"
UNPROVEN = "unproven"


class Examined(NamedTuple):
    """A statement with its verdict (`ok` or the gravest fault) and everything found, the gravest first."""

    statement: Statement
    integrity: str
    problems: tuple[Problem, ...]

    @property
    def faulty(self) -> bool:
        """Whether something contradicts itself; having no balances, or no proof of being whole, is a lack only."""
        return self.integrity not in (OK, NO_BALANCES, UNPROVEN)


class Proved(NamedTuple):
    """Whether anything outside the lines of a statement says where they begin, and where they end."""

    begins: bool
    ends: bool

    @classmethod
    def of(cls, statement: Statement) -> "Proved":
        """A balance stated beside the lines proves its end of them; a count of them all, or both sums, prove both."""
        said = statement.declared
        counted = said.lines is not None or None not in (said.credits, said.debits)
        whole = counted or None not in (said.credit_fen, said.debit_fen)
        return cls(
            statement.opening_fen is not None and (statement.opening_stated or whole),
            statement.closing_fen is not None and (statement.closing_stated or whole),
        )


def examine(source: str, statements: Iterable[Statement]) -> list[Examined]:
    """Every statement of a file with its verdict, in the order of the file."""
    kept = list(statements)
    gaps = dict(_gaps(source, kept))
    return [_verdict(source, statement, gaps.get(index)) for index, statement in enumerate(kept)]


def _verdict(source: str, statement: Statement, gap: Problem | None) -> Examined:
    unbalanced = [*_balance(source, statement), *_running(source, statement)]
    counts = list(_counts(source, statement))
    batches = list(_batches(source, statement))
    without = statement.opening_fen is None or statement.closing_fen is None
    found = [
        (UNBALANCED, unbalanced),
        (COUNT_MISMATCH, counts),
        (GAP, [gap] if gap else []),
        # A batch that miscounts its own details leaves the booked entry as it is: it comes last.
        (NO_BALANCES, [_no_balances(source, statement)] if without else []),
        (COUNT_MISMATCH, batches),
    ]
    if not any(problems for _kind, problems in found) and not all(Proved.of(statement)):
        found.append((UNPROVEN, [_unproven(source, statement)]))
    integrity = next((kind for kind, problems in found if problems), OK)
    return Examined(statement, integrity, tuple(problem for _kind, problems in found for problem in problems))


def _at(source: str, line: int, statement: Statement) -> Place:
    return Place(source, line, 1 if line else 0, statement.name)


def _money(statement: Statement, amount: int) -> str:
    return f"{format_minor(amount, statement.digits)} {statement.currency}"


def _balance(source: str, statement: Statement) -> Iterator[Problem]:
    if statement.opening_fen is None or statement.closing_fen is None:
        return
    lines = sum(line.amount_fen for line in statement.lines)
    difference = statement.closing_fen - statement.opening_fen - lines
    if difference:
        yield Problem(
            "statement_unbalanced",
            N_("opening {opening} and lines of {lines} do not make the close of {closing}: {difference} apart"),
            N_("download the statement again; if it is the same, ask the bank which entry is missing or changed"),
            _at(source, statement.place, statement),
            {
                "opening": _money(statement, statement.opening_fen),
                "lines": _money(statement, lines),
                "closing": _money(statement, statement.closing_fen),
                "difference": _money(statement, difference),
            },
        )


def _running(source: str, statement: Statement) -> Iterator[Problem]:
    """Every shown balance against the one shown before it and the amounts between."""
    balance = statement.opening_fen
    for line in statement.lines:
        if balance is not None:
            balance += line.amount_fen
        if line.balance_fen is None:
            continue
        if balance is not None and balance != line.balance_fen:
            yield Problem(
                "balance_breaks",
                N_("the balance shown here is {shown}, and the lines up to here make {calculated}: {difference} apart"),
                N_("an entry before this one is missing, doubled or changed; download the statement again"),
                _at(source, line.place, statement),
                {
                    "shown": _money(statement, line.balance_fen),
                    "calculated": _money(statement, balance),
                    "difference": _money(statement, line.balance_fen - balance),
                },
            )
        balance = line.balance_fen


UNPROVEN_ENDS = {
    (False, False): N_("nothing outside its rows says where they begin and end: a first or last row may be missing"),
    (False, True): N_("nothing outside its rows says where they begin: a first row may be missing"),
    (True, False): N_("nothing outside its rows says where they end: a last row may be missing"),
}
COUNTS = (
    N_("the number of lines is declared as {declared} and comes to {listed}"),
    N_("the number of credits is declared as {declared} and comes to {listed}"),
    N_("the number of debits is declared as {declared} and comes to {listed}"),
)
SUMS = (
    N_("the statement declares lines of {declared} together, and they come to {listed}"),
    N_("the statement declares credits of {declared}, and they come to {listed}"),
    N_("the statement declares debits of {declared}, and they come to {listed}"),
)


def _counts(source: str, statement: Statement) -> Iterator[Problem]:
    declared = statement.declared
    counted = (declared.lines, declared.credits, declared.debits)
    summed = (declared.net_fen, declared.credit_fen, declared.debit_fen)
    # Some banks count pending entries in, some do not: either is a count that agrees.
    ways = [_tally(statement.lines), _tally([*statement.lines, *statement.pending])]
    for index, (count, total) in enumerate(zip(counted, summed, strict=True)):
        if count is not None and all(count != way[index][0] for way in ways):
            yield Problem(
                "count_differs",
                COUNTS[index],
                N_("download the statement again; an entry was added or is missing"),
                _at(source, statement.place, statement),
                {"declared": count, "listed": ways[0][index][0]},
            )
        if total is not None and all(total != way[index][1] for way in ways):
            yield Problem(
                "sum_differs",
                SUMS[index],
                N_("download the statement again; an entry was added, changed or is missing"),
                _at(source, statement.place, statement),
                {"declared": _money(statement, total), "listed": _money(statement, ways[0][index][1])},
            )


def _tally(lines: list[Line]) -> tuple[tuple[int, int], ...]:
    """(count, sum) of all lines, of the credits, and of the debits as a positive sum."""
    amounts = [line.amount_fen for line in lines]
    credits = [amount for amount in amounts if amount > 0]
    debits = [-amount for amount in amounts if amount < 0]
    return (len(amounts), sum(amounts)), (len(credits), sum(credits)), (len(debits), sum(debits))


def _batches(source: str, statement: Statement) -> Iterator[Problem]:
    for batch in statement.batches:
        if batch.declared is not None and batch.declared != batch.listed:
            yield Problem(
                "batch_count_differs",
                N_("the number of payments is declared as {declared} and comes to {listed}"),
                N_("importing puts the whole file aside; ask the bank for a statement with the whole batch"),
                _at(source, batch.place, statement),
                {"declared": batch.declared, "listed": batch.listed},
            )
        elif batch.declared_fen is not None and batch.listed_fen not in (None, batch.declared_fen):
            yield Problem(
                "batch_sum_differs",
                N_("the batch declares {declared}, and its payments come to {listed}"),
                N_("importing puts the whole file aside; ask the bank for a statement with the whole batch"),
                _at(source, batch.place, statement),
                {
                    "declared": _money(statement, batch.declared_fen),
                    "listed": _money(statement, batch.listed_fen or 0),
                },
            )


def _no_balances(source: str, statement: Statement) -> Problem:
    return Problem(
        "balances_missing",
        N_("the statement shows no opening or no closing balance, so nothing proves that it is complete"),
        N_("ask the bank for one with balances; importing this one takes a standing decision of two people"),
        _at(source, statement.place, statement),
    )


def _unproven(source: str, statement: Statement) -> Problem:
    begins, ends = Proved.of(statement)
    return Problem(
        "completeness_unproven",
        UNPROVEN_ENDS[begins, ends],
        N_("ask the bank for one that states its balances or counts; importing this one takes a standing decision"),
        _at(source, statement.place, statement),
    )


def _gaps(source: str, statements: list[Statement]) -> Iterator[tuple[int, Problem]]:
    """(place in the list, problem) of every statement that does not open on the close before it."""
    by_account: dict[tuple[str, str], list[int]] = {}
    for index, statement in enumerate(statements):
        if statement.opening_fen is not None and statement.closing_fen is not None:
            by_account.setdefault((statement.account, statement.currency), []).append(index)
    for indexes in by_account.values():
        ordered = [indexes[place] for place in in_order([statements[index] for index in indexes])]
        for before, after in pairwise(ordered):
            closing, opening = statements[before].closing_fen, statements[after].opening_fen
            if closing != opening and closing is not None and opening is not None:
                yield after, _gap(source, statements[after], closing, opening)


def in_order(statements: Sequence[Statement]) -> list[int]:
    """The places of the statements of one account as they follow each other.

    The days decide. Pages of one day stand as they were written, or turned round where a file lists the newest first:
    the way in which more of them open on the close before.
    """

    def by_day(places: Iterable[int]) -> list[int]:
        return sorted(places, key=lambda place: (statements[place].closes_on, statements[place].opens_on))

    def joins(places: list[int]) -> int:
        return sum(
            statements[number].closing_fen == statements[next_].opening_fen for number, next_ in pairwise(places)
        )

    ways = [by_day(range(len(statements))), by_day(reversed(range(len(statements))))]
    return max(ways, key=joins)


def _gap(source: str, statement: Statement, closing: int, opening: int) -> Problem:
    return Problem(
        "statement_gap",
        N_("the statement opens on {opening}, and the one before it closes on {closing}: {difference} apart"),
        N_("bring the statement that lies between the two"),
        _at(source, statement.place, statement),
        {
            "opening": _money(statement, opening),
            "closing": _money(statement, closing),
            "difference": _money(statement, opening - closing),
        },
    )
