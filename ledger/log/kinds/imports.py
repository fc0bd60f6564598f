"""Records of files that were not taken in as they came: rows held back, and imports taken back."""

from typing import Literal, NotRequired, TypedDict

from ledger.log.kinds.kind import Kind, Record
from ledger.log.kinds.values import Count, Day, Hash, Text

_Import = TypedDict("_Import", {"import": Count})


class HeldProblem(TypedDict):
    """What is wrong with a held row.

    column: heading of the cell; absent where the whole row is meant
    what, remedy: the sentences in English, with names in braces for the values
    values: texts that fill them; numbers of wallets and accounts masked
    """

    code: Text
    column: NotRequired[Text]
    what: Text
    remedy: Text
    values: dict[str, str]


class HoldBody(Record, _Import):
    """A row of a register file that was not taken in: it stops what it is about until it comes well.

    key: `<register>/<about>/<16 hex digits of the hash of its readable cells>`
    register: whose row it would be
    of, about: register and key of what is stopped
    lender: whose file it stood in
    row_key: the row's key in its register, as far as rows of equal key are not numbered; absent where unreadable
    day: from when the row is; absent where unreadable, or where its register asks for no day
    mode: of the import
    row: its line in the file
    columns: names of the columns in which something is wrong
    rest: hash of the readable cells in the other columns
    problems: everything that is wrong with it
    import: log index of the import that held it
    """

    key: Text
    register: Text
    of: Text
    about: Text
    lender: NotRequired[Text]
    row_key: NotRequired[Text]
    day: NotRequired[Day]
    mode: Literal["full", "delta"]
    file: Text
    sha256: Hash
    row: Count
    columns: list[Text]
    rest: Hash
    problems: list[HeldProblem]


class ImportWithdrawalBody(Record, _Import):
    """An import was taken back: what it brought falls, and what it changed or made fall stands again as before.

    import: log index of the import
    register: whose rows they are
    lender: whose file it was
    voids, restored: count of records that fall, and of versions recorded again
    """

    register: Text
    lender: NotRequired[Text]
    reason: Text
    voids: Count
    restored: Count


HOLD = Kind("hold", HoldBody, keyed=True)
IMPORT_WITHDRAWAL = Kind("import_withdrawal", ImportWithdrawalBody)
