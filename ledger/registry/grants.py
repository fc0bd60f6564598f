"""The register of grants (批复): what was decided on each application. What a grant reserves is posted by the runs."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from calculators.facts.model import Grant
from calculators.problems import N_
from ledger.book.balances import awarded_lines
from ledger.log import kinds
from ledger.registry.drafts import Draft, Known, Register, Task, known, refuse_moved
from ledger.registry.notices import notices
from ledger.registry.payment_paths import firm_codes, paid_directly, payees_by_firm, recipient
from ledger.registry.successions import heir, successors
from ledger.sheets.columns import columns, parse
from ledger.sheets.rows import Reading, Values, only_with
from ledger.store.ledger import View

# outcome -> (cells it needs, cells it has no use for)
CASES = {
    "granted": (["ceiling_fen", "payee"], ["reason"]),
    "refused": (["reason"], ["ceiling_fen", "envelope", "payee"]),
}


def _grant_drafts(task: Task) -> list[Draft]:
    """One draft per decision, payee and envelope resolved."""
    reading, view = task.reading, task.view
    asked = {row.key: row.body for row in view.rows(kinds.APPLICATION)}
    decided = {} if task.scope.full else {row.body["application"]: row.key for row in view.rows(kinds.GRANT)}
    envelopes = {name: versions[-1].notice.envelope.path for name, versions in notices(view).items()}
    payees, direct = payees_by_firm(view), paid_directly(view)
    firms, after = firm_codes(view) if direct else {}, successors(view)
    confirmed = {row.body["about"] for row in view.rows(kinds.DECISION) if row.body["type"] == "uscc-override"}
    doubtful = {row.key for row in view.rows(kinds.ENTITY) if row.body["check"] == "failed"} - confirmed
    supported = _supported(task, asked)
    awarded, recorded = awarded_lines(view), {row.key: row.body["application"] for row in view.rows(kinds.GRANT)}
    lines: dict[str, int] = {}
    made = []
    for row in reading.rows:
        cells = dict(row.cells)
        number, application = cells.pop("grant_no"), cells.pop("application_no")
        needed, barred = CASES[cells["outcome"]]
        only_with(reading, row, needed, barred, "outcome")
        first = lines.setdefault(number, row.line)
        if first != row.line:
            reading.refuse(
                "key_twice",
                N_("grant {number} stands in row {first} too"),
                N_("remove one of the two rows"),
                row.line,
                "grant_no",
                number=number,
                first=first,
            )
        if application not in asked:
            reading.refuse(
                "application_unknown",
                N_("there is no application {number}"),
                N_("import the register of applications first, or correct the number"),
                row.line,
                "application_no",
                number=application,
            )
            continue
        if number in awarded:
            refuse_moved(task, row.line, number, "application_no", recorded.get(number, application), application)
        other = decided.setdefault(application, number)
        if other != number:
            reading.refuse(
                "application_decided",
                N_("grant {other} has decided application {number}"),
                N_("change that grant instead, or correct the number"),
                row.line,
                "application_no",
                other=other,
                number=application,
            )
        elif cells["outcome"] == "granted":
            _check_supported(reading, row, asked[application], supported)
        if cells["outcome"] == "granted":
            firm = asked[application]["uscc"]
            if firm in doubtful:
                _warn_doubtful(reading, row, firm)
            paid_to = recipient(asked[application], direct, firms)
            # The payee of a firm that ended stays named until one of its successor's is: paying is what waits.
            if cells.get("payee") not in payees[paid_to]:
                _resolve_payee(reading, row, cells, payees.get(heir(paid_to, after)) or payees[firm])
            cells.setdefault("envelope", envelopes.get(asked[application]["notice"], ""))
        made.append(Draft(number, {"application": application, **cells}, row.line))
    return made


def _supported(task: Task, asked: Mapping[str, kinds.ApplicationBody]) -> dict[tuple[str, str], str]:
    """(Notice, item) -> the grant that stands for it and that the file does not decide again."""
    again = {row.cells["grant_no"] for row in task.reading.rows}
    granted = {row.key: row.body["application"] for row in task.view.rows(kinds.GRANT) if "payee" in row.body}
    return {
        (asked[application]["notice"], asked[application]["item"]): number
        for number, application in granted.items()
        if not task.scope.full and number not in again
    }


def _check_supported(
    reading: Reading, row: Values, application: kinds.ApplicationBody, supported: dict[tuple[str, str], str]
) -> None:
    """One item has one grant under a notice: two would each be due the whole award."""
    number = row.cells["grant_no"]
    other = supported.setdefault((application["notice"], application["item"]), number)
    if other != number:
        reading.refuse(
            "item_granted",
            N_("grant {other} supports {item} under {notice} already"),
            N_("refuse this application, or change that grant instead"),
            row.line,
            "application_no",
            other=other,
            item=application["item"],
            notice=application["notice"],
        )


def _warn_doubtful(reading: Reading, row: Values, firm: str) -> None:
    reading.warn(
        "uscc_override_missing",
        N_("the code of the firm {code} fails its check digit and nobody has confirmed it"),
        N_("nothing is paid until `subsidy decide uscc-override --about {code} --reason TEXT`"),
        row.line,
        "application_no",
        code=firm,
    )


def _channel(text: str) -> str:
    """The channel that a word of the register of payees names (数字人民币); any other text as it is."""
    (channels,) = (column for column in columns("payees") if column.name == "channel")
    try:
        return str(parse(channels, text))
    except ValueError:
        return text


def _resolve_payee(reading: Reading, row: Values, cells: dict[str, Any], payees: dict[str, str]) -> None:
    """Put the payee's reference where the file names a channel."""
    wanted = cells.get("payee")
    if wanted is None or wanted in payees:
        return
    wanted = _channel(wanted)
    found = [reference for reference, channel in payees.items() if channel == wanted]
    if len(found) == 1:
        cells["payee"] = found[0]
    elif found:
        reading.refuse(
            "payee_ambiguous",
            N_("the firm has {count} payees of channel {channel}"),
            N_("write the reference of one: {references}"),
            row.line,
            "payee",
            count=len(found),
            channel=wanted,
            references=", ".join(sorted(found)),
        )
    else:
        reading.refuse(
            "payee_unknown",
            N_("the firm has no payee {payee}"),
            N_("import the register of payees first, or write the reference that `subsidy entity show` gives"),
            row.line,
            "payee",
            payee=wanted,
        )


GRANTS = Register("grants", kinds.GRANT, _grant_drafts)


def grants(view: View) -> dict[str, Known[Grant]]:
    """Every granted grant by its number; refused applications have none."""
    return {
        row.key: known(
            Grant(
                id=row.key,
                application=row.body["application"],
                granted_on=date.fromisoformat(row.body["granted_on"]),
                ceiling_fen=row.body["ceiling_fen"],
                envelope=row.body["envelope"],
                payee=row.body["payee"],
                document=row.body["document"],
            ),
            (row,),
        )
        for row in view.rows(kinds.GRANT)
        if row.body["outcome"] == "granted"
    }
