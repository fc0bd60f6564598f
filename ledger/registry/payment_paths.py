"""Who is paid for a granted line: the firm itself, or the lender that has given the interest back to it already."""

from collections import defaultdict
from collections.abc import Mapping

from calculators.notices.loan import LoanNotice
from ledger.log import kinds
from ledger.registry.notices import NoticeVersion, notices
from ledger.sheets.columns import fold
from ledger.store.ledger import View

LENDER_PREPAID = "lender_prepaid"


def prepaid_notices(view: View) -> set[str]:
    """The ids of notices whose awards go to the lender."""
    return {name for name, versions in notices(view).items() if _path(versions) == LENDER_PREPAID}


def recipients(view: View) -> dict[str, str]:
    """Granted line -> credit code of whom it is paid to; "" where the loan's lender is no registered firm."""
    prepaid = prepaid_notices(view)
    asked = {row.key: row.body for row in view.rows(kinds.APPLICATION)}
    firms = lender_codes(view)
    lenders = {row.key: row.lender for row in view.rows(kinds.LOAN)}
    return {
        row.key: recipient(asked[row.body["application"]], prepaid, lenders, firms) for row in view.rows(kinds.GRANT)
    }


def lender_codes(view: View) -> dict[str, str]:
    """Folded name of a registered firm -> its credit code; lenders are firms that are paid like others."""
    return {fold(row.body["name"]): row.key for row in view.rows(kinds.ENTITY)}


def payees_by_firm(view: View) -> dict[str, dict[str, str]]:
    """Credit code -> reference of a payee -> its channel."""
    payees: dict[str, dict[str, str]] = defaultdict(dict)
    for payee in view.rows(kinds.PAYEE):
        payees[payee.body["uscc"]][payee.key] = payee.body["channel"]
    return payees


def recipient(
    application: kinds.ApplicationBody, prepaid: set[str], lenders: Mapping[str, str], firms: Mapping[str, str]
) -> str:
    """The credit code of whom an application's award is paid to; "" where the lender is no registered firm."""
    if application["notice"] in prepaid:
        return firms.get(fold(lenders.get(application["item"], "")), "")
    return application["uscc"]


def _path(versions: list[NoticeVersion]) -> str:
    notice = versions[-1].notice
    return notice.payment.path if isinstance(notice, LoanNotice) else ""
