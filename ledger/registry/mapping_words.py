"""What the words of a lender's file, and of an officer's answers about it, stand for in a register."""

from calculators.problems import Place, refuse
from ledger.sheets.columns import Column, fold, guarded, parse, vocabulary
from ledger.sheets.faults import fault_of

_NEGATIONS = frozenset("不未非无没")


def is_value(column: Column, text: str) -> bool:
    """Whether a text is one of the column's kind."""
    try:
        parse(column, text)
    except ValueError:
        return False
    return True


def as_recorded(column: Column, text: str) -> str:
    """A choice by its own word, whichever was typed; anything else as it is."""
    if not column.choices:
        return text
    value = parse(column, text)
    return value if isinstance(value, str) else "yes" if value else "no"


def contained(column: Column, text: str) -> str:
    """The one value whose word stands in a longer text; "" where none does, or the text may say the contrary."""
    written = fold(text)
    longest: dict[str, str] = {}
    for value in column.choices:
        inside = [fold(word) for word in vocabulary()[value] if len(word) > 1 and fold(word) in written]
        if inside:
            longest[value] = max(inside, key=len)
    most = max(map(len, longest.values()), default=0)
    best = [value for value, word in longest.items() if len(word) == most]
    if len(best) != 1 or _NEGATIONS & set(written.replace(longest[best[0]], "", 1)):
        return ""
    return best[0]


def check_value(column: Column, text: str, option: str) -> None:
    """Refuse the value that an option gives a column, where the register does not take it."""
    try:
        parse(column, text)
    except ValueError as error:
        fault = fault_of(column.kind, text, error)
        raise refuse(
            fault.code,
            fault.what,
            fault.remedy,
            Place(f"{option} {column.name}"),
            text=guarded(text),
            choices=column.allowed,
        ) from None
