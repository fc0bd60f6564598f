"""How the tests of verification write down what was found: verdict, code of the first damage, the record it names."""

from ledger.audit.verify import Report, Verdict

Seen = tuple[Verdict, str, int | None]

CONSISTENT: Seen = (Verdict.NOT_ANCHORED, "", None)
ANCHORED: Seen = (Verdict.ANCHORED, "", None)


def damaged(code: str, record: int | None = None) -> Seen:
    return Verdict.DAMAGED, code, record


def seen(report: Report) -> Seen:
    first = report.damages[0] if report.damages else None
    return report.verdict, first.code if first else "", first.record if first else None
