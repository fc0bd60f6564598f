"""Who is paid for a granted line: the firm itself, the lender that gave the interest back to it, or its insurer."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import TypeAlias

from calculators.notices.loan import LoanNotice
from calculators.notices.model import Notice
from calculators.notices.premium import InsurancePremiumNotice
from ledger.registry.notices import notices
from ledger.sheets.columns import fold
from ledger.store.ledger import Row, View

# Notice -> its item -> the name of whom the item is paid to, for notices that do not pay the firm.
Direct: TypeAlias = Mapping[str, Mapping[str, str]]


def paid_directly(view: View) -> Direct:
    """Whom the notices pay that do not pay the firm: the lender of each loan, the insurer of each policy."""
    registers = {name: _register(versions[-1].notice) for name, versions in notices(view).items()}
    wanted = {register for register in registers.values() if register}
    names = {register: {row.key: _NAMES[register](row) for row in view.rows(register)} for register in wanted}
    return {name: names[register] for name, register in registers.items() if register}


def recipients(view: View) -> dict[str, str]:
    """Granted line -> credit code of whom it is paid to; "" where that is no registered firm."""
    direct, firms = paid_directly(view), firm_codes(view)
    asked = {row.key: row.body for row in view.rows("application")}
    return {row.key: recipient(asked[row.body["application"]], direct, firms) for row in view.rows("grant")}


def firm_codes(view: View) -> dict[str, str]:
    """Folded name of a registered firm -> its credit code; lenders and insurers are firms that are paid like others."""
    return {fold(row.body["name"]): row.key for row in view.rows("entity")}


def payees_by_firm(view: View) -> dict[str, dict[str, str]]:
    """Credit code -> reference of a payee -> its channel."""
    payees: dict[str, dict[str, str]] = defaultdict(dict)
    for payee in view.rows("payee"):
        payees[payee.body["uscc"]][payee.key] = payee.body["channel"]
    return payees


def recipient(application: Mapping[str, str], direct: Direct, firms: Mapping[str, str]) -> str:
    """The credit code of whom an application's award is paid to; "" where that is no registered firm."""
    if application["notice"] in direct:
        return firms.get(fold(direct[application["notice"]].get(application["item"], "")), "")
    return application["uscc"]


# Register -> the name in a row of it that the award is paid to.
_NAMES: Mapping[str, Callable[[Row], str]] = {
    "loan": lambda row: row.lender,
    "policy": lambda row: str(row.body["data"]["insurer"]),
}


def _register(notice: Notice) -> str:
    """The register that names whom a notice pays; empty where it pays the firm."""
    if isinstance(notice, LoanNotice) and notice.payment.path == "lender_prepaid":
        return "loan"
    if isinstance(notice, InsurancePremiumNotice) and notice.counted.paid == "own_share":
        return "policy"
    return ""
