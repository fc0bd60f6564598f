"""The register of applications (申报): a firm asks for support for one item under one notice."""

from collections.abc import Mapping
from datetime import date

from calculators.facts.model import Application, Exemption
from calculators.problems import N_
from ledger.book.balances import awarded_lines
from ledger.log import kinds
from ledger.registry.drafts import Draft, Known, Register, Task, known, refuse_moved
from ledger.registry.items import register_of
from ledger.registry.notices import notices
from ledger.registry.wording import Wording, words_under
from ledger.sheets.names import RegisterName
from ledger.sheets.rows import Reading, Values, only_with
from ledger.store.ledger import View


def _application_drafts(task: Task) -> list[Draft]:
    """One draft per application."""
    reading, view = task.reading, task.view
    firms = view.keys(kinds.ENTITY)
    types = {name: versions[0].notice.type for name, versions in notices(view).items()}
    items = {
        type_: {row.key: row.body["data"] for row in view.rows(register_of(type_))} for type_ in set(types.values())
    }
    words, wording = words_under(view), Wording(reading)
    granted = {row.body["application"]: row.key for row in view.rows(kinds.GRANT) if "payee" in row.body}
    supported = _supported(view, reading, granted)
    awarded, recorded = awarded_lines(view), {row.key: row.body for row in view.rows(kinds.APPLICATION)}
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
        if cells["notice"] not in types:
            reading.refuse(
                "notice_unknown",
                N_("there is no notice {notice}"),
                N_("add it with `subsidy notice add`, or write it as `subsidy notice list` shows it"),
                row.line,
                "notice",
                notice=cells["notice"],
            )
        elif cells["item"] not in items[types[cells["notice"]]]:
            _warn_unregistered(reading, row, types[cells["notice"]])
        else:
            wording.applied(row.line, items[types[cells["notice"]]][cells["item"]], words[cells["notice"]])
        if number in granted:
            _check_supported(reading, row, granted[number], supported)
            if granted[number] in awarded and number in recorded:
                before = recorded[number]
                stays = (("notice", before["notice"]), ("item", before["item"]), ("uscc", before["uscc"]))
                for column, was in stays:
                    refuse_moved(task, row.line, number, column, was, cells[column])
        both = ["exemption", "exemption_document"]
        if any(name in cells for name in both):
            only_with(reading, row, both, [], "exemption")
        made.append(Draft(number, {"evidence": [], **cells}, row.line))
    return made


def _supported(view: View, reading: Reading, granted: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """(Notice, item) -> the grant that supports it, of applications that the file leaves as they are."""
    again = {row.cells["application_no"] for row in reading.rows}
    return {
        (row.body["notice"], row.body["item"]): granted[row.key]
        for row in view.rows(kinds.APPLICATION)
        if row.key in granted and row.key not in again
    }


def _check_supported(reading: Reading, row: Values, grant: str, supported: dict[tuple[str, str], str]) -> None:
    """An application that was granted does not move to an item that has a grant."""
    notice, item = row.cells["notice"], row.cells["item"]
    other = supported.setdefault((notice, item), grant)
    if other != grant:
        reading.refuse(
            "item_granted",
            N_("grant {other} supports {item} under {notice} already"),
            N_("correct the item, or refuse one of the two applications first"),
            row.line,
            "item",
            other=other,
            item=item,
            notice=notice,
        )


def _warn_unregistered(reading: Reading, row: Values, type_: str) -> None:
    """The item may be registered later, before the run; until then the line gets nothing."""
    key = row.cells["item"]
    if register_of(type_) is kinds.LOAN:
        reading.warn(
            "loan_unknown",
            N_("loan {key} is not registered yet"),
            N_("import the register of its lender before the run"),
            row.line,
            "item",
            key=key,
        )
    else:
        reading.warn(
            "item_unknown",
            N_("{key} is not in the register that the notice's items stand in, {register}"),
            N_("import that register before the run, or correct item or notice"),
            row.line,
            "item",
            key=key,
            register=RegisterName(register_of(type_).register),
        )


def _users(view: View) -> dict[str, str]:
    return {row.body["application"]: "grant" for row in view.rows(kinds.GRANT)}


APPLICATIONS = Register("applications", kinds.APPLICATION, _application_drafts, users=_users)


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
                other_support=row.body.get("other_support", ""),
                exemption=_exemption(row.body),
                investment_fen=row.body.get("investment_fen"),
            ),
            (row,),
        )
        for row in view.rows(kinds.APPLICATION)
    }


def _exemption(body: kinds.ApplicationBody) -> Exemption | None:
    return Exemption(body["exemption"], body["exemption_document"]) if "exemption" in body else None
