"""What holds a payment up: public notices and checks of payees, each with its reason and what to do.

Names and numbers are compared in clear text, from the vault, and never leave this module. What was found stands in the
batch's record, so that nobody needs the vault to see that somebody looked.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from calculators.problems import N_
from ledger.log import kinds
from ledger.office.approvals import given, held_by, open_acts, subject, waiting_words
from ledger.office.compromised import held_in_doubt
from ledger.office.decisions import stopped
from ledger.office.holding import first_held, rests_on
from ledger.office.losses import Said, doubt
from ledger.office.people import people
from ledger.office.public_notices import OBSTACLES, Obstacle, obstacles
from ledger.payouts.changes import Change, changes
from ledger.payouts.channels.pain001 import ACCOUNT_LENGTH
from ledger.payouts.returns.clawbacks import pending
from ledger.payouts.wallets import Wallets
from ledger.registry.holds import standing as holds_standing
from ledger.registry.operators import Operator, operators
from ledger.registry.payees import PERSONAL_WALLETS, is_cnaps
from ledger.registry.payment_paths import recipients
from ledger.registry.successions import heir, successors
from ledger.sheets.columns import fold
from ledger.store.ledger import Row, Vault, View

# Calendar days from a change to the first payment (assumption: no source says how long).
WAITING_DAYS = 7


class Hold(NamedTuple):
    """Why something is not paid now: the code, and what fills its text."""

    code: str
    values: Mapping[str, object] = {}


# Code -> (why a line is not paid, what to do): what public notice says, and stops.
LINE_HOLDS = {
    **OBSTACLES,
    "payment_stopped": (
        N_("payment to {about} is stopped: {reason}"),
        N_("two people lift it: `subsidy decide lift --about {about} --reason TEXT`"),
    ),
    "firm_ended": (
        N_("the payee is of {about}, which ended; in its place is {successor}"),
        N_("name a payee of the successor in the grant; where there is none, it stays held"),
    ),
}
HOLDS = {
    **LINE_HOLDS,
    "payee_unknown": (N_("the payee is not in the register"), N_("import it, and name it in the grant")),
    "payee_not_recipient": (
        N_("the payee does not belong to whom the notice pays"),
        N_("name a payee of {recipient} in the grant"),
    ),
    "uscc_override_missing": (
        N_("the credit code {uscc} fails its check digit and nobody has confirmed it"),
        N_("`subsidy decide uscc-override --about {uscc} --reason TEXT` once the licence was seen"),
    ),
    "institution_unknown": (
        N_("the institution's code is in no table"),
        N_("correct the code in the register of payees"),
    ),
    "operator_not_running": (
        N_("{operator} runs wallets from {first} to {last} only"),
        N_("wait for the first day, or ask the firm for a wallet elsewhere"),
    ),
    "cnaps_malformed": (
        N_("the bank's code fails its check digit"),
        N_("correct the code in the register of payees"),
    ),
    "wallet_personal": (
        N_("the wallet is a personal or hardware one"),
        N_("ask the firm for its corporate wallet (WT09, WT10)"),
    ),
    "clear_text_missing": (
        N_("the vault holds no number or no holder of this payee"),
        N_("import the payee again"),
    ),
    "account_too_long": (
        N_("the account number is longer than a bank's order takes"),
        N_("ask the firm for the number as its bank writes it"),
    ),
    "holder_differs": (
        N_("the holder is not the registered name {name}"),
        N_("correct the holder or the name, whichever is wrong; the change then waits for approval"),
    ),
    "payee_waiting": (
        N_("the payee was changed; it waits until {day}"),
        N_("ask the firm over a number that you knew before; prepare again on that day"),
    ),
    "payee_unapproved": (
        N_("the payee was changed by {actor}, and nobody else has approved that"),
        N_("`subsidy payee approve {about} --reason TEXT` by somebody else"),
    ),
    "wallet_dormant": (
        N_("the wallet was dormant on {seen_on}"),
        N_("the firm wakes it at its operator; then import its state: `subsidy import wallets FILE --mode delta`"),
    ),
    "wallet_closed": (
        N_("the wallet was closed on {seen_on} or before"),
        N_("ask the firm for another one, import it as payee, and name it in the grant"),
    ),
    "wallet_frozen": (
        N_("the wallet was frozen on {seen_on} and takes nothing in"),
        N_("ask the firm and its operator; then import its state: `subsidy import wallets FILE --mode delta`"),
    ),
    "wallet_state_stale": (
        N_("the wallet was last seen on {seen_on}, and that was good through {last_day}"),
        N_("ask its operator again, and import what it says: `subsidy import wallets FILE --mode delta`"),
    ),
    "wallet_limit": (
        N_("{amount} yuan are more than the {limit} that the wallet takes"),
        N_("ask the firm for a corporate wallet; where the limit was lifted, import the wallet's state again"),
    ),
    "payee_row_held": (
        N_("row {row} of {file}, a row about payees of this firm, was not taken in"),
        N_("have the row put right and import it; `subsidy import holds` says what is wrong"),
    ),
    "act_open": (
        N_("record {number} ({act} by {maker}) waits for another person's signature and holds {about}"),
        N_(
            "it can be signed by: {able}; barred are: {barred}: `subsidy approve {number}`; or turn it down: "
            "`subsidy reject {number} --reason TEXT`"
        ),
    ),
    "signed_in_doubt": (
        N_("record {number}, signed with a key of {person} that others may have had, stands behind {about}"),
        N_(
            "two others look at it: `subsidy people signed {person}`, then `subsidy people cleared {person} --reason "
            "TEXT`"
        ),
    ),
    "clawback_pending": (
        N_("claw-back {clawback} of {line} is agreed and in no run yet"),
        N_("run again, so that the award is reduced before it is paid"),
    ),
    "restored_unknown": (
        N_("it may have been paid before the ledger was put back from a backup, with record {restore}"),
        N_(
            "two people decide, with the statement in hand: `subsidy decide restored-unpaid --about {line} "
            "--document NO --reason TEXT`, or `restored-sent --about {line}/{due}`"
        ),
    ),
    "restored_sent": (
        N_("its order went out before the ledger was put back from a backup, with record {restore}"),
        N_("it is not paid again; where two people find that nothing was paid: `subsidy decide restored-unpaid`"),
    ),
    "fail_presumed": (
        N_("{item} was not paid by the channel's word of {day} alone"),
        N_(
            "somebody who neither sent it nor brought that answer imports the account's statement to {day}, or "
            "decides: `subsidy pay resolve {item} --state {state} --reason TEXT`"
        ),
    ),
    "return_presumed": (
        N_("{item} came back by one person's word of {day} alone"),
        N_(
            "somebody who neither sent it nor brought that answer imports the account's statement and matches its "
            "line, or decides: `subsidy pay resolve {item} --state {state} --reason TEXT`"
        ),
    ),
    "line_open": (
        N_("{item}, which had paid for it, stands on a bank's line that nobody has explained: {line}"),
        N_("`subsidy reconcile match`; where it stays open, `subsidy reconcile explain {line}` says why"),
    ),
    "payer_missing": (
        N_("no payer of channel {channel} pays for {envelope}"),
        N_("import one with `subsidy import payers`"),
    ),
    "payer_ambiguous": (
        N_("several payers of channel {channel} pay for {envelope}"),
        N_("give all but one of them a budget path of their own"),
    ),
    "year_end_missing": (
        N_("it is drawn from what the appropriation of {year} left, and the end of {year} is not booked"),
        N_("`subsidy budget year-end {year} --document NO`"),
    ),
    "nothing_left": (
        N_("reductions eat up what is due"),
        N_("nothing is to be done; the rest is netted against what comes"),
    ),
}


def line_holds(view: View, lines: Iterable[str], day: date) -> dict[str, Obstacle]:
    """Which of these lines may not be paid on a day, and why: what stops them, then what public notice says.

    A line is stopped by itself, with the firm that it is granted to, and with the firm whose payee it names; where that
    firm ended, it is held as long as it names it.
    """
    wanted = sorted(set(lines))
    found = obstacles(view, wanted, day)
    stops, after = stopped(view), successors(view)
    if not stops and not after:
        return found
    grants = {row.key: row.body for row in view.rows(kinds.GRANT)}
    firm_of = {row.key: row.body["uscc"] for row in view.rows(kinds.APPLICATION)}
    payee_of = {row.key: row.body["uscc"] for row in view.rows(kinds.PAYEE)}
    for line in wanted:
        about = [line]
        grant = grants.get(line)
        if grant is not None:
            firm = firm_of[grant["application"]]
            # A grant that has fallen names no payee.
            paid_to = payee_of.get(grant.get("payee", ""), firm)
            about += [firm, paid_to]
            if paid_to in after:
                values = {"about": paid_to, "successor": heir(paid_to, after) if after[paid_to] else "-"}
                found[line] = Obstacle("firm_ended", values)
        stop = next((name for name in about if name in stops), None)
        if stop is not None:
            body = stops[stop].body
            reason = " ".join(filter(None, (body.get("document"), body["reason"])))
            found[line] = Obstacle("payment_stopped", {"about": stop, "reason": reason})
    return found


def doubt_holds(view: View, payables: Iterable[tuple[int, str, str]]) -> dict[int, Hold]:
    """Payables (log index of their entry, line, due day) that may have been paid in records that were lost."""
    found = doubt(view)
    if found is None:
        return {}
    holds = {}
    for award, line, due in payables:
        said = found.of(award, line, due)
        if said is not Said.UNPAID:
            code = "restored_sent" if said is Said.SENT else "restored_unknown"
            holds[award] = Hold(code, {"restore": found.number, "line": line, "due": due})
    return holds


def payee_holds(
    view: View, vault: Vault, today: date, wanted: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Hold]:
    """(line, payee) -> the first reason why this payee is not paid for the line now; without one it is left out."""
    pairs = sorted(set(wanted))
    named = {payee for _line, payee in pairs}
    payees = {row.key: row for row in view.rows(kinds.PAYEE) if row.key in named}
    rows = payees.values()
    clear = vault.reveal_many({row.body[field]: row.key for row in rows for field in ("number", "holder")})
    firms = {row.key: row.body for row in view.rows(kinds.ENTITY)}
    confirmed = {row.body["about"] for row in view.rows(kinds.DECISION) if row.body["type"] == "uscc-override"}
    known = operators(view)
    found = {
        row.key: _firm_hold(row, firms, confirmed)
        or _operator_hold(row, known, today)
        or _payee_hold(row, firms, clear)
        for row in rows
    }
    paid_to = recipients(view)
    changed = changes(view)
    clawed_back = pending(view)
    held = {row.body["about"]: row.body for row in holds_standing(view) if row.body["register"] == "payee"}
    waiting = _open_acts(view, today)
    holds: dict[tuple[str, str], Hold] = {}
    for line, reference in pairs:
        row = payees.get(reference)
        hold: Hold | None
        if row is None:
            hold = Hold("payee_unknown")
        elif line in paid_to and paid_to[line] != row.body["uscc"]:
            hold = Hold("payee_not_recipient", {"recipient": paid_to[line] or "-"})
        else:
            hold = (
                found[reference]
                or _change_hold(today, changed.get(reference), changed.get(line))
                or _row_hold(held.get(row.body["uscc"]))
                or _clawback_hold(line, clawed_back.get(line))
                or waiting(line, row.body)
            )
        if hold:
            holds[line, reference] = hold
    return holds


def _open_acts(view: View, today: date) -> Callable[[str, kinds.PayeeBody], Hold | None]:
    """What says of a line and its payee which act holds them that waits for another's signature, or is in doubt."""
    waiting, doubted = [subject(view, seq) for seq in open_acts(view)], list(held_in_doubt(view))
    if not waiting and not doubted:
        return lambda _line, _payee: None
    held = [(one, list(held_by(view, one.seq))) for one in waiting]
    applications = {row.key: row.body for row in view.rows(kinds.APPLICATION)}
    grants = {row.key: row.body["application"] for row in view.rows(kinds.GRANT)}

    def hold(line: str, payee: kinds.PayeeBody) -> Hold | None:
        name = grants.get(line, "")
        paid = set(rests_on(line, payee["key"], payee["uscc"], applications.get(name), name))
        for one, things in held:
            found = first_held(things, paid)
            if found is not None:
                said = waiting_words(one, given(view, one.seq), people(view), today)
                return Hold("act_open", {"number": one.seq, "about": found.words, **said})
        for number, person, things in doubted:
            found = first_held(things, paid)
            if found is not None:
                return Hold("signed_in_doubt", {"number": number, "person": person, "about": found.words})
        return None

    return hold


def wallet_hold(wallets: Wallets, payee: str, fen: int) -> Hold | None:
    """Why the state of a payee's wallet stands against `fen`; where it does not, they count as paid that day."""
    found = wallets.hold(payee, fen)
    return Hold(*found) if found else None


def _operator_hold(row: Row[kinds.PayeeBody], known: Mapping[str, Operator], today: date) -> Hold | None:
    if row.body["channel"] != "ecny":
        return None
    operator = known.get(row.body["institution"])
    if operator is None:
        return Hold("institution_unknown")
    if operator.runs_on(today):
        return None
    last = "-" if operator.last_day == date.max else operator.last_day
    return Hold("operator_not_running", {"operator": operator.code, "first": operator.starts_on, "last": last})


def _row_hold(held: kinds.HoldBody | None) -> Hold | None:
    return Hold("payee_row_held", {"row": held["row"], "file": held["file"]}) if held else None


def _clawback_hold(line: str, clawback: str | None) -> Hold | None:
    return Hold("clawback_pending", {"clawback": clawback, "line": line}) if clawback else None


def _firm_hold(
    row: Row[kinds.PayeeBody], firms: Mapping[str, Mapping[str, object]], confirmed: set[str]
) -> Hold | None:
    uscc = row.body["uscc"]
    if firms[uscc]["check"] == "failed" and uscc not in confirmed:
        return Hold("uscc_override_missing", {"uscc": uscc})
    return None


def _payee_hold(
    row: Row[kinds.PayeeBody], firms: Mapping[str, Mapping[str, object]], clear: Mapping[str, str]
) -> Hold | None:
    body = row.body
    firm = firms[body["uscc"]]
    if body["channel"] == "bank" and not is_cnaps(body["institution"]):
        return Hold("cnaps_malformed")
    if body.get("wallet_type") in PERSONAL_WALLETS:
        return Hold("wallet_personal")
    if body["number"] not in clear or body["holder"] not in clear:
        return Hold("clear_text_missing")
    if body["channel"] == "bank" and len(clear[body["number"]]) > ACCOUNT_LENGTH:
        return Hold("account_too_long")
    if fold(clear[body["holder"]]) != fold(str(firm["name"])):
        return Hold("holder_differs", {"name": firm["name"]})
    return None


def _change_hold(today: date, *changed: Change | None) -> Hold | None:
    """The changes of a payee and of a grant's choice of payee: each waits, and each needs a second person."""
    for change in changed:
        if change is None:
            continue
        first_day = change.day + timedelta(days=WAITING_DAYS)
        if today < first_day:
            return Hold("payee_waiting", {"day": first_day})
        if not change.approved_by:
            return Hold("payee_unapproved", {"actor": change.actor, "about": change.about})
    return None
