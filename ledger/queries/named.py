"""What a line is called: its firm, its notice and its item, for answers that name lines."""

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.log import kinds
from ledger.store.ledger import View


@dataclass(frozen=True, slots=True)
class Named:
    """The firm (credit code and name), the notice and the item that a line is for."""

    uscc: str
    firm: str
    notice: str
    item: str


def named(view: View, lines: Iterable[str]) -> dict[str, Named]:
    """Line -> what it is for, of those whose grant, application and firm stand in the registers."""
    application_of = {key: row.body["application"] for key, row in view.current_of(kinds.GRANT, lines).items()}
    asked = {key: row.body for key, row in view.current_of(kinds.APPLICATION, application_of.values()).items()}
    firms = view.current_of(kinds.ENTITY, (body["uscc"] for body in asked.values()))
    found = {}
    for line, application in application_of.items():
        body = asked.get(application)
        if body is not None and body["uscc"] in firms:
            name = firms[body["uscc"]].body["name"]
            found[line] = Named(body["uscc"], name, body["notice"], body["item"])
    return found
