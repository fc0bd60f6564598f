"""Rules of papers: a step of a notice, never one of the duties, was signed on paper for a run that is there."""

from ledger.log import kinds
from ledger.log.kinds import kind_of
from ledger.office.approvals import steps_on_paper, still_waits
from ledger.rules.codes import Faults, fault
from ledger.rules.people import given
from ledger.rules.records import Logged, day_of
from ledger.rules.state import Fold


def paper(state: Fold, record: Logged[kinds.PaperBody]) -> Faults:
    """A paper is of a run that waits, for a step of its notices, of a day between the run's and its own."""
    body = record.body
    subject = state.get("subject", body["about"])
    said = state.body(body["about"]) if subject else {}
    if kind_of(said) != kinds.PROPOSAL.name or subject.leaf.hex() != body["about_leaf"]:
        yield fault("paper_differs", reason="about_leaf")
        return
    if body["key"] != f"{body['about']}/{body['post']}":
        yield fault("paper_differs", reason="key")
    if body["post"] not in steps_on_paper(subject):
        yield fault("paper_differs", reason="post")
    if not day_of(said["recorded_at"]).isoformat() <= body["signed_on"] <= day_of(body["recorded_at"]).isoformat():
        yield fault("paper_differs", reason="signed_on")
    if not still_waits(subject, given(state, subject.seq)):
        yield fault("paper_differs", reason="waits")
    if not body["bytes"]:
        yield fault("paper_differs", reason="bytes")
