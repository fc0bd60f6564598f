"""From a record to its row in the registers."""

import pytest

from ledger.log.canonical import parse
from ledger.log.kinds import KINDS, REGISTERS
from ledger.store.projection import CLAIMING, claim_rows, item_row
from tests.log.test_kinds import golden

# Kind -> register, key, lender, void of its golden record; what is not here is no version of anything.
ROWS = {
    "rules": ("rules", "rules", "", 0),
    "actor": ("actor", "1002", "", 0),
    "key": ("key", "1002", "", 0),
    "person": ("person", "1004", "", 0),
    "duties": ("duties", "duties", "", 0),
    "account": ("account", "fin/2303", "", 0),
    "budget": ("budget", "2024/interest/batch-2", "", 0),
    "benchmark": ("benchmark", "lpr", "", 0),
    "notice": ("notice", "example", "", 0),
    "entity": ("entity", "91110108MA00000000", "", 0),
    "payee": ("payee", "ecny/C1010411000013/000001", "", 0),
    "application": ("application", "A-1", "", 0),
    "grant": ("grant", "G-1", "", 0),
    "decision": ("decision", "release-hold/L-77", "", 0),
    "opening": ("opening", "example", "", 0),
    "refusal": ("refusal", "2025-06/G-3", "", 0),
    "public_notice": ("public_notice", "GS-2025-1", "", 0),
    "objection": ("objection", "YY-1", "", 0),
    "inspection": ("inspection", "JC-1", "", 0),
    "clawback": ("clawback", "ZH-1", "", 0),
    "evidence": ("evidence", f"grant/G-2/{'d' * 64}", "", 0),
    "fact": ("loan", "L-77", "示例银行", 0),
    "void": ("event", "L-77//repayment/2024-06-01/1", "", 1),
    "payer": ("payer", "payer/ecny/C1010411000013/000001", "", 0),
    "payment_batch": ("payment_batch", "B2025070100010A1B2C3D", "", 0),
    "payout": ("payout", "S0123456789ABCDEF0123456", "", 0),
    "outcome": ("outcome", "S0123456789ABCDEF0123456", "", 0),
    "statement": ("statement", "9c1f03ab77e2d410/1", "", 0),
    "statement_line": ("statement_line", "payer/bank/102100099996/000001/2025-06-03/0123456789abcdef/1", "", 0),
    "quarantine": ("quarantine", "9c1f03ab77e2d410", "", 0),
    "match": ("match", "0f3a5c7e9b1d2f40", "", 0),
    "undo": ("match", "0f3a5c7e9b1d2f40", "", 1),
    "period": ("period", "2025-06", "", 0),
    "import": ("import", "event/示例银行", "示例银行", 0),
    "hold": ("hold", "event/L-77/0123456789abcdef", "", 0),
    "operator": ("operator", "C1000000000000", "", 0),
    "contract": ("contract", "ZNHY-2025-7", "", 0),
    "opening_item": ("opening_item", "payer/bank/102100099996/000001@T-7", "", 0),
    "succession": ("succession", "91310115591693856A", "", 0),
    "wallet": ("wallet", "ecny/C1010211000012/000001", "", 0),
    "wallet_request": ("wallet_request", "KH-1", "", 0),
    "cut": ("cut", "41", "", 0),
    "restore": ("restore", "42", "", 0),
    "compromise": ("compromise", "1002/2025-06-01", "", 0),
    "paper": ("paper", "64/处长", "", 0),
    "witness": ("witness", "witness", "", 0),
    "log_key": ("log_key", "log-key", "", 0),
    "mapping": ("mapping", "loans/示例银行", "", 0),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_row_of_every_kind(kind: str) -> None:
    row = item_row(9, kind, parse(golden(kind)))
    assert (row if row is None else tuple(row)) == ((9, *ROWS[kind]) if kind in ROWS else None)
    assert row is None or row.register in REGISTERS


# Kind -> (award, amount) of its golden record: a payout takes a payable and nets a reduction, a part comes back;
# money received settles a reduction, and so does giving it up.
CLAIMS = {
    "payout": [(38, 340000), (40, -2750)],
    "outcome": [(38, -37250)],
    "recovery": [(61, -187361)],
    "netting": [(74, 187361), (61, -187361)],
    "write_off": [(61, -87361)],
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_claims_of_every_kind(kind: str) -> None:
    claims = claim_rows(9, kind, parse(golden(kind)))
    assert claims == [(award, 9, fen) for award, fen in CLAIMS.get(kind, [])]
    assert bool(claims) == (kind in CLAIMING)
