"""Statements as banks write them, for tests: the frame of a camt message and a few words to fill it."""

from pathlib import Path

from ledger.reconcile import readers
from ledger.reconcile.integrity import Examined, examine
from ledger.reconcile.statements import Statement

ACCOUNT = "0200001234567890123"
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.{message}.001.{version}"


def write(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    """Save a file of a test."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def statements(path: Path, wanted: str | None = None) -> list[Statement]:
    """What the readers make of a file."""
    return readers.read(path, wanted).statements


def only(path: Path, wanted: str | None = None) -> Statement:
    """The one statement of a file."""
    (statement,) = statements(path, wanted)
    return statement


def verdicts(path: Path) -> list[Examined]:
    """The statements of a file, examined."""
    return examine(path.name, statements(path))


def codes(path: Path) -> list[tuple[str, list[str]]]:
    """(integrity, codes of its problems) of each statement of a file."""
    return [(one.integrity, [problem.code for problem in one.problems]) for one in verdicts(path)]


def balance(kind: str, amount: str, day: str, way: str = "CRDT", currency: str = "CNY") -> str:
    """A `Bal`."""
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='{currency}'>{amount}</Amt>"
        f"<CdtDbtInd>{way}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def entry(
    amount: str,
    way: str,
    day: str = "2025-03-03",
    status: str = "<Sts>BOOK</Sts>",
    inside: str = "",
    before: str = "",
    currency: str = "CNY",
) -> str:
    """An `Ntry`; `before` stands between direction and status (`RvslInd`), `inside` at its end (`NtryDtls`)."""
    return (
        f"<Ntry><Amt Ccy='{currency}'>{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd>{before}{status}"
        f"<BookgDt><Dt>{day}</Dt></BookgDt>{inside}</Ntry>"
    )


def stmt(content: str, account: str = ACCOUNT, currency: str = "CNY", name: str = "S1") -> str:
    """A `Stmt`."""
    return (
        f"<Stmt><Id>{name}</Id><CreDtTm>2025-03-31T20:00:00</CreDtTm>"
        f"<Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>{currency}</Ccy></Acct>\n{content}</Stmt>"
    )


def camt053(content: str, version: str = "02") -> str:
    """A camt.053 message around its statements."""
    space = NAMESPACE.format(message="053", version=version)
    head = "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2025-03-31T20:00:00</CreDtTm></GrpHdr>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{space}"><BkToCstmrStmt>{head}\n'
        f"{content}\n</BkToCstmrStmt></Document>\n"
    )


def mt940(entries: str, opening: str = "C250228CNY1000,00", closing: str = "C250331CNY1000,00") -> str:
    """An MT940 message around its entries."""
    return f":20:STARTUMSE\n:25:104100000004/{ACCOUNT}\n:28C:00003/001\n:60F:{opening}\n{entries}\n:62F:{closing}\n-\n"
