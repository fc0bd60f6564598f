"""Lines to or from a payee that we know: the one equal amount, else the one exact sum."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ledger.reconcile.matching.desk import CANDIDATES, Desk, Pile, Proposal
from ledger.reconcile.matching.model import RETURN_DAYS, WINDOW_DAYS, Kind, Line, Payout, Reason, Rule, Share
from ledger.reconcile.matching.subsets import MOST, exact, telling

# Payouts or lines of a payee within a window that are looked through for parts of a sum.
IN_VIEW = 300


class _Sight(NamedTuple):
    """How many see each other: per line the payouts of its amount (some, and how many), per payout how many lines."""

    payouts: Mapping[str, Sequence[Payout]]
    counts: Mapping[str, int]


def settle_payees(desk: Desk) -> bool:
    """Match debits to touched payees: by the one equal amount, and only when these are through by the one exact sum."""
    keys = desk.take(Pile.PAYEE)
    sums = []
    taken = False
    for payee in keys:
        lines = desk.at(Pile.PAYEE, payee)
        payouts = [desk.payouts[name] for name in desk.unpaid_of.get(payee, ())]
        payouts = [payout for payout in payouts if desk.open_fen[payout.id] and not payout.failed]
        desk.unpaid_of[payee] = [payout.id for payout in payouts]
        sight = _sight(desk, lines, payouts, desk.open_fen.__getitem__, WINDOW_DAYS)
        if _settle_equal(desk, lines, sight, back=False):
            taken = True
        else:
            sums.append((lines, payouts, sight))
    for lines, payouts, sight in sums:
        taken = _settle_sums(desk, lines, payouts, sight) or taken
    return taken


def settle_payees_back(desk: Desk) -> bool:
    """Match credits marked as returned with the one payment of that amount to the payee."""
    taken = False
    for payee in desk.take(Pile.BACK_PAYEE):
        lines = desk.at(Pile.BACK_PAYEE, payee)
        # A payment that no line was found for yet may be the one that came back.
        payouts = [desk.payouts[name] for name in desk.of_payee.get(payee, ())]
        sight = _sight(desk, lines, payouts, desk.may_return_fen, RETURN_DAYS)
        taken = _settle_equal(desk, lines, sight, back=True) or taken
    return taken


def _sight(
    desk: Desk, lines: Sequence[Line], payouts: Sequence[Payout], amount_of: Callable[[str], int], window: int
) -> _Sight:
    """Who sees whom among equal amounts; both sides stand in order of day."""
    lines_of: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        lines_of[abs(line.amount_fen)].append(line)
    payouts_of: dict[int, list[Payout]] = defaultdict(list)
    for payout in payouts:
        payouts_of[amount_of(payout.id)].append(payout)
    seen: dict[str, Sequence[Payout]] = {}
    counts: dict[str, int] = {}
    for amount in lines_of.keys() & payouts_of.keys():
        near_lines, near_payouts = lines_of[amount], payouts_of[amount]
        payout_days = [near_payout.day for near_payout in near_payouts]
        for line in near_lines:
            low, high = bisect_left(payout_days, line.day - window), bisect_right(payout_days, line.day)
            if line.id in desk.barred:
                chosen = [
                    near_payout
                    for near_payout in near_payouts[low:high]
                    if (line.id, near_payout.id) not in desk.banned
                ]
                seen[line.id], counts[line.id] = chosen[:CANDIDATES], len(chosen)
            else:
                seen[line.id], counts[line.id] = near_payouts[low : min(high, low + CANDIDATES)], high - low
        line_days = [near_line.day for near_line in near_lines]
        for payout in near_payouts:
            low, high = bisect_left(line_days, payout.day), bisect_right(line_days, payout.day + window)
            counts[payout.id] = high - low
            if payout.id in desk.barred:
                counts[payout.id] = sum(
                    (near_line.id, payout.id) not in desk.banned for near_line in near_lines[low:high]
                )
    return _Sight(seen, counts)


def _settle_equal(desk: Desk, lines: Sequence[Line], sight: _Sight, *, back: bool) -> bool:
    """Accept each pair whose line and payout see only each other; list the lines that see more."""
    proposals = []
    for line in lines:
        if not sight.counts.get(line.id):
            if back:
                desk.list(line, Reason.UNKNOWN, Rule.AMOUNT_PAYEE)
            continue
        payout = sight.payouts[line.id][0]
        held = bool(desk.waiting[Pile.BACK_NAMED].get(payout.id)) if back else desk.named_by_lines(payout.id)
        if sight.counts[line.id] > 1 or sight.counts[payout.id] > 1 or held:
            desk.list(
                line, Reason.AMBIGUOUS, Rule.AMOUNT_PAYEE, (each_payout.id for each_payout in sight.payouts[line.id])
            )
            continue
        amount = abs(line.amount_fen)
        if back and desk.kept_fen(payout.id) < amount:
            desk.list(line, Reason.NOT_PAID, Rule.AMOUNT_PAYEE, (payout.id,))
            continue
        kind = Kind.RETURN if back else Kind.ONE_TO_ONE if amount == payout.amount_fen else Kind.PARTIAL
        shares = (Share(payout.id, amount),)
        proposals.append(Proposal(Rule.AMOUNT_PAYEE, kind, (line,), shares, (("payee", line.payee),)))
    for proposal in proposals:
        desk.accept(proposal)
    return bool(proposals)


def _settle_sums(desk: Desk, lines: Sequence[Line], payouts: Sequence[Payout], sight: _Sight) -> bool:
    """One line on several payouts, and several lines on one payout. What equal amounts contend for is no part of it."""
    held = {
        each_payout.id
        for each_payout in payouts
        if sight.counts.get(each_payout.id) or desk.named_by_lines(each_payout.id)
    }
    contended = {each_line.id for each_line in lines if sight.counts.get(each_line.id)}
    proposals = []
    payout_days, line_days = [each_payout.day for each_payout in payouts], [each_line.day for each_line in lines]
    for line in lines:
        if line.id in contended:
            continue
        low, high = bisect_left(payout_days, line.day - WINDOW_DAYS), bisect_right(payout_days, line.day)
        subsets = None
        if high - low <= IN_VIEW:
            near = [
                each_payout
                for each_payout in payouts[low:high]
                if desk.open_fen[each_payout.id] < -line.amount_fen and desk.sees(line, each_payout)
            ]
            amounts = [desk.open_fen[one.id] for one in near]
            if _searchable(amounts, -line.amount_fen):
                subsets = exact(amounts, -line.amount_fen, smallest=2).subsets
                proposals += [_one_to_many(desk, line, [near[place] for place in subset]) for subset in subsets]
        reason = Reason.UNKNOWN if subsets is not None else Reason.TOO_MANY
        desk.list(
            line, reason, Rule.PAYEE_SUM, [each_payout.id for each_payout in payouts[low : min(high, low + CANDIDATES)]]
        )
    marked = 0
    for payout in payouts:
        low, high = bisect_left(line_days, payout.day), bisect_right(line_days, payout.day + WINDOW_DAYS)
        in_view = lines[low:high] if high - low <= IN_VIEW else ()
        near_lines = [one for one in in_view if -one.amount_fen < desk.open_fen[payout.id] and desk.sees(one, payout)]
        sums = [-near_line.amount_fen for near_line in near_lines]
        if high - low > IN_VIEW or not _searchable(sums, desk.open_fen[payout.id]):
            # What cannot be searched may be made of any of them; both ends of the window only move forward.
            contended.update(each_line.id for each_line in lines[max(low, marked) : high])
            marked = high
            continue
        found = exact(sums, desk.open_fen[payout.id], smallest=2)
        # Also where an equal line or a name contends for the payout: its lines may be these all the same.
        proposals += [_many_to_one(desk, payout, [near_lines[place] for place in some]) for some in found.subsets]
    return desk.accept_single(proposals, held, contended)


def _searchable(amounts: Sequence[int], total: int) -> bool:
    """Whether subsets of two or more can be searched, and a hit would say more than chance."""
    return len(amounts) < 2 or (len(amounts) <= MOST and telling(1 << len(amounts), total, amounts))


def _one_to_many(desk: Desk, line: Line, payouts: Sequence[Payout]) -> Proposal:
    shares = tuple(Share(payout.id, desk.open_fen[payout.id]) for payout in payouts)
    whole = all(desk.open_fen[payout.id] == payout.amount_fen for payout in payouts)
    kind = Kind.ONE_TO_MANY if whole else Kind.PARTIAL
    return Proposal(Rule.PAYEE_SUM, kind, (line,), shares, (("payee", line.payee), ("payouts", str(len(payouts)))))


def _many_to_one(desk: Desk, payout: Payout, lines: Sequence[Line]) -> Proposal:
    fen = desk.open_fen[payout.id]
    kind = Kind.MANY_TO_ONE if fen == payout.amount_fen else Kind.PARTIAL
    inputs = (("payee", payout.payee), ("lines", str(len(lines))))
    return Proposal(Rule.PAYEE_SUM, kind, tuple(lines), (Share(payout.id, fen),), inputs)
