"""Words in the free text of Chinese statements that say what an entry is."""

# Money that came back: transfer returned, ticket returned, refunded, sent back.
_RETURN = ("退汇", "退票", "退款", "退回")
# An entry that takes back another one of the bank's own: struck out, wiped off, reversed in red.
_REVERSAL = ("冲正", "抹账", "冲账", "红冲", "冲销")


def is_return(text: str) -> bool:
    """Whether the text says that a payment came back."""
    return any(word in text for word in _RETURN)


def is_reversal(text: str) -> bool:
    """Whether the text says that the bank takes back an entry of its own."""
    return any(word in text for word in _REVERSAL)
