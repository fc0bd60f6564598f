"""All that the registers say of one firm, for people: numbers of wallets and accounts only masked."""

from dataclasses import dataclass
from typing import Any

from calculators.problems import N_, Refused, refuse
from ledger.log import kinds
from ledger.log.kinds import BodyT
from ledger.registry.inspections import Inspection, inspections
from ledger.registry.successions import Ended, ended
from ledger.sheets.columns import fold, mask
from ledger.store.ledger import Row, View
from ledger.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Profile:
    """A firm and what hangs on it; the rows of other registers are dicts of their fields, each with its `key`.

    `ended` is how it ended, where two people have said so.
    `confirmed` is the reason of the override of a failed check, empty without one. Payees carry `number` masked and no
    holder; of a wallet `state` is what was seen of it last. `wallet_requests` are wallets that it is opening.
    """

    uscc: str
    name: str
    check: str
    confirmed: str
    districts: list[dict[str, str]]
    statuses: list[dict[str, str]]
    payees: list[dict[str, Any]]
    applications: list[dict[str, Any]]
    grants: list[dict[str, Any]]
    loans: list[dict[str, Any]]
    inspections: list[Inspection]
    wallet_requests: list[dict[str, Any]]
    ended: Ended | None


def profile(view: View, vault: Vault, wanted: str) -> Profile:
    """The firm with this credit code or name, or the only one whose name contains it.

    Refuses `entity_unknown` and `entity_ambiguous`.
    """
    firm = _find(view, wanted)
    override = view.current(kinds.DECISION, f"uscc-override/{firm.key}")
    applications = [row for row in naming(view, kinds.APPLICATION, firm.key) if row.body["uscc"] == firm.key]
    asked = [row.key for row in applications]
    payees = [row for row in naming(view, kinds.PAYEE, firm.key) if row.body["uscc"] == firm.key]
    states = {key: _fields(row) for key, row in view.current_of(kinds.WALLET, (row.key for row in payees)).items()}
    return Profile(
        uscc=firm.key,
        name=firm.body["name"],
        check=firm.body["check"],
        confirmed=override.body["reason"] if override else "",
        districts=firm.body["districts"],
        statuses=firm.body["statuses"],
        payees=[{**_payee(vault, row), **({"state": states[row.key]} if row.key in states else {})} for row in payees],
        applications=[_fields(row) for row in applications],
        grants=[_fields(row) for row in naming(view, kinds.GRANT, *asked) if row.body["application"] in asked],
        loans=[
            {"key": row.key, **row.body["data"]}
            for row in naming(view, kinds.LOAN, firm.key)
            if row.body["data"]["uscc"] == firm.key
        ],
        inspections=[inspection for inspection in inspections(view) if inspection.uscc == firm.key],
        wallet_requests=[_fields(row) for row in view.rows(kinds.WALLET_REQUEST) if row.body["uscc"] == firm.key],
        ended=ended(view).get(firm.key),
    )


def naming(view: View, register: kinds.Kind[BodyT], *names: str) -> list[Row[BodyT]]:
    """The things of a register of which a version names one of these, as they stand, in order of key."""
    keys = {row.key for row in view.naming(register, names)}
    return [row for _key, row in sorted(view.current_of(register, keys).items())]


def _find(view: View, wanted: str) -> Row[Any]:
    known = view.current(kinds.ENTITY, wanted.strip().upper())
    if known:
        return known
    firms = list(view.rows(kinds.ENTITY))
    name = fold(wanted)
    for found in (
        [row for row in firms if fold(row.body["name"]) == name],
        [row for row in firms if name in fold(row.body["name"])],
    ):
        if len(found) == 1:
            return found[0]
        if found:
            raise refuse(
                "entity_ambiguous",
                N_("{count} firms have a name like {wanted!r}: {names}"),
                N_("give the credit code of one"),
                count=len(found),
                wanted=wanted,
                names=", ".join(f"{row.body['name']} {row.key}" for row in found[:5]),
            )
    raise refuse(
        "entity_unknown",
        N_("no firm has the credit code or name {wanted!r}"),
        N_("give a part of the registered name, or import the register of entities"),
        wanted=wanted,
    )


def _fields(row: Row[Any]) -> dict[str, Any]:
    return kinds.own(row.body)


def _payee(vault: Vault, row: Row[Any]) -> dict[str, Any]:
    fields = _fields(row)
    del fields["holder"]
    try:
        fields["number"] = mask(vault.reveal(row.body["number"], row.key))
    except Refused as refused:
        if refused.problems[0].code == "vault_differs":
            raise
        # Erased on request, or a copy of the ledger that came without its vault.
        fields["number"] = mask("")
    return fields
