"""Parts of texts are found as if every text were asked."""

import random

from ledger.reconcile.parts import SHORTEST, Texts


def test_what_shares_a_part_is_what_asking_each_text_finds() -> None:
    draw = random.Random(20261201)
    for signs, longer in (("01234567", ""), ("甲乙有限公司", ""), ("ab", "a" * 80)):
        known = {longer + "".join(draw.choices(signs, k=draw.randrange(1, 12))) for _text in range(80)}
        texts = Texts(known)
        for _asked in range(300):
            whole = draw.choice(sorted(known))
            start = draw.randrange(len(whole))
            end = draw.randrange(start, len(whole)) + 1
            asked = (whole[start:end] + draw.choice(("", "", signs[0]))).ljust(SHORTEST, signs[0])
            same = {one for one in known if min(len(one), len(asked)) >= SHORTEST and (one in asked or asked in one)}
            assert texts.sharing(asked) == same


def test_a_masked_text_is_looked_for_by_the_part_that_fewest_hold() -> None:
    # Three begin alike, two end alike: what holds the ending is asked, and no more.
    texts = Texts(["622200001111", "622200002222", "622200003333", "955800002222"])
    assert texts.around(["622200", "2222"]) == {"622200002222", "955800002222"}
    # No part is long enough to look up: any may be meant.
    assert texts.around(["62", "22"]) == {"622200001111", "622200002222", "622200003333", "955800002222"}
