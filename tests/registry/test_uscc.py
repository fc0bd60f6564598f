"""The check digit of a unified social credit code: its arithmetic by hand, and against a library's for drawn codes."""

import random

import pytest
from stdnum.cn import uscc

from ledger.registry.uscc import passes_check

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize(
    ("code", "right"),
    [
        # The weights are the powers of 3 modulo 31: 1 3 9 27 19 26 16 17 20 29 25 13 8 24 10 30 28. Without the zeros:
        # 9*1 + 1*3 + 1*9 + 1*27 + 6*20 + 3*8 + 7*24 + 3*10 + 4*30 + 1*28 = 538 = 17*31 + 11, and 31 - 11 = 20 is L.
        ("91110000600037341L", True),
        ("91110000600037341G", False),
        ("91110000600037341K", False),
        ("91110000600037314L", False),
    ],
)
def test_the_check_digit(code: str, right: bool) -> None:
    assert passes_check(code) is right


def test_as_the_library_counts_it() -> None:
    seed = random.randrange(10**9)
    print(f"seed {seed}")
    draw = random.Random(seed)
    for _code in range(2_000):
        stem = "".join(draw.choices(SIGNS, k=17))
        last = uscc.calc_check_digit(stem)
        assert [sign for sign in SIGNS if passes_check(stem + sign)] == [last]
