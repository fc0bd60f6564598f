"""How a lender's own form of file is read, as records of one person that another one agrees to."""

from typing import Literal, NotRequired, TypedDict

from ledger.log.kinds.kind import Kind, Signed
from ledger.log.kinds.values import Count, Hash, Text


class MappedHeading(TypedDict):
    """A heading of the file that a mapping was made from.

    at: number of its column there, from 1
    heading: as the file writes it
    column: the register's column; absent where its cells are passed over
    unit: what an amount or a rate under it is in
    """

    at: Count
    heading: Text
    column: NotRequired[Text]
    unit: NotRequired[Text]


class MappedWord(TypedDict):
    """What a word of the lender stands for.

    column: the register's column
    word: as the lender writes it
    value: as the register writes it
    """

    column: Text
    word: Text
    value: Text


class GivenValue(TypedDict):
    """What every row has in a column that the file lacks.

    column: the register's column
    value: as a cell of the template would say it
    """

    column: Text
    value: Text


class SameAs(TypedDict):
    """A column that is read from a heading of another meaning.

    column: the register's column
    heading: as the file writes it
    """

    column: Text
    heading: Text


class MappingRules(TypedDict):
    """How a lender's files for a register are read.

    mode: that of imports under it
    through: `file` where the day up to which a file speaks is read from it
    sheet: the one that was chosen of several
    headings: those of the file that it was made from, in the order of its columns
    words: beside the vocabulary of the registers
    given, same: what the file lacks
    """

    mode: Literal["full", "delta"]
    through: NotRequired[Literal["file"]]
    sheet: NotRequired[Text]
    headings: list[MappedHeading]
    words: list[MappedWord]
    given: list[GivenValue]
    same: list[SameAs]


class MappingBody(Signed):
    """A mapping: how a lender's own form of file is read, once somebody else has agreed to it.

    key: `<register>/<lender>`
    rules: how files are read
    rules_sha256: of the rules' canonical bytes with the key
    version: its number under its key, from 1
    file: base name of the file that it was made from
    sha256: of that file
    """

    key: Text
    rules_sha256: Hash
    version: Count
    rules: MappingRules
    file: Text
    sha256: Hash


MAPPING = Kind("mapping", MappingBody, keyed=True)
