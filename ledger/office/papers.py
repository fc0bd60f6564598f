"""A step of a notice that was signed on paper (审批表): two people record the scan of it by its hash.

From then on anybody who may sign a step gives that one in the place of the post, and it is shown as on paper. The steps
of the duties are never given so.
"""

from datetime import date, datetime
from pathlib import Path

from calculators.problems import N_, Place, refuse
from ledger.log import kinds
from ledger.log.kinds import kind_of
from ledger.office.approvals import given, steps_on_paper, still_waits, subject
from ledger.office.evidence import check_bytes, read_files
from ledger.office.signing import Signer, append_signed
from ledger.store.ledger import Writer, local_day


def scan(writer: Writer, run: int, post: str, on: date, file: Path, signer: Signer | None) -> int:
    """Record that `post` has signed the run on paper; the number that somebody else has to agree to.

    Refuses `paper_of_nothing`, `paper_step`, `paper_day`, `evidence_empty`, and what `read_files` and `subject` refuse.
    """
    about = subject(writer, run)
    body = writer.record(run)
    if kind_of(body) != kinds.PROPOSAL.name or not still_waits(about, given(writer, run)):
        raise refuse(
            "paper_of_nothing",
            N_("record {number} is no run that waits for signatures"),
            N_("give the number of a run that waits: `subsidy approvals`"),
            Place(str(run)),
            number=run,
        )
    steps = steps_on_paper(about)
    if post not in steps:
        raise refuse(
            "paper_step",
            N_("no notice of run {number} lets {post} sign; a step of the duties is never signed on paper"),
            N_("on paper can sign: {posts}"),
            Place(str(run)),
            number=run,
            post=post,
            posts=", ".join(steps) or "-",
        )
    made, today = local_day(datetime.fromisoformat(body["recorded_at"])), local_day(writer.now)
    if not made <= on <= today:
        raise refuse(
            "paper_day",
            N_("the paper is of {day}, and the run of {made}; today is {today}"),
            N_("write the day that stands beside the signature on the paper"),
            Place(str(run)),
            day=on,
            made=made,
            today=today,
        )
    (item,) = read_files([file])
    check_bytes([item])
    said = kinds.PaperBody(
        key=f"{run}/{post}",
        about=run,
        about_leaf=about.leaf.hex(),
        post=post,
        signed_on=on.isoformat(),
        file=item.file,
        bytes=item.bytes,
        sha256=item.sha256,
    )
    return append_signed(writer, signer, kinds.PAPER, said)
