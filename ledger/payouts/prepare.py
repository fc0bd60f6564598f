"""Put what is owed into payment batches: netted per line, checked, one batch per payer, and everything held named.

One write does it all: payables are read, claimed and numbered in the same transaction, so two officers who prepare at
once cannot take the same payable.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from ledger.book.payables import Payable
from ledger.log import kinds
from ledger.log.canonical import canonical
from ledger.office.public_notices import Obstacle
from ledger.payouts import year_end
from ledger.payouts.checks import Hold, doubt_holds, line_holds, payee_holds, wallet_hold
from ledger.payouts.named import tried_on_open_lines
from ledger.payouts.payables import RunEntries, open_payables, tries
from ledger.payouts.postings import ZERO_BALANCE
from ledger.payouts.presumed import presumed
from ledger.payouts.returns.netting import Net, book, nets
from ledger.payouts.wallets import Wallets
from ledger.registry.payment_paths import recipients
from ledger.registry.successions import heir, successors
from ledger.store.ledger import Vault, View, Writer, local_day


@dataclass(slots=True)
class Draft:
    """A payout in the making: whom it pays, and the payables it settles."""

    payee: str
    payables: list[Payable] = field(default_factory=list)

    @property
    def amount_fen(self) -> int:
        """What is left after netting."""
        return sum(payable.open_fen for payable in self.payables)

    @property
    def lines(self) -> list[str]:
        """The lines it settles."""
        return sorted({payable.line for payable in self.payables})

    @property
    def envelopes(self) -> set[str]:
        """The budget paths that it is paid out of."""
        return {payable.terms.envelope for payable in self.payables}

    @property
    def about(self) -> str:
        """How it is named while it has no number."""
        return ", ".join(self.lines)


class Held(NamedTuple):
    """A draft that is not paid now, and why."""

    about: str
    payee: str
    amount_fen: int
    hold: Hold


class Made(NamedTuple):
    """A batch that was made: its number, its payer, how many payouts, and their sum."""

    key: str
    channel: str
    payer: str
    payouts: int
    total_fen: int


class Prepared(NamedTuple):
    """What preparing came to."""

    batches: tuple[Made, ...]
    held: tuple[Held, ...]
    netted: tuple[Net, ...]


class Planned(NamedTuple):
    """What would be paid: payer -> drafts, what is held, and what is netted against debts before."""

    by_payer: dict[str, list[Draft]]
    held: list[Held]
    netted: list[Net]


def plan(view: View, vault: Vault, runs: Sequence[RunEntries], today: date) -> Planned:
    """What preparing would come to; writes nothing."""
    payables = open_payables(view, runs)
    if not payables:
        return Planned({}, [], [])
    stopped = line_holds(view, (payable.line for payable in payables), today)
    waiting = award_holds(view, payables)
    free = [payable for payable in payables if payable.line not in stopped]
    drafts = _drafts(view, (payable for payable in free if payable.award not in waiting))
    held = _stopped(payables, stopped)
    held += [
        Held(payable.line, payable.payee, payable.open_fen, waiting[payable.award])
        for payable in free
        if payable.award in waiting
    ]
    held += [
        Held(draft.about, draft.payee, draft.amount_fen, Hold("nothing_left"))
        for draft in drafts
        if draft.amount_fen <= 0
    ]
    drafts = [draft for draft in drafts if draft.amount_fen > 0]
    holds = payee_holds(view, vault, today, ((line, draft.payee) for draft in drafts for line in draft.lines))
    named = tried_on_open_lines(view, vault, (open_part.award for draft in drafts for open_part in draft.payables))
    channels = {row.key: row.body["channel"] for row in view.rows(kinds.PAYEE)}
    payers = Payers(view, {envelope for draft in drafts for envelope in draft.envelopes}, today)
    wallets = Wallets(view, today)
    by_payer: dict[str, list[Draft]] = defaultdict(list)
    for planned in drafts:
        payer: str | Hold = (
            next((holds[line, planned.payee] for line in planned.lines if (line, planned.payee) in holds), None)
            or next((_on_line(*named[each.award]) for each in planned.payables if each.award in named), None)
            or payers.of(channels[planned.payee], planned.envelopes)
        )
        if isinstance(payer, str):
            payer = wallet_hold(wallets, planned.payee, planned.amount_fen) or payer
        if isinstance(payer, str):
            by_payer[payer].append(planned)
        else:
            held.append(Held(planned.about, planned.payee, planned.amount_fen, payer))
    netted = nets(view, [planned.payables for drafts in by_payer.values() for planned in drafts])
    _take(by_payer, netted)
    left = {payer: [draft for draft in drafts if draft.amount_fen] for payer, drafts in sorted(by_payer.items())}
    return Planned({payer: drafts for payer, drafts in left.items() if drafts}, sorted(held), netted)


class Payers:
    """Which of the office's own accounts pays, as of a day; `envelopes` are the budget paths that may be asked of."""

    def __init__(self, view: View, envelopes: Iterable[str], today: date) -> None:
        self._payers = {row.key: row.body for row in view.rows(kinds.PAYER)}
        self._unclosed = year_end.unclosed(view, {year for year in _years(envelopes) if year < today.year})

    def of(self, channel: str, envelopes: set[str]) -> str | Hold:
        """The payer whose path lies closest above all envelopes; a hold where none or several do, or a year is open."""
        fitting: dict[int, list[str]] = defaultdict(list)
        for key, body in self._payers.items():
            path = body.get("envelope", "")
            if body["channel"] == channel and all(
                not path or f"{envelope}/".startswith(f"{path}/") for envelope in envelopes
            ):
                fitting[len(path)].append(key)
        values = {"channel": channel, "envelope": ", ".join(sorted(envelopes))}
        if not fitting:
            return Hold("payer_missing", values)
        closest = fitting[max(fitting)]
        if len(closest) > 1:
            return Hold("payer_ambiguous", values)
        late = self._unclosed & _years(envelopes) if self._payers[closest[0]]["funding"] == ZERO_BALANCE else set()
        return Hold("year_end_missing", {"year": min(late)}) if late else closest[0]


def _years(envelopes: Iterable[str]) -> set[int]:
    """The years whose appropriation is paid out of; a payable of no path has none."""
    return {int(path.partition("/")[0]) for path in envelopes if path}


def _on_line(item: str, line: str) -> Hold:
    return Hold("line_open", {"item": item, "line": line})


def prepare(writer: Writer, vault: Vault, runs: Sequence[RunEntries]) -> Prepared:
    """Make the batches of `runs`; nothing is written where nothing is to be paid."""
    # Nothing has been written yet: what is asked of what stands is worked out once.
    by_payer, held, netted = plan(writer.at(writer.size), vault, runs, local_day(writer.now))
    book(writer, netted)
    number = sum(1 for _row in writer.records(kinds.PAYMENT_BATCH))
    made = []
    for payer, drafts in by_payer.items():
        number += 1
        made.append(_write(writer, number, payer, drafts, runs, held))
    return Prepared(tuple(made), tuple(held), tuple(netted))


def _take(by_payer: dict[str, list[Draft]], netted: Iterable[Net]) -> None:
    """Leave out of the drafts what is netted: no payout claims it."""
    taken: Counter[int] = Counter()
    for net in netted:
        taken[net.payable.award] += net.amount_fen
    if not taken:
        return
    for draft in (draft for drafts in by_payer.values() for draft in drafts):
        left = [payable._replace(open_fen=payable.open_fen - taken[payable.award]) for payable in draft.payables]
        draft.payables = [payable for payable in left if payable.open_fen]


def _stopped(payables: Iterable[Payable], stopped: Mapping[str, Obstacle]) -> list[Held]:
    """Lines held up by public notices, line by line: the other lines of their lender are paid without them."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for payable in payables:
        if payable.line in stopped:
            sums[payable.line, payable.payee] += payable.open_fen
    return [Held(line, payee, fen, Hold(*stopped[line])) for (line, payee), fen in sorted(sums.items())]


def award_holds(view: View, payables: Sequence[Payable]) -> dict[int, Hold]:
    """Entry record -> why a payable waits, though its line's others go.

    One person alone says that it was not paid, or came back; or it may have been paid in a time that was lost.
    """
    holds = {
        award: Hold(told.code, {"item": told.item, "day": told.day, "state": told.state.value})
        for award, told in presumed(view, (payable.award for payable in payables)).items()
    }
    return holds | doubt_holds(view, ((one.award, one.line, one.due) for one in payables if one.open_fen > 0))


def _drafts(view: View, payables: Iterable[Payable]) -> list[Draft]:
    """One draft per line, save that all lines of one lender make one; the payee is the grant's present one."""
    firms, after = recipients(view), successors(view)
    applicants = {row.key: heir(row.body["uscc"], after) for row in view.rows(kinds.APPLICATION)}
    grants = {row.key: row.body for row in view.rows(kinds.GRANT)}
    drafts: dict[tuple[str, str], Draft] = {}
    for payable in payables:
        grant = grants.get(payable.line)
        payee = grant.get("payee", payable.payee) if grant else payable.payee
        to_lender = grant is not None and firms.get(payable.line) not in ("", applicants[grant["application"]])
        key = ("", payee) if to_lender else (payable.line, payee)
        drafts.setdefault(key, Draft(payee)).payables.append(payable)
    return [drafts[key] for key in sorted(drafts)]


def _write(
    writer: Writer, number: int, payer: str, drafts: Sequence[Draft], runs: Sequence[RunEntries], held: Sequence[Held]
) -> Made:
    versions = {row.key: row for row in writer.rows(kinds.PAYEE)}
    channel = versions[drafts[0].payee].body["channel"]
    keys = item_keys(writer, drafts)
    day = local_day(writer.now).strftime("%Y%m%d")
    batch = f"B{day}{number:04d}{sha256(''.join(keys).encode()).hexdigest()[:8].upper()}"
    total_fen = sum(draft.amount_fen for draft in drafts)
    writer.append(
        kinds.PAYMENT_BATCH,
        kinds.PaymentBatchBody(
            key=batch,
            channel=channel,
            payer=payer,
            runs=[run.closed for run in runs],
            count=len(drafts),
            total_fen=total_fen,
            first=writer.size + 1,
            held=[{"about": one.about, "code": one.hold.code, "amount_fen": one.amount_fen} for one in held],
        ),
    )
    writer.extend(
        kinds.PAYOUT,
        (
            kinds.PayoutBody(
                key=key,
                batch=batch,
                n=n,
                payee=planned.payee,
                payee_record=versions[planned.payee].seq,
                uscc=versions[planned.payee].body["uscc"],
                amount_fen=planned.amount_fen,
                claims=_claims(planned),
            )
            for n, (key, planned) in enumerate(zip(keys, drafts, strict=True), 1)
        ),
    )
    return Made(batch, channel, payer, len(drafts), total_fen)


def item_keys(view: View, drafts: Sequence[Draft]) -> list[str]:
    """The item numbers of drafts: what they claim, and how often each payable was tried, decides them."""
    origin = view.body(kinds.GENESIS, 0)["origin"]
    counts = tries(view, (open_part.award for draft in drafts for open_part in draft.payables))
    keys = []
    for draft in drafts:
        content = {
            "$schema": "subsidy/payout-key/1",
            "origin": origin,
            "claims": _claims(draft),
            "tries": [counts.get(payable.award, 0) for payable in draft.payables],
        }
        keys.append(f"S{sha256(canonical(content)).hexdigest()[:23].upper()}")
    return keys


def _claims(draft: Draft) -> list[kinds.ClaimedPart]:
    return [kinds.ClaimedPart(award=payable.award, amount_fen=payable.open_fen) for payable in draft.payables]
