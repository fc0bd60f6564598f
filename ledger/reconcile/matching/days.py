"""Lines taken day by day: what the bank takes back falls first, then every rule is asked until nothing changes.

What is decided on a day rests on the lines up to that day only, so cutting a statement into files by days changes
nothing.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby

from ledger.reconcile.matching.batches import settle_batches, settle_classes
from ledger.reconcile.matching.desk import Desk, Pile
from ledger.reconcile.matching.model import Line, Listed, Match, Outcome, Payout, Reason
from ledger.reconcile.matching.names import settle_names
from ledger.reconcile.matching.payees import settle_payees, settle_payees_back
from ledger.reconcile.matching.reversals import Reversals, is_reversal
from ledger.reconcile.matching.totals import list_by_amount


def match(
    lines: Iterable[Line],
    payouts: Iterable[Payout],
    decided: Iterable[Match] = (),
    seen: frozenset[str] = frozenset(),
    banned: frozenset[tuple[str, str]] = frozenset(),
) -> Outcome:
    """Match lines with payouts, each payer's on their own; what `decided` holds stays as it is and is not given again.

    Only what a reversal takes back falls (`Outcome.undone`); a person's own word of a reversal stays.

    `seen` are ids of lines that an earlier call has looked at, `banned` are pairs (line, payout) that a person undid.
    """
    decided = list(decided)
    used = {name: one for one in decided for name in one.lines}
    lines_of: dict[str, list[Line]] = defaultdict(list)
    used_of: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        (used_of if line.id in used else lines_of)[line.payer].append(line)
    payouts_of: dict[str, list[Payout]] = defaultdict(list)
    for payout in payouts:
        payouts_of[payout.payer].append(payout)
    matches: list[Match] = []
    listed: list[Listed] = []
    undone: list[tuple[Match, str]] = []
    open_fen: dict[str, int] = {}
    for payer in sorted(lines_of.keys() | payouts_of.keys()):
        desk = Desk(payouts_of[payer], decided, banned)
        back = None
        if any(map(is_reversal, lines_of[payer])) or any(map(is_reversal, used_of[payer])):
            back = Reversals(desk.names)
            desk.remember(used_of[payer], used)
            back.add(line for line in used_of[payer] if desk.may_be_taken_back(line))
        _settle(desk, lines_of[payer], seen, back)
        matches += desk.matches
        undone += desk.undone
        listed += desk.listed({**back.unclear, **desk.held_back} if back else {})
        open_fen.update(desk.open_fen)
    # What went to somebody else comes first.
    listed.sort(key=lambda unmatched: (unmatched.reason is not Reason.PAYEE_DIFFERS, unmatched))
    return Outcome(tuple(sorted(matches)), tuple(listed), open_fen, tuple(sorted(undone)))


def _settle(desk: Desk, lines: Iterable[Line], seen: frozenset[str], back: Reversals | None) -> None:
    def turn(line: Line) -> int:
        # What was looked at comes before every day.
        return 0 if line.id in seen else line.day

    for _day, group in groupby(sorted(lines, key=lambda line: (turn(line), line.id)), key=turn):
        there = list(group)
        desk.view(there)
        if back is not None:
            back.add(there)
            desk.take_back(back.pairs)
        _until_nothing_changes(desk)
    # Once more over all that is open: what is listed must be said of the last state, and nothing may be left to decide.
    before = len(desk.matches)
    desk.reasons.clear()
    desk.stir()
    _until_nothing_changes(desk)
    assert len(desk.matches) == before, "matching had not come to rest"
    list_by_amount(desk)


def _until_nothing_changes(desk: Desk) -> None:
    while (
        settle_names(desk, Pile.NAMED)
        or settle_batches(desk)
        or settle_classes(desk)
        or settle_payees(desk)
        or settle_names(desk, Pile.BACK_NAMED)
        or settle_payees_back(desk)
    ):
        pass
