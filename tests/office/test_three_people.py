"""Exactly three people under the set `three`: a month in few signatures, each of them ill, one gone, a key lost.

A plain model (`tests.support.duties_model`) says of every act, signature and combination of people who can sign; the
program is held against it, and the model is searched for what nobody could do.
"""

import json
from datetime import date
from itertools import chain, combinations, product
from pathlib import Path
from typing import Any

import pytest

from calculators.problems import Refused
from ledger.office.duties import duties_of
from ledger.office.duty import signs_as
from ledger.office.people import Person, Substitute
from ledger.resources import fixture
from tests.audit.attacker import bodies
from tests.reconcile.forms import write
from tests.support.copies import built_once
from tests.support.duties_model import Model
from tests.support.founded import founded_office
from tests.support.full_office import brought_in
from tests.support.office import LENDER
from tests.support.signing_office import CONSISTENT, code, verdict
from tests.support.three_office import CHECKER, MAKER, PAYER, POSTS, Three

TEXT = fixture("duties/three.yaml").read_text(encoding="utf-8")
DAY = date(2024, 7, 2)
TABLE = "交易日期,收入,支出,余额,摘要,凭证号,对方户名,对方账号\n"
# Who stands in for whom, so that whoever is away two others can do all: who is away -> (stands in, for whom).
STANDING_IN = {
    MAKER: ((PAYER, MAKER),),
    CHECKER: ((MAKER, CHECKER), (PAYER, MAKER)),
    PAYER: ((MAKER, PAYER),),
}
# Acts that wait for who is away, as their exit says.
WAITING = {"operator.register", "payee.change"}


@built_once
def ready_office(folder: Path, anchor: Path | None = None) -> Three:
    """Three people with all that a month needs, on the day after the half year."""
    office = founded_office(folder, anchor=anchor)
    brought_in(office, CHECKER)
    office.on(DAY.isoformat())
    return office


@pytest.fixture
def office(tmp_path: Path) -> Three:
    return ready_office(tmp_path / "ledger")


def log(office: Three) -> list[dict[str, Any]]:
    return bodies(office.folder / "book.db")


def sure(office: Three) -> str:
    """The only number that waits."""
    (waits,) = office.read("approvals")
    return str(waits["number"])


def half_year(office: Three, maker: str, checker: str, payer: str) -> str:
    """A run, and its batch on its way, by whoever signs in these posts; the item.

    10,000,000 x (19 + 92) d x 3.55 % / 360, half of it: 9,368.06 to 20 March and 45,361.11 to 20 June.
    """
    events = office.file("june.csv", "contract_no,kind,date,end_date,amount,rate\n")
    whose = ("--lender", LENDER, "--through", "2024-06-30")
    office.done(maker, "import", "events", events, "--mode", "delta", *whose)
    run = json.loads(office.done(maker, "run", "interest", "--month", "2024-06", "--json"))["proposal"]
    office.done(checker, "approve", str(run))
    (batch,) = json.loads(office.done(payer, "pay", "prepare", "2024-06", "--json"))["batches"]
    assert batch["total"] == "54729.17"
    office.done(checker, "pay", "approve", batch["batch"])
    office.done(payer, "pay", "export", batch["batch"], "--out", str(office.folder / "order.json"))
    return str(office.read("pay", "status", batch["batch"])["items"][0]["item"])


def test_a_month_takes_at_most_25_signatures(office: Three) -> None:
    """From the bank's report to the sign-off of the statement, each command by whom it is for."""
    size = len(log(office))
    item = half_year(office, MAKER, CHECKER, PAYER)
    batch = next(body["key"] for body in log(office) if body["$schema"] == "subsidy/payment_batch/1")
    said = {"request_no": batch, "batch_state": "FINISH", "items": [{"item_no": item, "state": "SUCCESS"}]}
    office.done(PAYER, "pay", "import-result", office.file("answer.json", json.dumps(said)))
    rows = f"2024-07-02,,54729.17,45270.83,补助,{item},,\n"
    statement = write(office.folder, "flow.csv", f"账号：0012345678905678\n共1笔\n{TABLE}{rows}")
    office.on("2024-08-02")
    office.done(MAKER, "reconcile", "import", str(statement))
    office.done(MAKER, "reconcile", "match")
    office.done(MAKER, "reconcile", "sign-off", "--month", "2024-07")
    office.done(CHECKER, "reconcile", "sign-off", "--month", "2024-07", "--check")
    signed = [body for body in log(office)[size:] if "signature" in body]
    # Report, run, its approval, batch, its approval, order, answer, statement, match, sign-off and its check.
    assert len(signed) == 11 <= 25
    assert verdict(office) == CONSISTENT


@pytest.mark.parametrize("away", STANDING_IN)
def test_whoever_is_ill_two_do_the_month(office: Three, away: str) -> None:
    """The two name who stands in, signed by both; the person who is ill signs nothing."""
    size = len(log(office))
    there = [one for one in (MAKER, CHECKER, PAYER) if one != away]
    for stands_in, whom in STANDING_IN[away]:
        span = ("--from", "2024-07-01", "--to", "2024-07-31")
        first, second = there if whom != there[0] else reversed(there)
        office.done(first, "people", "substitute", whom, "--by", stands_in, *span)
        office.done(second, "approve", sure(office))
    posts = {post: one for one, post in POSTS.items()}
    for stands_in, whom in STANDING_IN[away]:
        posts[POSTS[whom]] = stands_in
    half_year(office, posts["经办岗"], posts["复核岗"], posts["出纳岗"])
    assert away not in {body["actor"] for body in log(office)[size:]}
    assert verdict(office) == CONSISTENT


def test_one_leaves_and_another_comes(office: Three) -> None:
    office.done(MAKER, "people", "end", PAYER, "--on", "2024-07-02")
    office.done(CHECKER, "approve", sure(office))
    office.on("2024-07-03")
    assert code(office.by(PAYER, "pay", "prepare", "2024-06")) == "actor_not_in_office"
    office.enrol("1004", "出纳岗", MAKER, CHECKER)
    half_year(office, MAKER, CHECKER, "1004")
    assert verdict(office) == CONSISTENT


def test_a_lost_key_is_replaced_by_two_others(office: Three) -> None:
    lost = Path(office.key(PAYER)).rename(office.keys / "lost.key")
    office.enrol(PAYER, "出纳岗", MAKER, CHECKER, "mine")
    half_year(office, MAKER, CHECKER, PAYER)
    refused = office.say("decide", "stop", "--about", "PF1", "--reason", "x", "--actor", PAYER, "--key", str(lost))
    assert code(refused) == "signing_key_differs"
    assert verdict(office) == CONSISTENT


def staff(stands_for: dict[str, str]) -> dict[str, Person]:
    """The three as the program knows them."""
    by = {whom: one for one, whom in stands_for.items()}
    return {
        one: Person(one, post, "", None, None, Substitute(by[one], DAY, DAY) if one in by else None)
        for one, post in POSTS.items()
    }


def test_the_program_says_who_can_sign_as_the_model_does() -> None:
    """Every signature of every act, whoever signed before, and whoever stands in for whom."""
    duties, model = duties_of(TEXT, "three"), Model.of(TEXT)
    assert duties.acts.keys() == model.acts.keys()
    people = tuple(POSTS)
    asked = 0
    stands = [{one: whom} for one, whom in product(people, people) if one != whom]
    stands += [{}, {MAKER: CHECKER, PAYER: MAKER}, {MAKER: PAYER, CHECKER: MAKER}]
    for act, stands_for in product(duties.acts, stands):
        known = staff(stands_for)
        for number in range(len(duties.acts[act].steps)):
            for barred in chain.from_iterable(combinations(people, count) for count in range(4)):
                able = set()
                for one in people:
                    try:
                        signs_as(duties, act, number, one, known, DAY, barred)
                    except Refused:
                        continue
                    able.add(one)
                assert able == model.able(act, number, POSTS, stands_for, barred), (act, number, stands_for, barred)
                asked += 1
    assert asked > 5000


def test_no_act_waits_for_ever_whoever_is_away() -> None:
    """With all three there every act can be done, and with any one away all but those that are to wait."""
    model = Model.of(TEXT)
    assert all(model.completed(act, POSTS, {}) for act in model.acts)
    for away, standing_in in STANDING_IN.items():
        stuck = {act for act in model.acts if not model.completed(act, POSTS, dict(standing_in), away)}
        assert stuck <= WAITING, away
        # Without anybody standing in, money would wait.
        assert "run" in {act for act in model.acts if not model.completed(act, POSTS, {}, away)} or away == PAYER


def test_one_key_completes_nothing_that_moves_money() -> None:
    """Of acts that move money one person alone sends what another has approved, and puts on public notice."""
    model = Model.of(TEXT)
    alone = {act for act, duty in model.acts.items() if duty["effect"] == "money" and len(duty["steps"]) == 1}
    assert alone == {"pay.export", "public-notice.start"}
    assert model.acts["pay.export"]["apart"] == ["pay:2"]
    for one, whom in product(POSTS, POSTS):
        stands_for = {one: whom} if one != whom else {}
        there = {one: POSTS[one], whom: POSTS[whom]}
        done = {act for act in model.acts if model.completed(act, there, stands_for, "" if one == whom else whom)}
        assert not {act for act in done if len(model.acts[act]["steps"]) > 1}
