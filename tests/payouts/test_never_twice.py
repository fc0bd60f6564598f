"""A payout of unknown outcome is not paid again by any path: lost, doubled, late, contradicting answers, and kills.

At every step the same question is asked: how much can be prepared now? Together with what is in live payouts or was
paid it never exceeds what is owed, 16,862.50 yuan.
"""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import cli
from tests.audit.attacker import bodies
from tests.payouts.returns.test_recoveries import netting_till
from tests.support.clock import at_noon
from tests.support.copies import Kept
from tests.support.forge import first_fault, forge
from tests.support.kill import EVERY, boundaries, boundaries_to_kill, killed_at
from tests.support.till import Till, quarters_till

VAGUE = ("INIT", "PROCESSING", "PRESUMED_SUCCESS", "PRESUMED_FAIL")


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return quarters_till(tmp_path)


def exported(till: Till) -> tuple[str, str]:
    """A batch that has gone out, and its one payout."""
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    return batch, till.items(batch)[0]


def offered(till: Till) -> list[str]:
    """What preparing now would pay, in yuan; nothing is written."""
    return [one["total"] for one in till.read("pay", "prepare", "2024-03", "--dry-run")["batches"]]


def effect(till: Till, batch: str, item: str, *said: str) -> tuple[int, str]:
    """Exit code and effect of an answer."""
    answer = till.answer(batch, (item, *said))
    return answer.exit_code, json.loads(answer.stdout)["effects"][0]["effect"]


def test_a_lost_answer_leaves_the_payout_open_for_ever(till: Till) -> None:
    batch, item = exported(till)
    till.on("2025-03-01")
    assert (till.states(batch), offered(till)) == (["exported"], [])
    assert "[already_exported]" in till.say("pay", "cancel", item, "--reason", "no answer").stderr


@pytest.mark.parametrize("word", VAGUE)
def test_a_vague_answer_keeps_it_closed_and_a_final_one_settles_it(till: Till, word: str) -> None:
    batch, item = exported(till)
    assert effect(till, batch, item, word) == (0, "changed")
    assert effect(till, batch, item, word) == (0, "same")
    assert offered(till) == []
    assert effect(till, batch, item, "SUCCESS") == (0, "changed")
    for late in VAGUE:
        assert effect(till, batch, item, late) == (0, "late")
    assert (till.states(batch), offered(till)) == (["success"], [])


@pytest.mark.parametrize(("word", "left"), [("SUCCESS", []), ("FAIL", ["16862.50"])])
def test_a_doubled_answer_changes_nothing(till: Till, word: str, left: list[str]) -> None:
    batch, item = exported(till)
    assert effect(till, batch, item, word) == (0, "changed")
    size = till.verify()
    assert effect(till, batch, item, word) == (0, "same")
    assert (till.verify(), offered(till)) == (size, [])
    if left:
        till.sure(item)
    assert offered(till) == left


def test_a_doubled_return_comes_back_once(till: Till) -> None:
    batch, item = exported(till)
    effect(till, batch, item, "SUCCESS")
    assert effect(till, batch, item, "RETURNED", "16862.50") == (0, "changed")
    assert effect(till, batch, item, "RETURNED", "16862.50") == (0, "same")
    assert effect(till, batch, item, "SUCCESS") == (0, "late")
    assert offered(till) == []
    till.sure(item, "returned")
    assert offered(till) == ["16862.50"]


def test_a_failure_after_a_success_holds_it_until_somebody_decides(till: Till) -> None:
    batch, item = exported(till)
    effect(till, batch, item, "SUCCESS")
    assert effect(till, batch, item, "FAIL") == (1, "disputed")
    assert (till.states(batch), offered(till)) == (["disputed"], [])
    # The channel is not asked which of its words holds.
    assert effect(till, batch, item, "FAIL") == (0, "late")
    own = till.say("pay", "resolve", item, "--state", "fail", "--reason", "bank letter 17")
    assert "[approver_is_maker]" in own.stderr
    decided = till.as_second("pay", "resolve", item, "--state", "fail", "--reason", "bank letter 17")
    assert decided.exit_code == 0, decided.output
    assert (till.states(batch), offered(till)) == (["fail"], ["16862.50"])
    # It was booked as paid, and the return undoes all of it.
    assert till.balances("fin/2303", "fin/4001", "bud/7101", "ind/1301", "ind/1501") == {
        "fin/2303": "-16862.50",
        "fin/4001": "0.00",
        "bud/7101": "0.00",
        "ind/1301": "16862.50",
        "ind/1501": "0.00",
    }
    till.verify()


def test_a_success_after_a_failure_takes_back_what_is_free(till: Till) -> None:
    batch, item = exported(till)
    effect(till, batch, item, "FAIL")
    till.sure(item)
    assert offered(till) == ["16862.50"]
    assert effect(till, batch, item, "SUCCESS") == (1, "disputed")
    assert offered(till) == []
    assert till.as_second("pay", "resolve", item, "--state", "success", "--reason", "statement 4").exit_code == 0
    assert (till.states(batch), offered(till)) == (["success"], [])
    assert till.balances("fin/2303", "ind/1401", "ind/1501") == {
        "fin/2303": "0.00",
        "ind/1401": "0.00",
        "ind/1501": "16862.50",
    }


def test_a_success_after_a_failure_stops_the_second_order(till: Till) -> None:
    batch, item = exported(till)
    effect(till, batch, item, "FAIL")
    till.sure(item)
    second = till.prepare("2024-03")["batches"][0]["batch"]
    assert effect(till, batch, item, "SUCCESS") == (1, "disputed")
    till.as_second("pay", "approve", second)
    refused = till.say("pay", "export", second, "--out", str(till.folder / "second.json"))
    assert (refused.exit_code, "[paid_elsewhere]" in refused.stderr) == (2, True)
    # Nor does it stand where somebody writes it into the log.
    log = bodies(till.ledger.path)
    order = f'source={{"kind": "export", "name": "ecny", "sha256": "{64 * "0"}"}}'
    forge(log, f'new outcome: about="{second}"; state="exported"; {order}')
    assert first_fault(log) == ("paid_elsewhere", len(log) - 1)
    till.do("pay", "cancel", second, "--reason", "was paid after all")


def test_money_that_was_sent_twice_is_owed_back(till: Till) -> None:
    batch, item = exported(till)
    effect(till, batch, item, "FAIL")
    till.sure(item)
    second, again = exported(till)
    effect(till, second, again, "SUCCESS")
    assert effect(till, batch, item, "SUCCESS") == (1, "disputed")
    assert till.as_second("pay", "resolve", item, "--state", "success", "--reason", "statement 4").exit_code == 0
    # Paid 16,862.50 twice: nothing is payable, and the second one is a receivable.
    assert till.balances("fin/2303", "fin/1218", "fin/4001") == {
        "fin/2303": "0.00",
        "fin/1218": "16862.50",
        "fin/4001": "-33725.00",
    }
    assert offered(till) == []


def test_nobody_decides_on_another_part_than_the_channel_s(till: Till) -> None:
    batch, item = exported(till)
    effect(till, batch, item, "PARTIAL", "6862.50")
    words = ("pay", "resolve", item, "--reason", "letter 17", "--state", "partial", "--amount")
    assert "[step_not_allowed]" in till.as_second(*words, "900").stderr
    size = till.verify()
    # Once it makes sure of what only the channel had said; after that it says nothing new.
    for said in (1, 1):
        assert till.as_second(*words, "6862.50").exit_code == 0
        assert till.verify() == size + said


def disputed_part(till: Till) -> str:
    """A payout that was paid 6,862.50 of 16,862.50, and then, its channel says, in whole."""
    batch, item = exported(till)
    assert effect(till, batch, item, "PARTIAL", "6862.50") == (0, "changed")
    assert effect(till, batch, item, "SUCCESS") == (1, "disputed")
    return item


def decide(till: Till, item: str, *words: str) -> None:
    decided = till.as_second("pay", "resolve", item, "--reason", "statement 4", "--state", *words)
    assert decided.exit_code == 0, decided.output


@pytest.mark.parametrize(
    ("words", "paid", "left"),
    [
        (("success",), "16862.50", []),
        (("partial", "--amount", "6862.50"), "6862.50", ["10000.00"]),
        (("partial", "--amount", "862.50"), "862.50", ["16000.00"]),
        (("returned",), "0.00", ["16862.50"]),
        (("fail",), "0.00", ["16862.50"]),
    ],
)
def test_the_whole_after_a_part_holds_the_rest_until_somebody_decides(
    till: Till, words: tuple[str, ...], paid: str, left: list[str]
) -> None:
    item = disputed_part(till)
    assert offered(till) == []
    decide(till, item, *words)
    assert offered(till) == left
    owed = left[0] if left else "0.00"
    assert till.balances("fin/2303", "fin/4001", "bud/7101", "ind/1301", "ind/1401", "ind/1501") == {
        "fin/2303": f"-{owed}" if left else owed,
        "fin/4001": "0.00" if paid == "0.00" else f"-{paid}",
        "bud/7101": paid,
        "ind/1301": owed,
        "ind/1401": "0.00",
        "ind/1501": paid,
    }
    till.verify()


def test_a_rest_that_another_payout_paid_is_owed_back_and_may_be_returned(till: Till) -> None:
    batch, item = exported(till)
    effect(till, batch, item, "PARTIAL", "6862.50")
    till.sure(item, "partial", "--amount", "6862.50")
    second, rest = exported(till)
    effect(till, second, rest, "SUCCESS")
    assert effect(till, batch, item, "SUCCESS") == (1, "disputed")
    decide(till, item, "success")
    accounts = ("fin/2303", "fin/4001", "fin/1218", "ind/1501")
    # 16,862.50 + 10,000.00 went out.
    assert [(one["payout"], one["owed"]) for one in till.read("pay", "owed")] == [(item, "10000.00")]
    assert item in till.do("pay", "owed")
    assert till.balances(*accounts) == dict(zip(accounts, ("0.00", "-26862.50", "10000.00", "26862.50"), strict=True))
    # All of the first payment comes back: its part is owed again, the rest was paid by the second one.
    assert effect(till, batch, item, "RETURNED", "16862.50") == (0, "changed")
    assert till.balances(*accounts) == dict(zip(accounts, ("-6862.50", "-10000.00", "0.00", "10000.00"), strict=True))
    till.sure(item, "returned")
    assert (offered(till), till.read("pay", "owed")) == (["6862.50"], [])
    till.verify()


def test_a_payment_for_a_run_that_was_taken_back_is_owed_back(till: Till) -> None:
    batch, item = exported(till)
    effect(till, batch, item, "FAIL")
    # The award would be made again under another number, and paid by it.
    withdraw = ("run", "withdraw", "2024-03", "--reason", "wrong file")
    assert "[fail_presumed]" in till.say(*withdraw).stderr
    till.sure(item)
    till.do(*withdraw)
    assert effect(till, batch, item, "SUCCESS") == (1, "disputed")
    decide(till, item, "success")
    accounts = ("fin/5001", "fin/2303", "fin/4001", "fin/1218")
    assert till.balances(*accounts) == dict(zip(accounts, ("0.00", "0.00", "-16862.50", "16862.50"), strict=True))
    till.verify()


@pytest.mark.parametrize("state", ["success", "fail"])
def test_nobody_decides_against_a_final_state(till: Till, state: str) -> None:
    batch, item = exported(till)
    effect(till, batch, item, "FAIL" if state == "success" else "SUCCESS")
    refused = till.as_second("pay", "resolve", item, "--state", state, "--reason", "x")
    assert "[step_not_allowed]" in refused.stderr


def test_a_whole_batch_that_was_never_taken_can_be_paid_again(till: Till) -> None:
    batch, item = exported(till)
    assert till.answer(batch, state="ACCEPT_FAIL").exit_code == 0
    # That it never left is the channel's word as well.
    assert offered(till) == []
    till.sure(item)
    assert (till.states(batch), offered(till)) == (["fail"], ["16862.50"])


COMMAND = f"{__name__}:command"


def command(folder: str, day: str, *words: str) -> None:
    """What the killed process does: one command at the till of `folder`."""
    with at_noon(day):
        outcome = CliRunner().invoke(cli, ["--db", f"sqlite:///{folder}/book.db", *words])
    print(outcome.output)


@pytest.mark.parametrize("every", EVERY)
@pytest.mark.parametrize("step", ["export", "result"])
def test_killed_at_boundaries(tmp_path: Path, step: str, every: bool) -> None:
    till = quarters_till(tmp_path / "ledger")
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.as_second("pay", "approve", batch)
    item = till.items(batch)[0]
    if step == "result":
        till.export(batch)
    answer = till.folder / "answer.json"
    answer.write_text(
        f'{{"request_no": "{batch}", "batch_state": "FINISH", "items": [{{"item_no": "{item}", "state": "SUCCESS"}}]}}'
    )
    kept = Kept(tmp_path)
    before, after = {"export": ("approved", "exported"), "result": ("exported", "success")}[step]

    def words(one: Till) -> tuple[str, ...]:
        return {
            "export": ("pay", "export", batch, "--out", str(one.folder / "order.json"), "--actor", "1001"),
            "result": ("pay", "import-result", str(one.folder / "answer.json"), "--actor", "1001"),
        }[step]

    whole = Till(kept.copy("whole"), till.day)
    passed = boundaries(COMMAND, str(whole.folder), whole.day, *words(whole))
    seen = []
    for boundary in boundaries_to_kill(passed, every):
        one = Till(kept.copy(f"kill-{boundary}"), till.day)
        killed = killed_at(boundary, COMMAND, str(one.folder), one.day, *words(one)).killed
        assert killed == (boundary <= len(passed))
        state = one.states(batch)[0]
        seen.append(state)
        # Whatever was cut off: nothing more is offered, and no file exists of an order that is not recorded.
        assert offered(one) == []
        assert state == "exported" or not (one.folder / "order.json").exists()
        one.do(*words(one))
        one.verify()
        assert one.states(batch) == [after]
        shutil.rmtree(one.folder)
    # Kills fell before the commit and after it, and what was there stayed there.
    assert (set(seen), seen[0], seen[-1]) == ({before, after}, before, after)
    assert seen == sorted(seen, key=(before, after).index)


@pytest.mark.parametrize("every", EVERY)
def test_killed_while_a_debt_is_netted_and_a_batch_is_made(tmp_path: Path, every: bool) -> None:
    """1,873.61 owed back and 72,577.78 to pay: whatever was cut off, one batch of 70,704.17 is made in the end."""
    till = netting_till(tmp_path / "ledger")
    till.on("2024-07-02").report("2024-06-30")
    till.run("2024-06")
    kept = Kept(tmp_path)
    words = ("pay", "prepare", "2024-06", "--actor", "1001")
    passed = boundaries(COMMAND, str(kept.copy("whole")), till.day, *words)
    seen = []
    for boundary in boundaries_to_kill(passed, every):
        one = Till(kept.copy(f"kill-{boundary}"), till.day)
        killed = killed_at(boundary, COMMAND, str(one.folder), one.day, *words).killed
        assert killed == (boundary <= len(passed))
        seen.append(len(one.read("pay", "status")))
        one.do(*words)
        batches = one.read("pay", "status")
        assert (len(batches), batches[-1]["total"], one.read("pay", "owed")) == (2, "70704.17", [])
        one.verify()
        shutil.rmtree(one.folder)
    # Beside the batch of the first quarter: none yet, or the one that is wanted.
    assert (set(seen), seen) == ({1, 2}, sorted(seen))
