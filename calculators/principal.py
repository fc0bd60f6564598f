"""The principal that counts: supported principal, kept below a notice's principal cap day by day.

A cap per entity is one amount for all of its loans under the notice. The loans fill it in the notice's stated order, on
each day anew, so a loan that was repaid makes room from that day on.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from calculators.awards.lines import Line, order_key
from calculators.awards.loan_parts import Stretch
from calculators.interest.benchmark import Benchmark
from calculators.interest.segments import Segment, segments


def counted_principal(
    supported: Iterable[tuple[Line, list[Stretch]]], benchmark: Benchmark, through: date
) -> dict[str, list[Segment]]:
    """Line id -> the segments that count before `through`, for the lines whose principal a notice caps.

    Days after a line's last due period count too: its principal takes room from the others on those days already.
    """
    counted: dict[str, list[Segment]] = {}
    taken: dict[tuple[str, str], list[Segment]] = defaultdict(list)
    for line, stretches in sorted(supported, key=lambda pair: order_key(pair[0])):
        if not any(stretch.version.notice.base.principal_cap for stretch in stretches):
            continue
        others = taken[line.entity.uscc, line.notice_id]
        counted[line.id] = [
            segment for stretch in stretches for segment in _below_cap(line, stretch, others, benchmark, through)
        ]
        others += counted[line.id]
    return counted


def _below_cap(
    line: Line, stretch: Stretch, others: list[Segment], benchmark: Benchmark, through: date
) -> list[Segment]:
    """The line's segments of one stretch with at most the principal that `others` leave on each day."""
    ends_before = min(stretch.ends_before, through)
    found = segments(line.loan, stretch.starts_on, ends_before, benchmark, supported=True)
    cap = stretch.version.notice.base.principal_cap
    if cap is None:
        return found
    if cap.per == "loan":
        return [replace(segment, principal_fen=min(segment.principal_fen, cap.amount)) for segment in found]
    edges = sorted({day for other in others for day in (other.starts_on, other.ends_before)})
    pieces = []
    for segment in found:
        inner = [day for day in edges if segment.starts_on < day < segment.ends_before]
        for starts_on, ends in zip([segment.starts_on, *inner], [*inner, segment.ends_before], strict=True):
            used = sum(other.principal_fen for other in others if other.starts_on <= starts_on < other.ends_before)
            principal = min(segment.principal_fen, max(0, cap.amount - used))
            if principal:
                pieces.append(Segment(starts_on, ends, principal, segment.rate))
    return pieces
