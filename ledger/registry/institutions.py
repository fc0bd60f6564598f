"""Who runs digital renminbi wallets, and how a bank's code is checked; the table is data with its sources."""

import csv
import re
from functools import cache

from stdnum.iso7064 import mod_11_10

from ledger.resources import fixture

_CNAPS = re.compile(r"[0-9]{12}")


@cache
def wallet_institutions() -> dict[str, str]:
    """14-character code -> Chinese name of every operating institution of digital renminbi wallets."""
    with fixture("reference/ecny_institutions.csv").open(encoding="utf-8") as source:
        return {row["institution_code"]: row["name_zh"] for row in csv.DictReader(source)}


def is_cnaps(code: str) -> bool:
    """Whether `code` is a 12-digit CNAPS bank code; the last digit checks the others (ISO 7064, MOD 11,10)."""
    return bool(_CNAPS.fullmatch(code)) and bool(mod_11_10.is_valid(code))
