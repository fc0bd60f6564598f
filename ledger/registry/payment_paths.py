"""Who is paid for a granted line: the firm itself, the lender that gave the interest back to it, or its insurer."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, TypeAlias

from calculators.notices.loan import LoanNotice
from calculators.notices.model import Notice
from calculators.notices.premium import InsurancePremiumNotice
from ledger.log import kinds
from ledger.registry.notices import notices
from ledger.registry.successions import heir, successors
from ledger.sheets.columns import fold
from ledger.store.ledger import View
from ledger.store.remembered import remembered

# Notice -> its item -> the name of whom the item is paid to, for notices that do not pay the firm.
Direct: TypeAlias = Mapping[str, Mapping[str, str]]


def paid_directly(view: View) -> Direct:
    """Whom the notices pay that do not pay the firm: the lender of each loan, the insurer of each policy."""
    named = {name: told_by(versions[-1].notice) for name, versions in notices(view).items()}
    told = {
        name: {row.key: told_of(row.body) for row in view.rows(kinds.REGISTERS[name])}
        for name in {*named.values()} - {""}
    }
    return {name: told[register] for name, register in named.items() if register}


@remembered
def recipients(view: View) -> dict[str, str]:
    """Granted line -> credit code of whom it is paid to; "" where that is no registered firm.

    Who took the place of a firm that ended is paid, and owes, in its place.
    """
    direct, firms, after = paid_directly(view), firm_codes(view), successors(view)
    asked = {row.key: row.body for row in view.rows(kinds.APPLICATION)}
    return {
        row.key: heir(recipient(asked[row.body["application"]], direct, firms), after) for row in view.rows(kinds.GRANT)
    }


def firm_codes(view: View) -> dict[str, str]:
    """Folded name of a registered firm -> its credit code; lenders and insurers are firms that are paid like others."""
    return {fold(row.body["name"]): row.key for row in view.rows(kinds.ENTITY)}


def payees_by_firm(view: View) -> dict[str, dict[str, str]]:
    """Credit code -> reference of a payee -> its channel."""
    payees: dict[str, dict[str, str]] = defaultdict(dict)
    for payee in view.rows(kinds.PAYEE):
        payees[payee.body["uscc"]][payee.key] = payee.body["channel"]
    return payees


def recipient(application: kinds.ApplicationBody, direct: Direct, firms: Mapping[str, str]) -> str:
    """The credit code of whom an application's award is paid to; "" where that is no registered firm."""
    if application["notice"] in direct:
        return firms.get(fold(direct[application["notice"]].get(application["item"], "")), "")
    return application["uscc"]


def told_by(notice: Notice) -> str:
    """The register whose rows tell whom a notice pays; "" where it pays the firm."""
    if isinstance(notice, LoanNotice) and notice.payment.path == "lender_prepaid":
        return kinds.LOAN.register
    if isinstance(notice, InsurancePremiumNotice) and notice.counted.paid == "own_share":
        return kinds.POLICY.register
    return ""


def told_of(body: kinds.FactBody[Any]) -> str:
    """The lender of a loan, the insurer of a policy."""
    return str(body["data"].get("insurer") or body.get("lender", ""))
