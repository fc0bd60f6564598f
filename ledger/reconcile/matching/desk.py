"""What lies open on the desk while lines are matched: amounts, who waits for whom, and what must be looked at again.

Every line in view stands in one pile, by the strongest evidence it bears (`Pile`). A rule looks at the piles' keys that
were touched since it last looked; whatever is accepted touches what it may have made clearer.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from ledger.reconcile.matching.model import (
    WINDOW_DAYS,
    Kind,
    Line,
    Listed,
    Match,
    Part,
    Payout,
    Reason,
    Rule,
    Share,
)
from ledger.reconcile.matching.reversals import is_reversal

CANDIDATES = 20


class Pile(StrEnum):
    """Where a line waits: by what it is judged. `back_*` are credits."""

    NAMED = "named"
    BATCH = "batch"
    CLASS = "class"
    PAYEE = "payee"
    BARE = "bare"
    BACK_NAMED = "back_named"
    BACK_PAYEE = "back_payee"
    LOOSE = "loose"


class Proposal(NamedTuple):
    """One reading: what it would settle of which payouts."""

    rule: Rule
    kind: Kind
    lines: tuple[Line, ...]
    shares: tuple[Share, ...]
    inputs: tuple[tuple[str, str], ...] = ()


class Desk:
    """The open state. Payouts are all there from the beginning; lines come into view by `view`."""

    def __init__(self, payouts: Iterable[Payout], decided: Iterable[Match], banned: frozenset[tuple[str, str]]) -> None:
        self.payouts = {payout.id: payout for payout in sorted(payouts)}
        self.banned = banned
        # Lines and payouts that stand in some banned pair.
        self.barred = {name for pair in banned for name in pair}
        self.matches: list[Match] = []
        self.reasons: dict[str, tuple[Reason, Rule, tuple[str, ...]]] = {}
        self.lines: dict[str, Line] = {}
        self.pile_of: dict[str, tuple[Pile, tuple[str, ...]]] = {}
        # Pile -> key -> ids of the lines that wait there; dirty: the keys to look at again.
        self.waiting: dict[Pile, dict[str, set[str]]] = {pile: defaultdict(set) for pile in Pile}
        self.dirty: dict[Pile, set[str]] = {pile: set() for pile in Pile}
        # What reversals need: lines of matches -> their match, those lines, and the decided matches that fell.
        self._match_of: dict[str, Match] = {}
        self._matched: dict[str, Line] = {}
        # Reversal -> its match, of those that a rule has made.
        self._reversed: dict[str, Match] = {}
        # Reversal -> the payment that it does not take back, since what it paid has come back already.
        self.held_back: dict[str, tuple[Line, ...]] = {}
        self.undone: list[tuple[Match, str]] = []
        self._index()
        for match in decided:
            for share in match.payouts:
                if share.payout in self.payouts:
                    self._move(share, back=match.kind is Kind.RETURN)

    def _index(self) -> None:
        self.open_fen = {name: item.amount_fen for name, item in self.payouts.items()}
        self._used_fen: dict[str, int] = defaultdict(int)
        self._back_fen: dict[str, int] = defaultdict(int)
        self.vouchers: dict[str, list[str]] = defaultdict(list)
        self.of_batch: dict[str, list[str]] = defaultdict(list)
        self.of_payee: dict[str, list[str]] = defaultdict(list)
        # The same by day, without what turned out to be used up or failed.
        self.unpaid_of: dict[str, list[str]] = {}
        # Failures left out: what is open of a batch, the batches with an open sum, the payouts with an amount and day.
        self.batch_fen: dict[str, int] = defaultdict(int)
        self.with_total: dict[int, set[str]] = defaultdict(set)
        self.with_amount: dict[tuple[int, int], set[str]] = defaultdict(set)
        for payout in sorted(self.payouts.values(), key=lambda payout: (payout.day, payout.id)):
            for voucher in payout.vouchers:
                self.vouchers[voucher].append(payout.id)
            if payout.batch:
                self.of_batch[payout.batch].append(payout.id)
                if not payout.failed:
                    self.batch_fen[payout.batch] += payout.amount_fen
            if payout.payee:
                self.of_payee[payout.payee].append(payout.id)
            if not payout.failed:
                self.with_amount[(payout.amount_fen, payout.day)].add(payout.id)
        self.unpaid_of = {payee: list(names) for payee, names in self.of_payee.items()}
        for batch, fen in self.batch_fen.items():
            self.with_total[fen].add(batch)

    def kept_fen(self, name: str) -> int:
        """What was paid of a payout, by lines or by the channel's word, and has not come back."""
        return max(self._used_fen[name], self.payouts[name].paid_fen) - self._back_fen[name]

    def may_return_fen(self, name: str) -> int:
        """What may come back of a payout some day, whether or not the line that paid it has been found."""
        return self.payouts[name].amount_fen - self._back_fen[name]

    def view(self, lines: Iterable[Line]) -> None:
        """Bring lines into view, each into its pile."""
        for line in lines:
            self.lines[line.id] = line
            self._lay(line, *self._evidence(line))

    def remember(self, lines: Iterable[Line], match_of: Mapping[str, Match]) -> None:
        """Know lines that are in a match already, and the match of each: a reversal may take them back."""
        for line in lines:
            self._join(line, match_of[line.id])

    def _join(self, line: Line, made: Match) -> None:
        self._matched[line.id], self._match_of[line.id] = line, made
        if made.kind is Kind.REVERSAL and made.rule is not Rule.PERSON and line.reversal:
            self._reversed[line.id] = made

    def may_be_taken_back(self, line: Line) -> bool:
        """Whether a matched line takes part in reversals: not where a person has said what the bank took back."""
        made = self._match_of[line.id]
        return (made.rule is not Rule.PERSON or made.kind is not Kind.REVERSAL) and (
            not is_reversal(line) or made.kind is Kind.REVERSAL
        )

    def take_back(self, pairs: Mapping[str, str]) -> None:
        """Join each reversal with the line that it takes back, and free what else stands in their matches."""
        for name, made in sorted(self._reversed.items()):
            # Of a reversal of a reversal both are here; the pair says which is which.
            if name in self._match_of and not any({line, pairs.get(line)} == {*made.lines} for line in made.lines):
                self._free(made, name)
        # One that falls may be what another pair was waiting for.
        waits, before = sorted(pairs.items()), -1
        while len(waits) != before:
            before, waits = len(waits), [pair for pair in waits if not self._taken_back(*pair)]
        self.held_back = {name: (self._matched[other],) for name, other in waits}

    def _taken_back(self, name: str, other: str) -> bool:
        """Join a reversal with the line that it takes back; not where that line's payment came back by another line.

        Of one payment money came back twice then: which of the two is something else, a person has to say.
        """
        joined = [self._match_of.get(one) for one in (name, other)]
        if joined[0] is not None and joined[0] is joined[1]:
            return True
        falls = [match for match in joined if match is not None]
        if self._came_back(falls):
            return False
        for fallen in falls:
            self._free(fallen, name)
        lines = tuple(self.lines[one] for one in (name, other))
        inputs = (("amount_fen", str(lines[0].amount_fen)),)
        self.accept(Proposal(Rule.REVERSAL, Kind.REVERSAL, lines, (), inputs))
        return True

    def _came_back(self, falls: Sequence[Match]) -> bool:
        """Whether more would have come back of a payout than was paid of it, if the payments among these fell."""
        paid: dict[str, int] = defaultdict(int)
        back: dict[str, int] = defaultdict(int)
        for match in falls:
            for share in match.payouts:
                (back if match.kind is Kind.RETURN else paid)[share.payout] += share.amount_fen
        return any(self._back_fen[name] - back[name] > self._used_fen[name] - fen for name, fen in paid.items())

    def _free(self, made: Match, by: str) -> None:
        """Take a match back on the word of the reversal `by`; its lines are open again."""
        if made in self.matches:
            self.matches.remove(made)
        else:
            self.undone.append((made, by))
        for share in made.payouts:
            self._move(share._replace(amount_fen=-share.amount_fen), back=made.kind is Kind.RETURN)
            payee = self.payouts[share.payout].payee
            if payee:
                self.unpaid_of[payee] = list(self.of_payee[payee])
        for name in made.lines:
            del self._match_of[name]
            self._reversed.pop(name, None)
        self.view([self._matched.pop(name) for name in made.lines])

    def _lay(self, line: Line, pile: Pile, keys: tuple[str, ...]) -> None:
        self.pile_of[line.id] = (pile, keys)
        for key in keys:
            self.waiting[pile][key].add(line.id)
            self.dirty[pile].add(key)

    def _lift(self, line: Line) -> None:
        pile, keys = self.pile_of.pop(line.id)
        for key in keys:
            self.waiting[pile][key].discard(line.id)

    def _evidence(self, line: Line) -> tuple[Pile, tuple[str, ...]]:
        """The pile of a line and the keys it waits under."""
        if is_reversal(line):
            return Pile.LOOSE, (line.id,)
        debit, alone = line.amount_fen < 0, (line.id,)
        given = self.names(line)
        if line.sort == ("fee" if debit else "interest") and not self._pays(line, given):
            # By its own words no payment, though it may bear the reference of the one that it was taken for.
            return Pile.CLASS, alone
        names = tuple(one for one in given if (line.id, one) not in self.banned)
        if given:
            pile = Pile.LOOSE if not names else Pile.NAMED if debit else Pile.BACK_NAMED
            return pile, names or alone
        batches = tuple(
            reference for reference in dict.fromkeys(line.references) if self._ours(line, self.of_batch.get(reference))
        )
        if batches:
            return (Pile.BATCH, batches) if debit and len(batches) == 1 else (Pile.LOOSE, alone)
        to_payee = line.payee and all(line.payee in one for one in line.told_inside)
        if to_payee and (debit or line.returned):
            return (Pile.PAYEE if debit else Pile.BACK_PAYEE), (line.payee,)
        return (Pile.BARE if debit else Pile.LOOSE), alone

    def _pays(self, line: Line, names: Sequence[str]) -> bool:
        """Whether a line has the amount of one of these payouts or of a batch that it names: it may pay them."""
        batches = ([*self.of_batch[reference]] for reference in line.references if reference in self.of_batch)
        groups = (*([name] for name in names), *batches)
        return any(sum(self.payouts[name].amount_fen for name in group) == abs(line.amount_fen) for group in groups)

    def _ours(self, line: Line, names: Sequence[str] | None) -> bool:
        return any(self.payouts[name].day <= line.day for name in names or ())

    def names(self, line: Line) -> tuple[str, ...]:
        """The payouts that a line or its parts name: by id, else by voucher; those not yet instructed are none."""
        references = (*line.references, *(reference for part in line.parts for reference in part.references))
        return tuple(sorted({name for reference in references for name in self.named(line, (reference,))}))

    def named(self, line: Line, references: Iterable[str]) -> tuple[str, ...]:
        """The payouts that some of a line's references name, by id, else by voucher."""
        found = [reference for reference in references if reference in self.payouts] or [
            name for reference in references for name in self.vouchers.get(reference, ())
        ]
        return tuple(name for name in dict.fromkeys(found) if self._ours(line, (name,)))

    def by_id(self, line: Line, names: Iterable[str]) -> bool:
        """Whether a line names these payouts by their own ids."""
        given = {*line.references, *(reference for part in line.parts for reference in part.references)}
        return given.issuperset(names)

    def sees(self, line: Line, payout: Payout, window: int = WINDOW_DAYS) -> bool:
        """Whether a payout may be looked for at a line that does not name it, and no person has said that it is not."""
        return 0 <= line.day - payout.day <= window and (line.id, payout.id) not in self.banned

    def named_by_lines(self, name: str) -> bool:
        """Whether an undecided line names this payout, itself or by its batch: stronger evidence than any without."""
        payout = self.payouts[name]
        if self.waiting[Pile.NAMED].get(name):
            return True
        lines = self.waiting[Pile.BATCH].get(payout.batch, ()) if payout.batch else ()
        return any(self.lines[line].day >= payout.day for line in lines)

    def accept(self, proposal: Proposal) -> None:
        """Make a match of a proposal that nothing contends with."""
        back = proposal.kind is Kind.RETURN
        for line in proposal.lines:
            self._remove(line)
        for share in proposal.shares:
            self._move(share, back=back)
        left = self.kept_fen if back else self.open_fen.__getitem__
        made = Match(
            proposal.rule,
            proposal.kind,
            tuple(sorted(line.id for line in proposal.lines)),
            tuple(sorted(proposal.shares)),
            sum(line.amount_fen for line in proposal.lines),
            sum(left(share.payout) for share in proposal.shares),
            proposal.inputs,
        )
        self.matches.append(made)
        for line in proposal.lines:
            self._join(line, made)

    def _remove(self, line: Line) -> None:
        pile, keys = self.pile_of[line.id]
        self._lift(line)
        del self.lines[line.id]
        self.reasons.pop(line.id, None)
        # What it stood in the way of.
        if pile is Pile.NAMED:
            for name in keys:
                self._touch(name)
        elif pile is Pile.BATCH:
            for name in self.of_batch[keys[0]]:
                self._touch(name)
        elif pile is Pile.PAYEE:
            for name in self.of_payee[line.payee]:
                if self.open_fen[name] == -line.amount_fen:
                    self._touch(name)
        self.dirty[pile].update(keys)

    def _move(self, share: Share, *, back: bool) -> None:
        name = share.payout
        payout, before = self.payouts[name], self.open_fen[name]
        if back:
            self._back_fen[name] += share.amount_fen
        else:
            self._used_fen[name] += share.amount_fen
            self.open_fen[name] = after = before - share.amount_fen
            if not payout.failed:
                self.with_amount[(before, payout.day)].discard(name)
                if after > 0:
                    self.with_amount[(after, payout.day)].add(name)
                if payout.batch:
                    total = self.batch_fen[payout.batch]
                    self.with_total[total].discard(payout.batch)
                    self.batch_fen[payout.batch] = total = total - share.amount_fen
                    if total > 0:
                        self.with_total[total].add(payout.batch)
        self._touch(name)

    def _touch(self, name: str) -> None:
        payout = self.payouts[name]
        self.dirty[Pile.NAMED].add(name)
        self.dirty[Pile.BACK_NAMED].add(name)
        self.dirty[Pile.PAYEE].add(payout.payee)
        self.dirty[Pile.BACK_PAYEE].add(payout.payee)
        if payout.batch:
            self.dirty[Pile.BATCH].add(payout.batch)

    def stir(self) -> None:
        """Have everything open looked at again."""
        for pile, waiting in self.waiting.items():
            self.dirty[pile].update(key for key, lines in waiting.items() if lines)

    def take(self, pile: Pile) -> list[str]:
        """The touched keys of a pile at which lines wait, in order; they count as looked at from now on."""
        keys, waiting = self.dirty[pile], self.waiting[pile]
        self.dirty[pile] = set()
        return sorted(key for key in keys if waiting.get(key))

    def at(self, pile: Pile, key: str) -> list[Line]:
        """The lines that wait at a key, by day and id."""
        return sorted((self.lines[one] for one in self.waiting[pile].get(key, ())), key=lambda one: (one.day, one.id))

    def accept_single(
        self, proposals: Sequence[Proposal], held: Iterable[str] = (), contended: Iterable[str] = ()
    ) -> bool:
        """Accept the proposals that share nothing with another, no payout with `held`, no line with `contended`.

        The lines of the others are listed.
        """
        keys_of = [
            [
                *(("line", line.id) for line in proposal.lines),
                *(("payout", share.payout) for share in proposal.shares),
            ]
            for proposal in proposals
        ]
        wanted: dict[tuple[str, str], int] = defaultdict(int)
        for keys in keys_of:
            for key in keys:
                wanted[key] += 1
        blocked = {*(("payout", name) for name in held), *(("line", name) for name in contended)}
        taken = False
        for proposal, keys in zip(proposals, keys_of, strict=True):
            if any(wanted[key] > 1 or key in blocked for key in keys):
                for line in proposal.lines:
                    self.list_also(line, proposal.rule, [share.payout for share in proposal.shares])
            else:
                self.accept(proposal)
                taken = True
        return taken

    def list(self, line: Line, reason: Reason, rule: Rule, candidates: Iterable[str] = ()) -> None:
        """Say why a line is not matched."""
        self.reasons[line.id] = (reason, rule, tuple(sorted(set(candidates))[:CANDIDATES]))

    def list_also(self, line: Line, rule: Rule, candidates: Iterable[str]) -> None:
        """Say that a line is ambiguous, together with the candidates that were named for it before."""
        before = self.reasons.get(line.id)
        known = before[2] if before and before[0] is Reason.AMBIGUOUS else ()
        self.list(line, Reason.AMBIGUOUS, rule, (*known, *candidates))

    def listed(self, unclear: Mapping[str, Sequence[Line]]) -> Iterator[Listed]:
        """What was not matched, lines of one reason and the same candidates together.

        `unclear` are the reversals that take back no one line, with the lines that they may take back.
        """
        groups: dict[tuple[Reason, Rule, tuple[str, ...]], list[str]] = defaultdict(list)
        for name in self.lines:
            said = self._of_reversal(name, unclear[name]) if name in unclear else self.reasons.get(name)
            groups[said or self._unsaid(name)].append(name)
        for (reason, rule, candidates), names in groups.items():
            together = [names] if reason is not Reason.UNKNOWN else [[name] for name in names]
            for group in together:
                yield Listed(reason, rule, tuple(sorted(group)), candidates)

    def _of_reversal(self, name: str, others: Sequence[Line]) -> tuple[Reason, Rule, tuple[str, ...]]:
        """Why a reversal takes nothing back, with the payouts that it or what it may take back names or has paid."""
        names = {one for line in (self.lines[name], *others) for one in self.names(line)}
        names |= {share.payout for line in others if line.id in self._match_of for share in self._match_of[line.id][3]}
        reason = Reason.AMBIGUOUS if others else Reason.NOTHING_TAKEN_BACK
        return reason, Rule.REVERSAL, tuple(sorted(names)[:CANDIDATES])

    def _unsaid(self, name: str) -> tuple[Reason, Rule, tuple[str, ...]]:
        """The reason of a line that no rule looked at: what it names was undone, or it bears nothing."""
        barred = bool(self.names(self.lines[name])) and self.pile_of[name][0] is Pile.LOOSE
        return (Reason.BARRED, Rule.END_TO_END, ()) if barred else (Reason.UNKNOWN, Rule.AMOUNT, ())


def part_shares(parts: Iterable[tuple[Part, str]]) -> tuple[Share, ...]:
    """The shares of itemised parts, each with the payout that it names; parts of one payout are added."""
    sums: dict[str, int] = defaultdict(int)
    for part, name in parts:
        sums[name] += abs(part.amount_fen)
    return tuple(Share(name, fen) for name, fen in sorted(sums.items()))
