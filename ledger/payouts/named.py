"""Payouts that a bank's line names while nobody has said what the line is: what they paid for is not paid again."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from ledger.log import kinds
from ledger.payouts.channels.instruction import memo_of
from ledger.payouts.payables import payouts_naming
from ledger.store.ledger import Row, Vault, View

_SPLIT = {ord(sign): None for sign in " \t\r\n\u3000-_/.:"}


def plain(text: str) -> str:
    """A text in which numbers are looked for: half width, capitals, and nothing that a line break or a form puts in."""
    # Signs of ASCII have one width.
    half = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return half.upper().translate(_SPLIT)


def tried_on_open_lines(view: View, vault: Vault, awards: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Entry record -> (payout, line): a payout that had named it, and a line on the book, in no match, that names it.

    A line names a payout among its references or in the words of its text, however these are written.
    """
    tried = payouts_naming(view, awards)
    if not tried:
        return {}
    matched = {line for row in view.rows(kinds.MATCH) for line in row.body["lines"]}
    lines = [row for row in view.rows(kinds.STATEMENT_LINE) if row.key not in matched]
    texts = vault.reveal_many({row.body["about"]: row.key for row in lines if "about" in row.body})
    found: dict[int, tuple[str, str]] = {}
    for row in sorted(lines):
        said = _said(row, texts)
        for item, award in tried.items():
            if item in said:
                found.setdefault(award, (item, row.key))
    return found


def numbers_of(batch: str, items: Iterable[kinds.PayoutBody], *, practice: bool) -> list[str]:
    """What a bank's line may name of a batch: itself, and its payouts by number and by memo."""
    own = [(body["key"], memo_of(batch, body["n"], practice=practice)) for body in items]
    return [plain(number) for number in (batch, *(number for both in own for number in both))]


def refers(references: Iterable[str], numbers: Iterable[str]) -> bool:
    """Whether the references of a line name one of these numbers, as `plain` has them."""
    said = plain("\n".join(references))
    return any(number in said for number in numbers)


def line_naming(view: View, vault: Vault, wanted: Sequence[str]) -> str:
    """The key of the first line on the book, in a match or not, that names one of these numbers; "" where none does."""
    rows = sorted(view.rows(kinds.STATEMENT_LINE))
    texts = vault.reveal_many({row.body["about"]: row.key for row in rows if "about" in row.body})
    for row in rows:
        said = _said(row, texts)
        if any(number in said for number in wanted):
            return row.key
    return ""


def references_of(body: kinds.StatementLineBody) -> Iterable[str]:
    """The references of a line and of the payments inside it, which the log holds; the bank's words it does not."""
    yield from body["references"]
    for detail in body.get("details", ()):
        yield from detail["references"]


def _said(row: Row[kinds.StatementLineBody], texts: Mapping[str, str]) -> str:
    """The references of a line and of what stands in it, and its text, one under the other."""
    words = [*references_of(row.body)]
    if "about" in row.body:
        words.append(texts.get(row.body["about"], ""))
    return plain("\n".join(words))
