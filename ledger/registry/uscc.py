"""The check digits of a unified social credit code (GB 32100-2015) and of the organisation code inside it."""

from operator import mul

# GB 32100: the signs in the order of their values, and the weights of the first 17 of a code.
_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
# GB 11714: weights of the eight characters, and the check character by the remainder of their sum, 11 less it.
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_CHECKS = "0X987654321"


def passes_check(code: str) -> bool:
    """Whether the 18th character of a well-formed code is its check digit (GB 32100-2015, modulus 31)."""
    total = sum(map(mul, map(_SIGNS.index, code[:-1]), _WEIGHTS))
    return _SIGNS[-total % 31] == code[-1]


def check_of(code: str) -> str:
    """What the register of firms says of a code: `passed` or `failed`."""
    return "passed" if passes_check(code) else "failed"


def passes_organisation_check(code: str) -> bool:
    """Whether the organisation code in a well-formed code (its characters 9 to 17) passes its check (GB 11714-1997).

    Early codes were given out with a wrong 18th character around a right organisation code; a code with a mistyped
    sign in it mostly fails both.
    """
    body, check = code[8:16], code[16]
    total = sum(int(sign, 36) * weight for sign, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return check == _ORGANISATION_CHECKS[total % 11]
