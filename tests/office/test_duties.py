"""Duties as data: the shipped sets, what is wrong with others, and who can work under them.

The oracle tries every way in which an act and the acts that it is kept apart from can be signed, with `product` and no
thought: it shares nothing with the product but the set of duties as read.
"""

import json
import random
import re
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from calculators.problems import Refused
from ledger.log.kinds import KINDS, SCHEMAS
from ledger.office import sign as tool
from ledger.office.acts import ACTS, act_words, acts_named
from ledger.office.duties import Duties, duties_of, gaps, office, signers
from ledger.office.duty import incomplete
from ledger.office.people import Person, Substitute
from ledger.resources import fixture
from ledger.words import set_language
from tests.support.three_office import three_office

DAY = date(2026, 12, 1)
# What is written because a person has signed something else, or by the program alone.
DERIVED = {"act", "refusal", "run_closed"}
SETS = ("three", "full")


def shipped(name: str) -> Duties:
    return duties_of(fixture(f"duties/{name}.yaml").read_text(encoding="utf-8"), f"{name}.yaml")


def person(staff_no: str, post: str, substitute: str = "") -> Person:
    named = Substitute(substitute, DAY, DAY) if substitute else None
    return Person(staff_no, post, "", None, None, named)


@pytest.mark.parametrize("name", SETS)
def test_every_kind_of_record_has_a_duty(name: str) -> None:
    """A kind without a row would be written by whoever likes."""
    named = {kind for duty in shipped(name).acts.values() for kind in duty.record}
    assert KINDS.keys() - named - DERIVED == set()
    assert named & DERIVED == set()


def test_both_sets_have_the_same_acts() -> None:
    three, full = map(shipped, SETS)
    assert list(three.acts) == list(full.acts)
    assert {act: duty.record for act, duty in three.acts.items()} == {
        act: duty.record for act, duty in full.acts.items()
    }


@pytest.mark.parametrize("name", SETS)
def test_what_moves_money_or_releases_it_takes_two(name: str) -> None:
    alone = [act for act, duty in shipped(name).acts.items() if duty.effect == "money" and len(duty.steps) < 2]
    # The payer sends what two have signed; who starts a public notice of today gains nothing by it.
    assert alone == ["public-notice.start", "pay.export"]


def tried(duties: Duties, act: str, people: list[Person], absent: str) -> bool:
    """Whether some way of signing keeps every rule."""
    there = [one.staff_no for one in people if one.staff_no != absent]
    away = next((one for one in people if one.staff_no == absent), None)
    held = {one.staff_no: {one.post} for one in people}
    if away and away.substitute and away.substitute.by in there:
        helped = {**held, away.substitute.by: held[away.substitute.by] | {away.post}}
    else:
        helped = held
    duty = duties.acts[act]
    before = [other.rsplit(":", 1) for other in duty.apart]
    steps = [duties.acts[name].steps[int(number) - 1] for name, number in before] + list(duty.steps)
    of = [duties.acts[name] for name, _number in before] + [duty] * len(duty.steps)
    for concerned in there if any("self" in step for step in duty.steps) else ["nobody"]:
        for signed in product(there, repeat=len(steps)):
            own = signed[len(before) :]
            if len(set(own)) < len(own) or own[-1] in signed[: len(before)]:
                continue
            allowed = True
            for number, (who, words, its) in enumerate(zip(signed, steps, of, strict=True)):
                posts = (helped if its.exit == "substitute" else held)[who]
                whom = concerned if number >= len(before) else "nobody"
                right = "any" in words or ("self" in words and who == whom) or ("others" in words and who != whom)
                allowed &= right or any(word in posts or duties.posts.get(word) in posts for word in words)
            if allowed:
                return True
    return False


def against_the_oracle(duties: Duties, people: list[Person]) -> None:
    found = {(gap.act, gap.absent) for gap in gaps(duties, people, DAY)}
    expected = {
        (act, absent)
        for absent in ("", *(one.staff_no for one in people))
        for act, duty in duties.acts.items()
        if not (absent and duty.exit == "none") and not tried(duties, act, people, absent)
    }
    assert found == expected


def test_three_people_can_do_everything_while_they_are_there() -> None:
    three = shipped("three")
    people = [person("1001", "经办岗"), person("1002", "checker"), person("1003", "payer")]
    assert [gap for gap in gaps(three, people, DAY) if not gap.absent] == []
    against_the_oracle(three, people)


def test_somebody_away_without_a_substitute_leaves_gaps() -> None:
    three = shipped("three")
    people = [person("1001", "maker"), person("1002", "checker"), person("1003", "payer")]
    away = {gap for gap in gaps(three, people, DAY) if gap.absent == "1002"}
    assert ("run", 2, ("checker",), "1002") in away
    assert ("pay", 2, ("checker",), "1002") in away
    # The payer stands in, so runs can be checked; but what the payer begins takes another checker, and nothing goes
    # out that nobody has approved.
    people[1] = person("1002", "checker", "1003")
    assert {gap.act for gap in gaps(three, people, DAY) if gap.absent == "1002"} == {"pay", "pay.export", "payer.set"}
    against_the_oracle(three, people)


def test_eight_people_can_do_everything() -> None:
    full = shipped("full")
    people = [person(f"100{number}", post) for number, post in enumerate(full.posts)]
    assert [gap for gap in gaps(full, people, DAY) if not gap.absent] == []


@pytest.mark.parametrize("seed", range(12))
def test_offices_drawn_at_random_are_as_the_oracle_says(seed: int) -> None:
    draw = random.Random(seed)
    three = shipped("three")
    posts = [*three.posts, *three.posts.values(), ""]
    names = [f"10{number:02d}" for number in range(draw.choice((2, 3, 4)))]
    people = [person(name, draw.choice(posts), draw.choice([*names, ""])) for name in names]
    against_the_oracle(three, people)


def test_who_can_sign_what() -> None:
    three = shipped("three")
    people = [person("1001", "经办岗"), person("1002", "复核岗"), person("1003", "出纳岗")]
    here = office(people, DAY)
    assert signers(three, "pay", here) == [["1003"], ["1002"]]
    assert signers(three, "run", here) == [["1001"], ["1002"]]
    assert signers(three, "people.enrol", here) == [["1001", "1002", "1003"]] * 2


SMALL = """id: small
people_at_least: 2
posts: {maker: 经办岗}
valid_days: {default: 10}
acts:
  run: {record: [proposal], case: run, effect: money, steps: [[maker], [any]], exit: none}
"""


@pytest.mark.parametrize(
    ("before", "after", "code", "place"),
    [
        ("[[maker], [any]]", "[[maker], [boss]]", "duty_unknown", "6:"),
        ("exit: none", 'apart: ["pay:1"], exit: none', "duty_unknown", "6:"),
        ("exit: none", 'apart: ["run:3"], exit: none', "duty_unknown", "6:"),
        ("default: 10", "default: 10, pay: 3", "duty_unknown", "4:"),
        ("default: 10", "run: 3", "duty_unknown", "4:"),
        ("posts:", "never_both: [[maker, boss]]\nposts:", "duty_unknown", "3:"),
        ("exit: none", "exit: never", "choice_unknown", "6:"),
        ("exit: none", "wait: 5, exit: none", "key_unknown", "6:"),
        ("steps: [[maker], [any]], ", "", "key_missing", "6:"),
    ],
)
def test_a_set_that_names_what_it_lacks_is_refused(before: str, after: str, code: str, place: str) -> None:
    assert duties_of(SMALL, "small.yaml").id == "small"
    with pytest.raises(Refused) as refused:
        duties_of(SMALL.replace(before, after), "small.yaml")
    (problem,) = refused.value.problems
    assert (problem.code, str(problem.place).removeprefix("small.yaml:")[:2]) == (code, place)


def test_what_is_missing_is_said_once_in_words(tmp_path: Path) -> None:
    """Of three people in three posts each can be away: then nobody signs in that post."""
    office = three_office(tmp_path / "ledger")
    said = office.say("duties", "check", "three")
    lines = said.stdout.splitlines()
    assert said.exit_code == 1
    assert len(lines) < 40
    assert ["复核岗", "1002"] in [line.split() for line in lines]
    away = [line.split()[:3] for line in lines if line.startswith("1002 ")]
    gaps_of = json.loads(office.say("duties", "check", "three", "--json").stdout)["gaps"]
    checker = [gap for gap in gaps_of if gap["absent"] == "1002" and gap["posts"] == ["checker"]]
    assert ["1002", "复核岗", str(len(checker))] in away
    assert not re.search(r"\b[a-z]+\.[a-z]+\b", said.stdout), "no codes of acts"
    assert "subsidy people substitute STAFFNO --by STAFFNO" in said.stdout


def test_every_act_is_called_something_in_both_languages() -> None:
    for name in ("three", "full"):
        assert shipped(name).acts.keys() <= tool.ACT_NAMES.keys()
    assert len({zh for zh, _en in tool.ACT_NAMES.values()}) == len(tool.ACT_NAMES)
    assert act_words("pay") == "payment batch"
    set_language("zh_CN")
    assert act_words("pay") == "支付批次"


def test_a_set_is_asked_for_the_acts_that_its_release_knew() -> None:
    """A later release that knows more kinds of records finds nothing wrong with a set of an earlier one."""
    before = [schema for schema in SCHEMAS if schema.split("/")[1] != "succession"]
    assert set(ACTS) - acts_named(before) == {"firm.end"}
    whole = shipped("three")
    earlier = whole.model_copy(update={"acts": {act: duty for act, duty in whole.acts.items() if act != "firm.end"}})
    assert incomplete(earlier) == "firm.end"
    assert incomplete(earlier, acts_named(before)) == ""
