"""Months that two people have signed off: up to which day the movements of an account stand as they were signed."""

from datetime import date

from dateutil.relativedelta import relativedelta

from calculators.problems import N_, Place, Refused, refuse
from ledger.log import kinds
from ledger.store.ledger import View

MADE, CHECKED, REOPENED = "made", "checked", "reopened"


def last_day(month: str) -> date:
    """The last day of a month `YYYY-MM`."""
    return date.fromisoformat(f"{month}-01") + relativedelta(day=31)


def signed_off(view: View) -> dict[str, date]:
    """Account -> the last day that is signed off; accounts of no month that is are left out."""
    found: dict[str, date] = {}
    # In order of month, so that the last one stays.
    for row in view.rows(kinds.PERIOD):
        if row.body["state"] == CHECKED:
            for account in view.record(row.body["of"])["accounts"]:
                found[account["account"]] = last_day(row.key)
    return found


def last_month(view: View) -> str:
    """The last month that is signed off, `YYYY-MM`; empty where none is."""
    return max((row.key for row in view.rows(kinds.PERIOD) if row.body["state"] == CHECKED), default="")


def would_change(place: str, signed: date, day: date | str) -> Refused:
    """The refusal of what would change a day of an account that is signed off up to `signed`."""
    return refuse(
        "month_signed_off",
        N_("the account is signed off up to {signed}, and this would change {day}"),
        N_("open it again first: `subsidy reconcile sign-off --month {month} --reopen --reason TEXT`"),
        Place(place),
        signed=signed,
        day=day,
        month=f"{signed:%Y-%m}",
    )


def check_open(view: View, account: str, day: date) -> None:
    """Refuse `month_signed_off` where money would be booked on a day of the account that is signed off."""
    signed = signed_off(view).get(account)
    if signed is not None and day <= signed:
        raise refuse(
            "month_signed_off",
            N_("the account is signed off up to {signed}, and {day} lies before its end"),
            N_("book it on a later day"),
            Place(account),
            signed=signed,
            day=day,
        )
