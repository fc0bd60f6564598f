"""Standing decisions: two people take an account's statements of one format although nothing proves them complete.

One person asks for it, another agrees (`ledger.office.agreements`); the first file of that account and format that is
put aside ends it, and so does anybody by hand: both are versions of the decision `standing/<payer>/<format>`.
"""

from calculators.problems import N_, Place, refuse
from ledger.log import kinds
from ledger.office.approvals import APPROVE
from ledger.office.signing import Signer, append_signed
from ledger.registry.agreements import STANDING, agreement, answers, asks
from ledger.store.ledger import Row, View, Writer

# What ended a decision that no file has ended.
PERSON = "person"


def statements_of(account: str, form: str) -> str:
    """What a decision on the statements of an account in a format is about."""
    return f"{account}/{form}"


def in_force(view: View, account: str, form: str) -> Row[kinds.DecisionBody] | None:
    """The decision that lets statements of the account in this format in; None where there is none."""
    row = _current(view, statements_of(account, form))
    return row if row is not None and asks(row.body) and agreement(view, row.seq) else None


def ask(writer: Writer, subject_of: str, reason: str, signer: Signer | None = None) -> Row[kinds.DecisionBody]:
    """Ask for a decision about `<payer>/<format>`, signed where keys are in use.

    Refuses `standing_about` (no account to pay from), `standing_stands` (it waits or is in force).
    """
    payer, _slash, form = subject_of.rpartition("/")
    if not form or writer.current(kinds.PAYER, payer) is None:
        raise refuse(
            "standing_about",
            N_("{about!r} names no account to pay from and the format of its statements"),
            N_("write PAYER/FORMAT as the refusal of the import names it; import the register of payers first"),
            about=subject_of,
        )
    row = _current(writer, subject_of)
    if row is not None and _stands(writer, row):
        raise refuse(
            "standing_stands",
            N_("this is decided already, or waits for somebody else to agree"),
            N_("see what waits: `subsidy approvals`"),
            Place(subject_of),
        )
    return _append(writer, _body(subject_of, reason), signer)


def end(writer: Writer, subject_of: str, reason: str, signer: Signer | None = None) -> Row[kinds.DecisionBody]:
    """End what stands or waits; one person does. Refuses `standing_not_in_force`."""
    row = _current(writer, subject_of)
    if row is None or not _stands(writer, row):
        raise refuse(
            "standing_not_in_force",
            N_("nothing is decided about {about}"),
            N_("nothing is to be ended"),
            about=subject_of,
        )
    body = _body(subject_of, reason)
    body["ended_by"] = PERSON
    return _append(writer, body, signer)


def end_by_file(writer: Writer, account: str, form: str, file: str, codes: str) -> bool:
    """End the decision that a file has shown to be wrong; whether there was one.

    `file` is the beginning of its hash, `codes` what was wrong with it.
    """
    row = in_force(writer, account, form)
    if row is None:
        return False
    body = _body(row.body["about"], codes)
    body["ended_by"] = file
    writer.append(kinds.DECISION, body)
    return True


def _current(view: View, subject_of: str) -> Row[kinds.DecisionBody] | None:
    return view.current(kinds.DECISION, f"{STANDING}/{subject_of}")


def _stands(view: View, row: Row[kinds.DecisionBody]) -> bool:
    """Whether it waits for somebody's word or is in force."""
    said = answers(view).get(row.seq)
    return asks(row.body) and (said is None or said.body["opinion"] == APPROVE)


def _body(subject_of: str, reason: str) -> kinds.DecisionBody:
    return kinds.DecisionBody(key=f"{STANDING}/{subject_of}", type=STANDING, about=subject_of, reason=reason)


def _append(writer: Writer, body: kinds.DecisionBody, signer: Signer | None) -> Row[kinds.DecisionBody]:
    append_signed(writer, signer, kinds.DECISION, body)
    row = _current(writer, body["about"])
    assert row is not None, "the record was written just now"
    return row
