"""The register of applications (申报): a firm asks for support for one item under one notice."""

from datetime import date

from calculators.facts import Application
from calculators.problems import N_
from ledger.registry.drafts import Draft, Register, Task
from ledger.registry.known import Known, known
from ledger.store.ledger import View


def drafts(task: Task) -> list[Draft]:
    """One draft per application."""
    reading, view = task.reading, task.view
    firms = {row.key for row in view.rows("entity")}
    loans = {row.key for row in view.rows("loan")}
    notices = {row.key for row in view.rows("notice")}
    lines: dict[str, int] = {}
    made = []
    for row in reading.rows:
        cells = dict(row.cells)
        number = cells.pop("application_no")
        first = lines.setdefault(number, row.line)
        if first != row.line:
            reading.refuse(
                "key_twice",
                N_("application {number} stands in row {first} too"),
                N_("remove one of the two rows"),
                row.line,
                "application_no",
                number=number,
                first=first,
            )
        if cells["uscc"] not in firms:
            reading.refuse(
                "entity_unknown",
                N_("the firm {code} is not registered"),
                N_("import the register of entities first, or correct the code"),
                row.line,
                "uscc",
                code=cells["uscc"],
            )
        if cells["notice"] not in notices:
            reading.refuse(
                "notice_unknown",
                N_("there is no notice {notice}"),
                N_("add it with `subsidy notice add`, or write it as `subsidy notice list` shows it"),
                row.line,
                "notice",
                notice=cells["notice"],
            )
        if cells["item"] not in loans:
            reading.warn(
                "loan_unknown",
                N_("loan {key} is not registered yet"),
                N_("import the register of its lender before the run"),
                row.line,
                "item",
                key=cells["item"],
            )
        made.append(Draft(number, {"evidence": [], **cells}, row.line))
    return made


def _users(view: View) -> dict[str, str]:
    return {row.body["application"]: "grant" for row in view.rows("grant")}


REGISTER = Register("applications", "application", "application", drafts, users=_users)


def applications(view: View) -> dict[str, Known[Application]]:
    """Every application by its number."""
    return {
        row.key: known(
            Application(
                id=row.key,
                uscc=row.body["uscc"],
                notice=row.body["notice"],
                item=row.body["item"],
                applied_on=date.fromisoformat(row.body["applied_on"]),
            ),
            (row,),
        )
        for row in view.rows("application")
    }
