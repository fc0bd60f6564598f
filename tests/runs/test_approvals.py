"""Approvals: the steps of a notice in their order, signed by different people, and what happens between them."""

from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from calculators.problems import Refused
from ledger.office.key_files import KeyFile
from ledger.runs.closing import approve
from ledger.store.ledger import Ledger
from tests.support.office import Office
from tests.support.processes import barrier, process
from tests.support.signing_office import (
    CHECKER,
    CONSISTENT,
    DEPUTY,
    HEAD,
    MARCH,
    code,
    key,
    keys,
    propose,
    sign,
    signed,
    signing_office,
    states,
    verdict,
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return signing_office(tmp_path / "ledger")


def test_the_last_signature_posts_the_run(office: Office) -> None:
    number = propose(office)
    assert states(office) == ["proposed"]
    assert "Next to sign: 处长." in signed(office, number, CHECKER)
    assert states(office) == ["proposed"]
    # The notice asks for public notice before payment, and the run says so.
    assert signed(office, number, HEAD).splitlines()[1:] == [
        f"Posted: 1 entry. Next: subsidy pay prepare {number} --dry-run, subsidy run show {number}.",
        f"Lines to put on public notice: 1. Next: subsidy public-notice start {number} --on DAY --name NAME",
    ]
    assert states(office) == ["closed"]
    [posted] = office.read("run", "show", number)["posted"]
    assert posted["amount"] == MARCH.replace(",", "")
    assert verdict(office) == CONSISTENT
    assert office.read("audit", "replay")["same"] is True


def test_the_closing_record_lists_the_approvals(office: Office) -> None:
    number = propose(office)
    for staff_no in (CHECKER, HEAD):
        signed(office, number, staff_no)
    steps = office.read("approvals", number)["steps"]
    assert [(one["step"], one["post"], one["staff_no"], one["opinion"]) for one in steps] == [
        (1, "审核岗", CHECKER, "approve"),
        (2, "处长", HEAD, "approve"),
    ]
    assert office.read("approvals") == []


def test_who_waits_for_whom(office: Office) -> None:
    number = propose(office)
    signed(office, number, CHECKER)
    [waiting] = office.read("approvals")
    assert waiting == {
        "number": int(number),
        "what": "interest 2024-03",
        "amount": MARCH.replace(",", ""),
        "maker": "1001",
        "post": "处长",
        "since": "2024-04-01",
        "able": [HEAD],
        "command": f"subsidy approve {number}",
    }
    assert f"run of the month 2024-03  {MARCH}  1001     处长          subsidy approve {number}" in office.do(
        "approvals"
    )
    assert [one["step"] for one in office.read("approvals", "2024-03")["steps"]] == [1, 2]


def test_names_are_shown_from_the_vault(office: Office) -> None:
    office.do("people", "add", HEAD, "--post", "处长", "--document", "任-2", "--name", "示例处长")
    number = propose(office)
    for staff_no in (CHECKER, HEAD):
        signed(office, number, staff_no)
    assert [one["name"] for one in office.read("approvals", number)["steps"]] == [CHECKER, "示例处长"]
    assert "示例处长".encode() not in (office.folder / "book.db").read_bytes()


@pytest.mark.parametrize(
    ("before", "staff_no", "expected"),
    [
        ((), HEAD, "post_differs"),  # the second step before the first
        ((), DEPUTY, "post_differs"),
        ((CHECKER,), CHECKER, "approver_twice"),
        ((CHECKER, HEAD), HEAD, "not_waiting"),
    ],
)
def test_who_may_not_sign(office: Office, before: tuple[str, ...], staff_no: str, expected: str) -> None:
    number = propose(office)
    for one in before:
        signed(office, number, one)
    assert code(sign(office, number, staff_no)) == expected
    assert verdict(office) == CONSISTENT


def test_the_maker_does_not_approve(office: Office) -> None:
    number = str(office.read("run", "interest", "--month", "2024-03", "--actor", CHECKER)["proposal"])
    assert code(sign(office, number, CHECKER)) == "approver_is_maker"


def test_a_rejection_ends_the_run_and_the_month_may_be_run_again(office: Office) -> None:
    number = propose(office)
    signed(office, number, CHECKER)
    result = sign(office, number, HEAD, "--reason", "receipt of HT1 is missing", command="reject")
    assert result.exit_code == 0, result.stderr
    assert states(office) == ["aborted"]
    [_first, second] = office.read("approvals", number)["steps"]
    assert (second["opinion"], second["text"]) == ("reject", "receipt of HT1 is missing")
    again = propose(office)
    for staff_no in (CHECKER, HEAD):
        signed(office, again, staff_no)
    assert states(office) == ["aborted", "closed"]
    assert verdict(office) == CONSISTENT


def test_a_substitute_signs_on_the_days_named_only(office: Office) -> None:
    office.do("people", "substitute", HEAD, "--by", DEPUTY, "--from", "2024-04-02", "--to", "2024-04-03")
    number = propose(office)
    signed(office, number, CHECKER)
    assert code(sign(office, number, DEPUTY)) == "substitute_out_of_period"
    assert code(sign(office.on("2024-04-04"), number, DEPUTY)) == "substitute_out_of_period"
    signed(office.on("2024-04-03"), number, DEPUTY)
    assert states(office) == ["closed"]
    last = office.read("approvals", number)["steps"][-1]
    assert (last["staff_no"], last["post"], last["stands_for"]) == (DEPUTY, "处长", HEAD)
    assert verdict(office) == CONSISTENT


def test_a_substitute_who_signed_before_does_not_sign_twice(office: Office) -> None:
    office.do("people", "substitute", HEAD, "--by", CHECKER, "--from", "2024-04-01", "--to", "2024-04-30")
    number = propose(office)
    signed(office, number, CHECKER)
    assert code(sign(office, number, CHECKER)) == "approver_twice"


def test_facts_recorded_meanwhile_wait_for_the_next_run(office: Office) -> None:
    number = propose(office)
    signed(office, number, CHECKER)
    # 2,000,000 repaid on 15 March: 5 days to the settlement on 20 March bear 3.55 % on 16 instead of 18 million.
    office.report("2024-04-01", "HT1,repayment,2024-03-15,,2000000,\n")
    assert states(office) == ["proposed"]
    signed(office, number, HEAD)
    assert [one["amount"] for one in office.read("run", "show", number)["posted"]] == ["16862.50"]
    again = propose(office)
    assert [one["amount"] for one in office.read("run", "interest", "--month", "2024-03", "--dry-run")["posted"]] == [
        "-493.05"  # half of 2,000,000 x 5 d x 3.55 % / 360 = 986.11: 16,369.45 - 16,862.50 (half of 32,738.89)
    ]
    assert again != number
    assert office.read("audit", "replay")["same"] is True


def test_a_second_run_of_the_series_waits(office: Office) -> None:
    number = propose(office)
    assert code(office.say("run", "interest", "--month", "2024-03")) == "proposal_waiting"
    assert states(office) == ["proposed"]
    signed(office, number, CHECKER)


def test_a_proposal_that_the_book_overtook_is_ended(office: Office) -> None:
    number = propose(office)
    signed(office, number, CHECKER)
    order = office.do("budget", "issue", "2024", "1000", "--document", "BUD-9", "--key", key(office, CHECKER),
                      "--actor", CHECKER)  # fmt: skip
    signed(office, order.split()[1], HEAD)
    assert code(sign(office, number, HEAD)) == "stale_proposal"
    assert states(office) == ["aborted"]
    again = propose(office)
    for staff_no in (CHECKER, HEAD):
        signed(office, again, staff_no)
    assert states(office) == ["aborted", "closed"]
    assert verdict(office) == CONSISTENT


def test_a_new_run_ends_a_stale_proposal(office: Office) -> None:
    propose(office)
    order = office.do("budget", "issue", "2024", "1000", "--document", "BUD-9", "--key", key(office, CHECKER),
                      "--actor", CHECKER)  # fmt: skip
    signed(office, order.split()[1], HEAD)
    propose(office)
    assert states(office) == ["aborted", "proposed"]


def test_a_leaver_signs_nothing_more_and_what_was_signed_stays(office: Office) -> None:
    number = propose(office)
    signed(office, number, CHECKER)
    office.do("people", "end", CHECKER, "--on", "2024-04-01")
    office.on("2024-04-02")
    signed(office, number, HEAD)
    office.on("2024-05-06")
    office.report("2024-04-30")
    april = propose(office, "2024-04")
    assert code(sign(office, april, CHECKER)) == "actor_not_in_office"
    assert verdict(office) == CONSISTENT


def test_a_rotated_key_signs_and_the_old_one_no_more(office: Office) -> None:
    number = propose(office)
    signed(office, number, CHECKER)
    old, new = key(office, HEAD), str(keys(office) / "new.key")
    without = office.say("people", "key", HEAD, "--file", new, "--actor", HEAD)
    assert code(without) == "signing_key_needed"
    assert not Path(new).exists()
    office.do("people", "key", HEAD, "--file", new, "--actor", HEAD, "--key", old)
    assert code(office.say("approve", number, "--actor", HEAD, "--key", old)) == "signing_key_differs"
    office.do("approve", number, "--actor", HEAD, "--key", new)
    assert states(office) == ["closed"]
    assert verdict(office) == CONSISTENT


def test_a_lost_key_is_replaced_by_a_colleague(office: Office) -> None:
    new = str(keys(office) / "new.key")
    office.do("people", "key", HEAD, "--file", new, "--actor", CHECKER, "--key", key(office, CHECKER))
    assert verdict(office) == CONSISTENT


def test_a_key_file_is_its_owners_alone(office: Office) -> None:
    path = Path(key(office, HEAD))
    assert path.stat().st_mode & 0o777 == 0o600
    number = propose(office)
    signed(office, number, CHECKER)
    path.chmod(0o640)
    assert code(sign(office, number, HEAD)) == "signing_key_exposed"
    path.chmod(0o600)
    path.write_text("PRIVATE+KEY+1003\n", encoding="utf-8")
    assert code(sign(office, number, HEAD)) == "signing_key_malformed"
    path.unlink()
    assert code(sign(office, number, HEAD)) == "signing_key_missing"
    inside = office.folder / "1003.key"
    assert (
        code(office.say("people", "key", HEAD, "--file", str(inside), "--actor", HEAD)) == "signing_key_inside_ledger"
    )
    assert not inside.exists()


def test_the_key_of_somebody_else_signs_nothing(office: Office) -> None:
    number = propose(office)
    answer = office.say("approve", number, "--actor", CHECKER, "--key", key(office, HEAD))
    assert code(answer) == "signing_key_differs"
    answer = office.say("approve", number, "--actor", "1001", "--key", key(office, CHECKER))
    assert code(answer) == "approver_is_maker"


def test_private_keys_stand_nowhere_in_the_ledger(office: Office) -> None:
    seed = Path(key(office, HEAD)).read_text(encoding="utf-8").strip().split("+", 4)[4]  # base64 has plus signs too
    for path in office.folder.iterdir():
        assert seed.encode() not in path.read_bytes(), path


def sign_last(url: str, number: str, staff_no: str, file: str, start: Barrier) -> None:
    """Sign at the same moment as the others; the exit code says how it ended."""
    ledger = Ledger.open(url)
    start.wait()
    try:
        approve(ledger, int(number), staff_no, KeyFile(Path(file), ledger.path))
    except Refused as refused:
        raise SystemExit(2 if refused.problems[0].code == "stale_proposal" else 3) from None


def test_of_many_who_sign_the_last_step_at_once_one_closes_the_run(office: Office) -> None:
    heads = [HEAD, "1011", "1012", "1013"]
    for staff_no in heads[1:]:
        office.do("people", "add", staff_no, "--post", "处长", "--document", f"任-{staff_no}")
        office.do("people", "key", staff_no, "--file", key(office, staff_no), "--actor", staff_no)
    number = propose(office)
    signed(office, number, CHECKER)
    start = barrier(len(heads))
    signers = [process(sign_last, office.url, number, staff_no, key(office, staff_no), start) for staff_no in heads]
    for signer in signers:
        signer.start()
    for signer in signers:
        signer.join(120)
    assert sorted(signer.exitcode for signer in signers if signer.exitcode is not None) == [0, 2, 2, 2]
    assert states(office) == ["closed"]
    assert len(office.read("approvals", number)["steps"]) == 2
    assert verdict(office) == CONSISTENT
