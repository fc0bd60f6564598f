"""Match what lies open, confirm a line by hand, undo a match: records, and what they mean for payouts.

A match is recorded first; then what its lines say goes to `ledger.payouts.settle` and nowhere else. A payout is paid
when its lines cover it. A part alone resolves nothing: the rest may follow, and giving it back would let it be paid
twice.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from calculators.money import format_yuan, parse_yuan
from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.book.periods import signed_off, would_change
from ledger.log import kinds
from ledger.payouts.batches import item
from ledger.payouts.settle import Effect, Finding, settle
from ledger.payouts.states import Source, State
from ledger.reconcile.decided import Decided, as_match, decided, fields, rests_on
from ledger.reconcile.matching import (
    Kind,
    Line,
    Listed,
    Match,
    Outcome,
    Payout,
    Reason,
    Rule,
    Share,
    WhyNot,
    elsewhere,
    match,
    why_not,
)
from ledger.reconcile.opening_items import INPUT, item_of
from ledger.reconcile.sides import Sides, sides
from ledger.registry.agreements import PAID_ELSEWHERE, agreed
from ledger.store.collector import paused
from ledger.store.ledger import Vault, View, Writer

# What lines without a payout can be, by their direction.
_DEBITS = {Kind.FEE, Kind.FUNDING, Kind.OPENING}
_CREDITS = {Kind.INTEREST, Kind.FUNDING, Kind.REFUND, Kind.OPENING}


@dataclass(slots=True)
class Standing:
    """What was decided, kept up while more is: line -> its match, payout -> what lines paid and brought back of it."""

    held: dict[str, str]
    paid_fen: dict[str, int]
    back_fen: dict[str, int]

    @classmethod
    def of(cls, known: Decided) -> "Standing":
        """Of the matches on the book."""
        held = {line: row.key for line, row in known.by_line.items()}
        return cls(held, known.paid_fen, known.back_fen)

    def add(self, key: str, made: Match) -> None:
        """One match more."""
        self.held.update(dict.fromkeys(made.lines, key))
        sums = self.back_fen if made.kind is Kind.RETURN else self.paid_fen
        for share in made.payouts:
            sums[share.payout] = sums.get(share.payout, 0) + share.amount_fen

    def drop(self, made: Match) -> None:
        """One match less."""
        for line in made.lines:
            del self.held[line]
        sums = self.back_fen if made.kind is Kind.RETURN else self.paid_fen
        for share in made.payouts:
            sums[share.payout] -= share.amount_fen


@dataclass(slots=True)
class Made:
    """What a decision came to: matches (key, match), lines left over, payouts changed and disputed, what went wrong."""

    matches: list[tuple[str, Match]] = field(default_factory=list)
    listed: Sequence[Listed] = ()
    changed: int = 0
    disputed: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@paused()
def judge(two: Sides, before: Decided) -> Outcome:
    """What matching says of everything open; writes nothing."""
    kept_back, looked_at = before.kept_back, before.looked_at
    lines = [line for name, line in two.lines.items() if name not in kept_back]
    seen = frozenset(name for name, seq in two.seqs.items() if seq < looked_at)
    return match(lines, two.payouts.values(), [as_match(row.body) for row in before.in_force], seen, before.banned)


@paused()
def match_open(writer: Writer, vault: Vault) -> Made:
    """Match what lies open, record each match, and settle what the lines say of payouts."""
    two, before = sides(writer, vault), decided(writer)
    found = judge(two, before)
    standing = Standing.of(before)
    taken_back = _take_back(writer, two, before, standing, found.undone)
    # Payouts are read again as the write goes on: many thousands need not be held twice.
    two = two._replace(items={})
    made = _record(writer, two, standing, found.matches, again=_paid_again(two, before, standing, found, taken_back))
    made.listed = found.listed
    made.disputed += sorted(name for name in taken_back if item(writer, name)[1].state is State.DISPUTED)
    return made


def _take_back(
    writer: Writer, two: Sides, before: Decided, standing: Standing, undone: Iterable[tuple[Match, str]]
) -> set[str]:
    """Undo what the bank took back: the payouts that are disputed until their lines say more."""
    disputed = set()
    by_line = before.by_line
    for fallen, line in undone:
        row = by_line[fallen.lines[0]]
        on = date.fromordinal(two.lines[line].day)
        findings = [
            Finding(payout.key, State.DISPUTED, _source(row.key), on, reason=line)
            for payout in (two.items[share.payout][1] for share in fallen.payouts)
            if rests_on(payout.state, payout.outcomes, row.key, back=fallen.kind is Kind.RETURN)
            and payout.key not in disputed
        ]
        writer.append(kinds.UNDO, kinds.UndoBody(key=row.key, of=row.seq, reason=line, reversal=line))
        _settle(writer, Made(), findings, {share.payout: two.payouts[share.payout].batch for share in fallen.payouts})
        disputed |= {finding.item for finding in findings}
        standing.drop(fallen)
    return disputed


def _paid_again(
    two: Sides, before: Decided, standing: Standing, found: Outcome, disputed: Iterable[str]
) -> dict[str, Finding]:
    """Payouts whose return the bank took back: the lines that had paid them pay them still."""
    fallen = {one for one, _line in found.undone}
    wanted = {name for name in disputed if not standing.back_fen.get(name)}
    wanted = {name for name in wanted if standing.paid_fen.get(name) == two.payouts[name].amount_fen}
    again = {}
    for row in before.in_force if wanted else ():
        made = as_match(row.body)
        for share in made.payouts if made.kind is not Kind.RETURN and made not in fallen else ():
            if share.payout in wanted:
                on = date.fromordinal(max(two.lines[line].day for line in made.lines))
                again[share.payout] = Finding(
                    share.payout, State.SUCCESS, _source(row.key), on, two.payouts[share.payout].amount_fen
                )
    return again


class Candidate(NamedTuple):
    """A payout that an open line may be: what of it the line could settle, and why it was not taken."""

    payout: str
    open_fen: int
    why: WhyNot


class OpenLine(NamedTuple):
    """A line that nobody has decided: its one reason, the rule that came nearest, its candidates, its age in days."""

    line: str
    reason: Reason
    rule: Rule
    age: int
    candidates: list[Candidate]


def open_lines(two: Sides, before: Decided, found: Outcome, today: date) -> list[OpenLine]:
    """Every line that no match holds and none would, each once, what went to somebody else first."""
    said = {line: (one.reason, one.rule, one.payouts) for one in found.listed for line in one.lines}
    for kept in sorted(before.kept_back - before.by_line.keys()):
        said[kept] = (Reason.BARRED, Rule.PERSON, ())
    back_fen, paid_fen, banned = before.back_fen, before.paid_fen, before.banned
    lines = []
    for name, (reason, rule, payouts) in said.items():
        line = two.lines[name]
        candidates = []
        for one in payouts:
            payout = two.payouts[one]
            kept_fen = max(paid_fen.get(one, 0), payout.paid_fen) - back_fen.get(one, 0)
            open_fen = kept_fen if line.amount_fen > 0 else payout.amount_fen - paid_fen.get(one, 0)
            why = why_not(line, payout, open_fen, len(payouts), undone=(name, one) in banned)
            candidates.append(Candidate(one, open_fen, why))
        lines.append(OpenLine(name, reason, rule, today.toordinal() - line.day, candidates))
    return lines


def confirm(
    writer: Writer,
    two: Sides,
    names: Sequence[str],
    shares: Sequence[tuple[str, int | None]],
    kind: str,
    reason: str,
    standing: Standing | None = None,
    document: str = "",
) -> Made:
    """Decide by hand that `names` (lines) are `shares` (payout, fen or None for what is open), or what `kind` says.

    Who decides many things in one write hands the same `standing` to each, which keeps up with them.
    `document` is that of the opening item which the lines clear (kind `opening`).
    Refuses `line_unknown`, `line_matched`, `lines_differ`, `payout_unknown`, `payer_differs`, `share_exceeds`,
    `shares_differ`, and `paid_to_another` where the bank names another payee and no two people have said otherwise.
    """
    before = standing or Standing.of(decided(writer))
    lines = [two.lines[find_line(two.lines, name)] for name in dict.fromkeys(names)]
    for line in lines:
        if line.id in before.held:
            raise _matched(line.id, before.held[line.id])
    total_fen = sum(line.amount_fen for line in lines)
    back = total_fen > 0
    cancelling = kind == Kind.REVERSAL and not total_fen and len(lines) == 2 and lines[0].payer == lines[1].payer
    apart = any((line.amount_fen > 0) != back or line.payer != lines[0].payer for line in lines)
    if not cancelling and (apart or (kind and kind not in (_CREDITS if back else _DEBITS))):
        raise refuse(
            "lines_differ",
            N_("these lines cannot be decided together: accounts, directions or kind do not fit"),
            N_(
                "one account and one direction at a time; a fee is a debit, interest or a refund a credit, "
                "a reversal two lines that cancel"
            ),
        )
    if bool(kind) == bool(shares):
        raise refuse(
            "shares_differ",
            N_("payouts are named, and something else as well") if kind else N_("no payout is named"),
            N_("name payouts with --payout, or say --as fee|interest|funding|refund|reversal"),
        )
    found, left = _shares(two, before, lines, shares)
    _check_other_side(writer, lines, [two.payouts[share.payout] for share in found])
    chosen = Kind(kind) if kind else _kind(lines, found, left, back=back)
    inputs = ((INPUT, item_of(writer, decided(writer), lines[0].payer, document, total_fen)),) if document else ()
    decision = Match(Rule.PERSON, chosen, tuple(sorted(line.id for line in lines)), found, total_fen, left, inputs)
    return _record(writer, two, before, [decision], reason)


def undo(writer: Writer, key: str, reason: str) -> Made:
    """Undo a match by a counter-record; a payout that its lines had resolved becomes disputed.

    Refuses `match_unknown`, `month_signed_off`, and `return_booked`: what came back has freed payables, and nothing
    takes them again.
    """
    row = writer.current(kinds.MATCH, key)
    if row is None:
        raise refuse(
            "match_unknown",
            N_("no match {match} is in force"),
            N_("`subsidy reconcile explain LINE` names the match of a line"),
            match=key,
        )
    check_days(writer, row.body["lines"])
    made = Made()
    findings, batch_of = [], {}
    for share in row.body["payouts"]:
        _batch, payout = item(writer, share["payout"])
        batch_of[payout.key] = payout.body["batch"]
        last = payout.outcomes[-1].body["source"] if payout.outcomes else None
        by_match, by_statement = (
            last is not None and last.get("name") == key,
            last is not None and last["kind"] == Source.STATEMENT,
        )
        if row.body["kind"] == Kind.RETURN and payout.state is State.RETURNED and by_match:
            raise refuse(
                "return_booked",
                N_("the return of {payout} rests on this match and has freed what it paid for"),
                N_("correct it with the bank: the money is asked for again, or paid again"),
                Place(key),
                payout=payout.key,
            )
        if row.body["kind"] != Kind.RETURN and payout.state is State.SUCCESS and by_statement:
            findings.append(Finding(payout.key, State.DISPUTED, _source(key), reason=reason))
    writer.append(kinds.UNDO, kinds.UndoBody(key=key, of=row.seq, reason=reason))
    _settle(writer, made, findings, batch_of)
    return made


def share_of(text: str) -> tuple[str, int | None]:
    """(payout, fen or None) of `ITEM` or `ITEM=AMOUNT` in yuan; refuses `share_malformed`."""
    name, sign, amount = text.partition("=")
    try:
        return name, parse_yuan(amount) if sign else None
    except ValueError as error:
        raise refuse(
            "share_malformed",
            N_("{text!r} is not an item no., nor one with an amount in yuan"),
            N_("write ITEM, or ITEM=AMOUNT such as S0123456789ABCDEF0123456=100.00"),
            text=text,
        ) from error


def find_line(names: Iterable[str], wanted: str) -> str:
    """The key of the line that is named by its key or the end of it; refuses `line_unknown`."""
    found = [name for name in names if name == wanted or name.endswith(f"/{wanted}")]
    if len(found) != 1 or not wanted:
        raise refuse(
            "line_unknown",
            N_("no line is on the book under {line!r}, or more than one"),
            N_("give its key as `subsidy reconcile status` lists it, or the last two parts of it"),
            line=wanted,
        )
    return found[0]


def check_free(view: View, lines: Iterable[str]) -> None:
    """Refuse `line_matched` where one of the lines is in a match in force."""
    held = decided(view).by_line
    for line in lines:
        if line in held:
            raise _matched(line, held[line].key)


def check_days(view: View, lines: Iterable[str]) -> None:
    """Refuse `month_signed_off` where one of the lines is of a day that is signed off."""
    signed = signed_off(view)
    for line in lines if signed else ():
        account, day, _content, _n = line.rsplit("/", 3)
        last = signed.get(account)
        if last and day <= last.isoformat():
            raise would_change(line, last, day)


def _check_other_side(view: View, lines: Iterable[Line], payouts: Sequence[Payout]) -> None:
    """Refuse `paid_to_another` for a line that contradicts a payout's payee and that two people have not overruled."""
    overruled = {row.body["about"] for row in agreed(view, kinds.DECISION) if row.body["type"] == PAID_ELSEWHERE}
    for line in lines:
        if elsewhere(line, payouts) and line.id not in overruled:
            raise refuse(
                "paid_to_another",
                N_("the bank names another side than the payee of {payout}"),
                N_(
                    "ask the bank; if the payee was paid all the same, two people record it with what proves it: "
                    "`subsidy decide paid-elsewhere --about {line} --reason TEXT`"
                ),
                Place(line.id),
                payout=", ".join(payout.id for payout in payouts),
                line=line.id,
            )


def _matched(line: str, key: str) -> Refused:
    return refuse(
        "line_matched",
        N_("the line is matched already, by {match}"),
        N_("undo it first: `subsidy reconcile undo {match} --reason TEXT`"),
        Place(line),
        match=key,
    )


def _shares(
    two: Sides, before: Standing, lines: Sequence[Line], wanted: Sequence[tuple[str, int | None]]
) -> tuple[tuple[Share, ...], int]:
    """The shares that were asked for, and what is left open of their payouts."""
    total_fen = abs(sum(line.amount_fen for line in lines))
    back = lines[0].amount_fen > 0
    shares, left = [], 0
    for name, fen in wanted:
        payout = two.payouts.get(name)
        if payout is None or payout.payer != lines[0].payer or payout.day > min(line.day for line in lines):
            raise refuse(
                "payout_unknown",
                N_("no payout {payout} was sent from this account before the line"),
                N_("`subsidy pay status BATCH` lists the payouts of a batch"),
                Place(lines[0].id),
                payout=name,
            )
        paid_fen = max(before.paid_fen.get(name, 0), payout.paid_fen)
        room_fen = (
            (paid_fen - before.back_fen.get(name, 0)) if back else payout.amount_fen - before.paid_fen.get(name, 0)
        )
        if room_fen <= 0:
            raise refuse(
                "share_exceeds",
                N_("nothing of {payout} was paid that could come back")
                if back
                else N_("nothing of {payout} is open: its lines are there"),
                N_("name another payout; `subsidy reconcile explain LINE` shows the candidates"),
                Place(lines[0].id),
                payout=name,
            )
        given_fen = fen if fen is not None else min(total_fen, room_fen) if len(wanted) == 1 else room_fen
        if not 0 < given_fen <= room_fen:
            raise refuse(
                "share_exceeds",
                N_("{share} is not between 0 and {room}, which is open of the payout"),
                N_("say how much of the line is this payout's: --payout {payout}=AMOUNT"),
                Place(lines[0].id),
                share=format_yuan(given_fen),
                room=format_yuan(room_fen),
                payout=name,
            )
        shares.append(Share(name, given_fen))
        left += room_fen - given_fen
    if shares and (
        sum(share.amount_fen for share in shares) != total_fen or len({share.payout for share in shares}) < len(shares)
    ):
        raise refuse(
            "shares_differ",
            N_("the payouts make {shares}, the lines {lines}"),
            N_("say how much of the lines is each payout's: --payout ITEM=AMOUNT"),
            Place(lines[0].id),
            shares=format_yuan(sum(share.amount_fen for share in shares)),
            lines=format_yuan(total_fen),
        )
    return tuple(sorted(shares)), left


def _kind(lines: Sequence[Line], shares: Sequence[Share], left: int, *, back: bool) -> Kind:
    if back:
        return Kind.RETURN
    if left > 0:
        return Kind.PARTIAL
    if len(shares) > 1:
        return Kind.ONE_TO_MANY
    return Kind.MANY_TO_ONE if len(lines) > 1 else Kind.ONE_TO_ONE


def _record(
    writer: Writer,
    two: Sides,
    standing: Standing,
    matches: Iterable[Match],
    reason: str = "",
    again: Mapping[str, Finding] = MappingProxyType({}),
) -> Made:
    made = Made()

    def bodies() -> Iterator[kinds.MatchBody]:
        for one in matches:
            body = fields(one, reason)
            standing.add(body["key"], one)
            if one.kind is not Kind.RETURN:
                # In the order in which they are recorded, which is not the one in which they were found.
                body["residual_fen"] = sum(
                    two.payouts[share.payout].amount_fen - standing.paid_fen[share.payout] for share in one.payouts
                )
            made.matches.append((body["key"], one))
            yield body

    writer.extend(kinds.MATCH, bodies())
    paid = standing.paid_fen
    payments = dict(again)
    returns = []
    for key, found_match in made.matches:
        on = date.fromordinal(max(two.lines[line].day for line in found_match.lines))
        for share in found_match.payouts:
            if found_match.kind is Kind.RETURN:
                returns.append(Finding(share.payout, State.RETURNED, _source(key), on, share.amount_fen))
            elif paid[share.payout] == two.payouts[share.payout].amount_fen:
                last = payments.get(share.payout)
                on = max(on, last.on) if last and last.on else on
                payments[share.payout] = Finding(share.payout, State.SUCCESS, _source(key), on, paid[share.payout])
    batch_of = {
        share.payout: two.payouts[share.payout].batch
        for _key, found_match in made.matches
        for share in found_match.payouts
    }
    batch_of.update((name, two.payouts[name].batch) for name in again)
    _settle(writer, made, payments.values(), batch_of)
    # What came back is said after what was paid, and one return of a payout after the other.
    waiting = sorted(returns, key=lambda finding: (finding.on, finding.item, finding.source["name"]))
    while waiting:
        first = {finding.item: finding for finding in reversed(waiting)}
        _settle(writer, made, first.values(), batch_of)
        waiting = [finding for finding in waiting if first[finding.item] is not finding]
    return made


def _settle(writer: Writer, made: Made, findings: Iterable[Finding], batch_of: Mapping[str, str]) -> None:
    """Settle batch by batch; what a payout cannot take is left to a person, and its match stands."""
    by_batch: dict[str, list[Finding]] = {}
    for finding in findings:
        by_batch.setdefault(batch_of[finding.item], []).append(finding)
    for key, of_batch in sorted(by_batch.items()):
        try:
            settled = settle(writer, key, of_batch)
        except Refused as refused:
            made.problems += refused.problems
            wrong = {problem.place.key for problem in refused.problems}
            settled = settle(writer, key, [finding for finding in of_batch if finding.item not in wrong])
        made.changed += settled.counts[Effect.CHANGED.value]
        made.disputed += [name for name, _state, effect in settled.effects if effect is Effect.DISPUTED]


def _source(key: str) -> kinds.Source:
    return kinds.Source(kind=Source.STATEMENT.value, name=key)
