"""Lines that name payouts by end-to-end id or voucher number: payments, and what came back of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ledger.reconcile.matching.desk import Desk, Pile, Proposal, part_shares
from ledger.reconcile.matching.model import Kind, Line, Reason, Rule, Share, contradicts, elsewhere


class _Claim(NamedTuple):
    """What a line says it settles; `fault` where it cannot be taken whatever else is said."""

    line: Line
    names: tuple[str, ...]
    shares: tuple[Share, ...] = ()
    fault: Reason | None = None


def settle_names(desk: Desk, pile: Pile) -> bool:
    """Match the lines of `pile` (payments or returns) that name touched payouts.

    All lines that name the same payouts are judged together: they are taken only if not one of them is at fault and
    what they claim together is there.
    """
    taken, done = False, set[str]()
    for key in desk.take(pile):
        if key in done:
            continue
        names, lines = _together(desk, pile, key)
        done |= names
        claims = []
        for claim in (_claim(desk, line, back=pile is Pile.BACK_NAMED) for line in lines):
            if claim.fault is Reason.PAYEE_DIFFERS:
                # To somebody else: it says nothing of what the payee was paid, and stands in no other line's way.
                desk.list(claim.line, claim.fault, _rule(desk, [claim]), claim.names)
            else:
                claims.append(claim)
        for group in _groups(claims):
            taken = _judge(desk, group, back=pile is Pile.BACK_NAMED) or taken
    return taken


def _together(desk: Desk, pile: Pile, key: str) -> tuple[set[str], list[Line]]:
    """The payouts that hang together with `key` through lines that name several, and those lines."""
    names, lines, stack = {key}, {}, [key]
    while stack:
        for line in desk.at(pile, stack.pop()):
            if line.id not in lines:
                lines[line.id] = line
                for other in desk.pile_of[line.id][1]:
                    if other not in names:
                        names.add(other)
                        stack.append(other)
    return names, [lines[name] for name in sorted(lines)]


def _claim(desk: Desk, line: Line, *, back: bool) -> _Claim:
    """What a line claims: its parts where the bank itemised it, its one payout, or all that it names in whole."""
    names = desk.pile_of[line.id][1]
    if any(contradicts(line, desk.payouts[name]) for name in names):
        return _Claim(line, names, fault=Reason.PAYEE_DIFFERS)
    amount_of = desk.kept_fen if back else desk.open_fen.__getitem__
    if len(line.parts) > 1 and not desk.named(line, line.references):
        named_parts = [desk.named(line, part.references) for part in line.parts]
        whole = sum(part.amount_fen for part in line.parts) == line.amount_fen
        if not whole or any(len(named_part) != 1 for named_part in named_parts):
            return _Claim(line, names, fault=Reason.PART_UNKNOWN)
        if any(contradicts(part, desk.payouts[one[0]]) for part, one in zip(line.parts, named_parts, strict=True)):
            return _Claim(line, names, fault=Reason.PAYEE_DIFFERS)
        shares = part_shares((part, one[0]) for part, one in zip(line.parts, named_parts, strict=True))
    elif elsewhere(line, [desk.payouts[name] for name in names]):
        return _Claim(line, names, fault=Reason.PAYEE_DIFFERS)
    elif len(names) == 1:
        shares = (Share(names[0], abs(line.amount_fen)),)
    else:
        shares = tuple(Share(name, amount_of(name)) for name in names)
        if sum(share.amount_fen for share in shares) != abs(line.amount_fen) or not all(
            each_share[1] for each_share in shares
        ):
            return _Claim(line, names, fault=Reason.AMBIGUOUS)
    return _Claim(line, names, shares)


def _groups(claims: Sequence[_Claim]) -> list[list[_Claim]]:
    """Claims in groups that share no payout, in order."""
    groups: list[tuple[set[str], list[_Claim]]] = []
    group_of: dict[str, int] = {}
    for claim in claims:
        hit = sorted({group_of[name] for name in claim.names if name in group_of})
        merged_names, merged = set(claim.names), []
        for place in hit:
            merged_names |= groups[place][0]
            merged += groups[place][1]
            groups[place] = (set(), [])
        groups.append((merged_names, [*merged, claim]))
        for name in merged_names:
            group_of[name] = len(groups) - 1
    return [group for _names, group in groups if group]


def _judge(desk: Desk, group: Sequence[_Claim], *, back: bool) -> bool:
    """Accept all claims of a group, or list every one of them."""
    amount_of = desk.kept_fen if back else desk.open_fen.__getitem__
    wanted: dict[str, int] = defaultdict(int)
    for claim in group:
        for share in claim.shares:
            wanted[share.payout] += share.amount_fen
    over = [name for name, fen in wanted.items() if fen > amount_of(name)]
    faulty = any(claim.fault for claim in group)
    if not over and not faulty:
        for proposal in _proposals(desk, group, back=back):
            desk.accept(proposal)
        return True
    unpaid = back and all(not amount_of(name) for name in over)
    contended = Reason.NOT_PAID if over and unpaid else Reason.EXCEEDS if over else Reason.AMBIGUOUS
    for claim in group:
        rule = _rule(desk, [claim])
        desk.list(claim.line, claim.fault or contended, rule, claim.names)
    return False


def _rule(desk: Desk, group: Iterable[_Claim]) -> Rule:
    return Rule.END_TO_END if all(desk.by_id(named.line, named.names) for named in group) else Rule.VOUCHER


def _proposals(desk: Desk, group: Sequence[_Claim], *, back: bool) -> Iterable[Proposal]:
    """One proposal for several lines that make up one payout in whole, else one for each line."""
    lines = tuple(named.line for named in group)
    names = {share.payout for named in group for share in named.shares}
    total = sum(abs(line.amount_fen) for line in lines)
    if not back and len(group) > 1 and len(names) == 1 and total == desk.payouts[min(names)].amount_fen:
        shares = (Share(min(names), total),)
        yield Proposal(_rule(desk, group), Kind.MANY_TO_ONE, lines, shares, (("lines", str(len(lines))),))
        return
    for claim in group:
        yield Proposal(_rule(desk, [claim]), _kind(desk, claim, back=back), (claim.line,), claim.shares)


def _kind(desk: Desk, claim: _Claim, *, back: bool) -> Kind:
    if back:
        return Kind.RETURN
    if any(share.amount_fen != desk.payouts[share.payout].amount_fen for share in claim.shares):
        return Kind.PARTIAL
    return Kind.ONE_TO_ONE if len(claim.shares) == 1 else Kind.ONE_TO_MANY
