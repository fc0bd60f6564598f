"""Digital renminbi that a smart contract binds: loaded with a purpose and a last day, and free again on a condition.

It stands in a balance class of its own beside the wallet's free money, so no order goes out on it and nothing is set
against it. Each step is a version of the contract, which says what is bound after it.
"""

from collections import Counter
from datetime import date
from typing import NamedTuple

from calculators.money import format_yuan
from calculators.problems import N_, Place, refuse
from ledger.book import charts
from ledger.book.accounts import BOUND_MONEY
from ledger.book.payables import Terms
from ledger.book.periods import check_open
from ledger.book.posting import Entry, Posted, post
from ledger.log import kinds
from ledger.office.signing import Signer, append_signed
from ledger.payouts import postings
from ledger.payouts.free_money import held, least_fen, on_its_way
from ledger.registry.agreements import CONTRACT_RELEASE, CONTRACT_RETURN, agreed_and_open, agreement, answers
from ledger.store.ledger import Row, View, Writer, local_day

# What two people decide, by the step that carries it out.
DECIDED = {"released": CONTRACT_RELEASE, "returned": CONTRACT_RETURN}
# Between the parts of what an entry is about, so in no number of a contract.
STEP_MARK = "@"
_NOWHERE = Terms("", "", "", "", "")


class Asked(NamedTuple):
    """The decision that waits for another person: its number, and what was agreed to before in whose place it is."""

    number: int
    instead_of: Row[kinds.DecisionBody] | None = None


class Bound(NamedTuple):
    """A contract: its terms, and in fen what was loaded, what became of it, and what it binds.

    `state`: `bound`, `over` (something is bound after its last day), or `done`.
    """

    contract: str
    payer: str
    purpose: str
    condition: str
    expires_on: str
    state: str
    loaded_fen: int
    released_fen: int
    returned_fen: int
    expired_fen: int
    left_fen: int


def contracts(view: View, today: date) -> list[Bound]:
    """Every contract, by number."""
    return [_bound(view, row, today) for row in view.rows(kinds.CONTRACT)]


def _bound(view: View, row: Row[kinds.ContractBody], today: date) -> Bound:
    body = row.body
    moved: Counter[str] = Counter()
    for version, _void in view.history(kinds.CONTRACT, row.key):
        moved[version.body["step"]] += version.body["amount_fen"]
    over = body["expires_on"] < today.isoformat()
    return Bound(
        body["key"],
        body["payer"],
        body["purpose"],
        body["condition"],
        body["expires_on"],
        ("over" if over else "bound") if body["left_fen"] else "done",
        moved["loaded"],
        moved["released"],
        moved["returned"],
        moved["expired"],
        body["left_fen"],
    )


def load(
    writer: Writer, key: str, payer: str, amount_fen: int, terms: tuple[str, str, date], on: date, document: str
) -> Posted:
    """Bind so much of a wallet's money by a contract of this purpose, condition and last day.

    Refuses `contract_malformed`, `payer_unknown`, `payer_not_prefunded`, `day_in_future`, `contract_over`,
    `contract_terms`, `contract_day`, `wallet_short`, `month_signed_off`.
    """
    purpose, condition, expires_on = terms
    _check_named(writer, key, payer)
    before = writer.current(kinds.CONTRACT, key)
    said = kinds.ContractBody(
        key=key,
        payer=payer,
        purpose=purpose,
        condition=condition,
        expires_on=expires_on.isoformat(),
        step="loaded",
        amount_fen=amount_fen,
        left_fen=(before.body["left_fen"] if before else 0) + amount_fen,
        on=on.isoformat(),
        document=document,
    )
    if before is not None and any(before.body.get(name) != said.get(name) for name in kinds.CONTRACT_TERMS):
        raise refuse(
            "contract_terms",
            N_("{contract} has other terms: {purpose}, {condition}, until {day}"),
            N_("load more on its own terms, or under another number"),
            Place(key),
            contract=key,
            purpose=before.body["purpose"],
            condition=before.body["condition"],
            day=before.body["expires_on"],
        )
    stood = _same_step(writer, key, "loaded", document, amount_fen)
    if stood:
        return stood
    _check_day(writer, said)
    _check_there(writer, said, before)
    return _book(writer, said)


def let_go(
    writer: Writer, key: str, step: str, amount_fen: int, document: str, reason: str, signer: Signer | None = None
) -> Posted | Asked:
    """Free so much of a contract as its condition is met, or as it comes back before its last day: two people's word.

    The first asks; what another has agreed to is booked, on that day. Refuses `contract_unknown`, `contract_exceeds`,
    `contract_over`.
    """
    stands = _standing(writer, key)
    kind = DECIDED[step]
    decided = writer.current(kinds.DECISION, f"{kind}/{key}")
    stood = _same_step(writer, key, step, document, amount_fen)
    if stood:
        return stood
    same = decided is not None and (decided.body["document"], decided.body["amount_fen"]) == (document, amount_fen)
    _check_left(stands, amount_fen)
    said = _next(writer, stands.body, step, amount_fen, document)
    _check_day(writer, said)
    if not same or decided is None or (agreement(writer, decided.seq) is None and decided.seq in answers(writer)):
        body = kinds.DecisionBody(
            key=f"{kind}/{key}", type=kind, about=key, reason=reason, document=document, amount_fen=amount_fen
        )
        carried_out = {version.body.get("decision") for version, _void in writer.history(kinds.CONTRACT, key)}
        displaced = agreed_and_open(writer, decided, carried_out)
        return Asked(append_signed(writer, signer, kinds.DECISION, body), displaced)
    if agreement(writer, decided.seq) is None:
        return Asked(decided.seq)
    said["decision"] = decided.seq
    return _book(writer, said)


def expire(writer: Writer, key: str, document: str) -> Posted:
    """Free all that a contract binds after its last day. Refuses `contract_unknown`, `contract_not_over`."""
    stands = _standing(writer, key)
    if stands.body["step"] == "expired" and stands.body["document"] == document:
        return _entry_of(writer, stands.body, stands.seq)
    today = local_day(writer.now)
    if stands.body["expires_on"] >= today.isoformat() or not stands.body["left_fen"]:
        raise refuse(
            "contract_not_over",
            N_("{contract} binds {left} until {day}, that day included"),
            N_("wait for the day after, or let it go on its condition: `subsidy pay unbind`"),
            Place(key),
            contract=key,
            left=format_yuan(stands.body["left_fen"]),
            day=stands.body["expires_on"],
        )
    return _book(writer, _next(writer, stands.body, "expired", stands.body["left_fen"], document))


def entry_of(body: kinds.ContractBody, record: int) -> Entry:
    """What a step books: free money of the wallet is bound, or what was bound is free again."""
    bound = body["step"] == "loaded"
    return postings.entry(
        "bound" if bound else "unbound",
        STEP_MARK.join((body["payer"], body["key"], body["step"], body["document"])),
        0,
        postings.BOUND if bound else postings.UNBOUND,
        {_NOWHERE: body["amount_fen"]},
        effective_on=date.fromisoformat(body["on"]),
        cause=record,
        document=body["document"],
    )


def _book(writer: Writer, said: kinds.ContractBody) -> Posted:
    check_open(writer, said["payer"], date.fromisoformat(said["on"]))
    charts.ensure(writer, "fin", BOUND_MONEY)
    return _entry_of(writer, said, writer.append(kinds.CONTRACT, said))


def _entry_of(writer: Writer, body: kinds.ContractBody, record: int) -> Posted:
    return post(writer, [entry_of(body, record)])[0]


def _next(writer: Writer, before: kinds.ContractBody, step: str, amount_fen: int, document: str) -> kinds.ContractBody:
    """The version of a contract by which so much of it is free again today."""
    return kinds.ContractBody(
        key=before["key"],
        payer=before["payer"],
        purpose=before["purpose"],
        condition=before["condition"],
        expires_on=before["expires_on"],
        step=step,
        amount_fen=amount_fen,
        left_fen=before["left_fen"] - amount_fen,
        on=local_day(writer.now).isoformat(),
        document=document,
    )


def _same_step(writer: Writer, key: str, step: str, document: str, amount_fen: int) -> Posted | None:
    """The entry of a step that was booked under this document; refuses `document_differs`."""
    for version, _void in writer.history(kinds.CONTRACT, key):
        if (version.body["step"], version.body["document"]) != (step, document):
            continue
        if version.body["amount_fen"] != amount_fen:
            raise refuse(
                "document_differs",
                N_("document {document} was booked with {amount} on {day}"),
                N_("give other money its own document number"),
                Place(key),
                document=document,
                amount=format_yuan(version.body["amount_fen"]),
                day=version.body["on"],
            )
        return _entry_of(writer, version.body, version.seq)
    return None


def _standing(view: View, key: str) -> Row[kinds.ContractBody]:
    row = view.current(kinds.CONTRACT, key)
    if row is None:
        raise refuse(
            "contract_unknown",
            N_("there is no contract {contract}"),
            N_("`subsidy pay bound` shows them; `subsidy pay bind` enters one"),
            contract=key,
        )
    return row


def _check_named(view: View, key: str, payer: str) -> None:
    """Refuse a number that cannot be one, and an account that holds no digital renminbi of its own."""
    if STEP_MARK in key:
        raise refuse(
            "contract_malformed",
            N_("{sign} stands in the number of contract {contract}"),
            N_("write its number without that sign: it parts the number from the step in the entries' keys"),
            sign=STEP_MARK,
            contract=key,
        )
    row = view.current(kinds.PAYER, payer)
    if row is None:
        raise refuse(
            "payer_unknown",
            N_("there is no payer {payer}"),
            N_("write its reference as `subsidy pay prepare` shows it"),
            payer=payer,
        )
    if (row.body["funding"], row.body["channel"]) != (postings.PREFUNDED, "ecny"):
        raise refuse(
            "payer_not_prefunded",
            N_("{payer} is no wallet with money of its own, so nothing in it can be bound"),
            N_("name a prefunded wallet of the register of payers"),
            payer=payer,
        )


def _check_there(view: View, said: kinds.ContractBody, before: Row[kinds.ContractBody] | None) -> None:
    """Refuse a loading before the last step of its contract, and of more than is free from its day on."""
    payer, on = said["payer"], date.fromisoformat(said["on"])
    if before is not None and said["on"] < before.body["on"]:
        raise refuse(
            "contract_day",
            N_("{day} lies before {last}, the day of the last step of {contract}"),
            N_("give the day on which it was loaded; money of another loading has a contract number of its own"),
            Place(said["key"]),
            day=on,
            last=before.body["on"],
            contract=said["key"],
        )
    there_fen = least_fen(held(view).get(payer, {}), on) - on_its_way(view).get(payer, 0)
    if said["amount_fen"] > there_fen:
        raise refuse(
            "wallet_short",
            N_("{amount} is to be bound, and {there} is free in the wallet from {day} on"),
            N_("enter what was moved there: `subsidy pay fund {payer} YUAN --on DAY --document NO`"),
            Place(said["key"]),
            amount=format_yuan(said["amount_fen"]),
            there=format_yuan(max(0, there_fen)),
            day=on,
            payer=payer,
        )


def _check_left(stands: Row[kinds.ContractBody], amount_fen: int) -> None:
    if amount_fen > stands.body["left_fen"]:
        raise refuse(
            "contract_exceeds",
            N_("{amount} is more than the {left} that {contract} binds"),
            N_("`subsidy pay bound` shows what is bound"),
            Place(stands.key),
            amount=format_yuan(amount_fen),
            left=format_yuan(stands.body["left_fen"]),
            contract=stands.key,
        )


def _check_day(writer: Writer, said: kinds.ContractBody) -> None:
    if said["on"] > local_day(writer.now).isoformat():
        raise refuse("day_in_future", N_("{day} has not come yet"), N_("correct the day"), day=said["on"])
    if said["on"] > said["expires_on"]:
        raise refuse(
            "contract_over",
            N_("the last day of {contract} was {day}, and after it nothing is loaded or let go"),
            N_("what is left came back by itself: `subsidy pay lapse {contract} --document NO`"),
            Place(said["key"]),
            contract=said["key"],
            day=said["expires_on"],
        )
