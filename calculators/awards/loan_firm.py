"""What a firm's loans under one notice come to together: contracts, and interest to date, against the notice's least.

These conditions come last, since the interest of a loan is known only where its own conditions are met. A firm's loans
under one notice are calculated together; where its loans do not reach the least, none of them is due anything yet.
Where one of them is held, and the others do not reach it without that one, they wait for it. So do those that get what
it leaves of a cap on the firm's principal.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeAlias

from calculators.awards.conditions import Condition, exempted, refuses
from calculators.awards.failed import waiting_for
from calculators.awards.lines import Line, Version, clause_label, order_key
from calculators.awards.loan_parts import Part
from calculators.awards.unsure import Unsure, Waited, WaitedByFirm, waited_for
from calculators.interest.loan import Loan
from calculators.money import format_yuan
from calculators.notices.loan import FirmInterestAtLeast, FirmLoansAtLeast
from calculators.problems import Problem

__all__ = ["check_firms", "principal_waits"]


# The versions that govern a line, each with its conditions.
Checked: TypeAlias = Sequence[tuple[Version, list[Condition]]]


class PartsOfPeriod(Protocol):
    """A due period with its supported parts."""

    parts: list[Part]


class Together(NamedTuple):
    """What the loans of one firm under one notice come to, in fen."""

    loans_fen: int = 0
    interest_fen: int = 0


# (firm, notice) -> what its loans come to.
Sums: TypeAlias = Mapping[tuple[str, str], Together]


def check_firms(
    lines: Sequence[Line],
    checks: Sequence[Checked],
    found: Sequence[Sequence[PartsOfPeriod]],
    failed: Collection[str],
    unsure: Unsure,
) -> None:
    """Add the conditions on what a firm's loans come to, and take out the parts of versions that are not met.

    `failed` are the ids of lines that cannot be calculated.
    """
    if not any(version.notice.asks_of_firms for line in lines for version in line.versions):
        return
    # Whether the interest of a line counts that waits itself, nobody can say either.
    waiting = {
        line.id
        for line, checked in zip(lines, checks, strict=True)
        if any(condition.waits_for for _, conditions in checked for condition in conditions)
    }
    by_firm = unsure.by_firm(lines, {*failed, *waiting})
    held = {one.line for own in by_firm.values() for one in own}
    together, sure = _together(lines, found, ()), _together(lines, found, held)
    for line, checked, periods in zip(lines, checks, found, strict=True):
        waited = waited_for(line, by_firm)
        sums = (sure if waited else together)[line.entity.uscc, line.notice_id]
        for version, conditions in checked:
            own = list(_conditions(line, version, sums, waited))
            conditions += own
            if refuses(own):
                for period in periods:
                    period.parts = [part for part in period.parts if part.version.ref != version.ref]


def principal_waits(lines: Iterable[Line], held: WaitedByFirm, refused: Collection[str]) -> dict[str, Problem]:
    """By line id the lines below a cap on the firm's principal that a held line of the firm fills before them.

    Where the contracts up to and with a line's own do not fill it, what the held one comes to takes nothing away. Lines
    that are `refused` have no part in it, unless they are held.
    """
    found: dict[str, Problem] = {}
    by_firm: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        by_firm[line.entity.uscc, line.notice_id].append(line)
    for firm in held.keys() & by_firm.keys():
        known = {line.id for line in by_firm[firm]}
        # Of a line without its loan nobody knows how much it takes, or when.
        absent = next((one for one in held[firm] if one.line not in known), None)
        waited, contracts_fen = absent, 0
        for line in sorted(by_firm[firm], key=order_key):
            own = next((one for one in held[firm] if one.line == line.id), None)
            if line.id in refused and not own:
                continue
            contracts_fen += _at_most(line.loan)
            caps = [version.notice.base.principal_cap for version in line.versions]
            limits = [cap.amount for cap in caps if cap is not None and cap.per == "entity"]
            if waited and not own and limits and (absent or contracts_fen > min(limits)):
                found[line.id] = waiting_for(waited, "principal_cap")
            waited = waited or own
    return found


def _at_most(loan: Loan) -> int:
    """What can be outstanding on a loan: its contract, or more where more was drawn."""
    return max(loan.amount_fen, sum(movement.amount_fen for movement in loan.movements if movement.amount_fen > 0))


def _together(lines: Sequence[Line], found: Sequence[Sequence[PartsOfPeriod]], without: Collection[str]) -> Sums:
    sums: dict[tuple[str, str], Together] = defaultdict(Together)
    for line, periods in zip(lines, found, strict=True):
        if line.id in without:
            continue
        key = line.entity.uscc, line.notice_id
        interest_fen = sum(part.interest_fen for period in periods for part in period.parts)
        before = sums[key]
        sums[key] = Together(before.loans_fen + line.loan.amount_fen, before.interest_fen + interest_fen)
    return sums


def _conditions(line: Line, version: Version, sums: Together, waited: Sequence[Waited]) -> Iterator[Condition]:
    """`sums` are without the lines that are `waited` for: what those add cannot undo what is reached."""
    for rule in version.notice.eligibility:
        if isinstance(rule, FirmLoansAtLeast):
            code, found_fen = "firm_loans_too_small", sums.loans_fen
        elif isinstance(rule, FirmInterestAtLeast):
            code, found_fen = "firm_interest_too_small", sums.interest_fen
        else:
            continue
        if exempt := exempted(line, version.notice, rule):
            yield exempt
            continue
        met = found_fen >= rule.amount
        waits_for = waited[0] if waited and not met else None
        figures = format_yuan(found_fen), ">=", format_yuan(rule.amount)
        yield Condition(rule.kind, code, met, *figures, clause_label(version.notice, rule), waits_for=waits_for)
