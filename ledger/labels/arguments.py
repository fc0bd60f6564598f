"""What stands for an argument in the help of a command, in words: as the label of its field in a form."""

import re

from calculators.problems import N_
from ledger.words import _

_WORDS = {
    "AMOUNT": N_("amount in yuan"),
    "BATCH": N_("payment batch"),
    "CHART": N_("chart"),
    "CODE": N_("code"),
    "FILE": N_("file"),
    "FILES": N_("files"),
    "FIRM": N_("firm"),
    "FOLDER": N_("folder"),
    "GRANT": N_("grant"),
    "ID": N_("notice"),
    "INSTITUTION": N_("code of the operator"),
    "ITEM": N_("payout"),
    "KEY": N_("key"),
    "LENDER": N_("lender"),
    "LINE": N_("award line"),
    "LIST": N_("filled list"),
    "LOAN": N_("loan"),
    "MATCH": N_("match"),
    "NAME": N_("name"),
    "NAME-OR-USCC": N_("name or credit code"),
    "NO": N_("number"),
    "NOTICE": N_("notice"),
    "NUMBER": N_("record number"),
    "ORDER": N_("budget order"),
    "PATH": N_("budget path"),
    "PAYEE": N_("payee"),
    "PAYER": N_("payer"),
    "POSTING": N_("entry"),
    "REGISTER": N_("register"),
    "RUN": N_("run"),
    "STAFF_NO": N_("staff number"),
    "TEXT": N_("text"),
    "TO": N_("to which path"),
    "URL": N_("address"),
    "USCC": N_("credit code"),
    "YEAR": N_("year"),
    "YUAN": N_("amount in yuan"),
    "YYYY-MM": N_("month"),
}
_EACH = re.compile(r"[A-Za-z][A-Za-z_-]*")


def argument(shown: str) -> str:
    """What an argument is, by what the help shows for it: `PAYEE|GRANT`; a word that is to be typed stays."""
    said = [_(_WORDS[word]) if word in _WORDS else word for word in _EACH.findall(shown)]
    return " / ".join(said) or shown
