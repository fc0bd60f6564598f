"""Accounts that code names: every one stands in the shipped charts, so that a book has it."""

import csv

from ledger.book import accounts
from ledger.resources import fixture


def test_every_account_that_code_names_stands_in_the_charts() -> None:
    named = {name: code for name, code in vars(accounts).items() if name.isupper() and isinstance(code, str)}
    with fixture("charts.csv").open(encoding="utf-8") as source:
        shipped = {row["code"] for row in csv.DictReader(source)}
    assert set(named.values()) == shipped
