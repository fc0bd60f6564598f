"""The register of payees: wallets and accounts checked, kept secret, and known again."""

import csv
from pathlib import Path

import pytest

from ledger.registry.imports import REGISTERS
from ledger.registry.operators import shipped
from ledger.registry.payees import is_cnaps
from ledger.resources import fixture
from ledger.sheets.columns import columns
from tests.support.copies import ready
from tests.support.desk import ENTITIES, FIRM, OTHER_FIRM, PAYEES, Desk, call, open_desk

HEADING = PAYEES.splitlines()[0] + "\n"
WALLET, ACCOUNT = "0012345678901234", "11001045100056001234"


@ready
def firms(folder: Path) -> Desk:
    """A desk that knows two firms."""
    desk = open_desk(folder)
    desk.take("entities", ENTITIES)
    return desk


def test_real_bank_codes_pass_their_check_and_one_wrong_digit_never_does() -> None:
    with fixture("reference/cnaps_codes.csv").open(encoding="utf-8") as source:
        codes = [row["cnaps_code"] for row in csv.DictReader(source)]
    assert len(codes) == 21
    assert all(is_cnaps(code) for code in codes)
    # ISO 7064 MOD 11,10 finds every single wrong digit.
    for code in codes:
        for place in range(12):
            for digit in set("0123456789") - {code[place]}:
                assert not is_cnaps(code[:place] + digit + code[place + 1 :])


def test_the_table_of_wallet_institutions_has_14_characters_each() -> None:
    assert len(shipped()) == 11
    assert {len(code) for code in shipped()} == {14}


def test_a_payee_gets_the_next_number_and_keeps_it(firms: Desk) -> None:
    firms.take("payees", PAYEES)
    firms.take("payees", f"{HEADING}{FIRM},bank,102100000021,,{ACCOUNT},甲公司\n")
    assert firms.keys("payee") == ["bank/102100000021/000002", "ecny/C1010211000012/000001"]
    assert firms.counts("payees", PAYEES) == [0, 0, 1, 0]


def test_the_log_holds_commitments_and_no_number(firms: Desk) -> None:
    firms.take("payees", PAYEES)
    body = firms.body("payee", "ecny/C1010211000012/000001")
    assert body["number"] != WALLET
    assert firms.ledger.vault.reveal(body["number"], "payee") == WALLET
    assert firms.ledger.vault.reveal(body["holder"], "payee") == "甲公司"
    for file in firms.folder.glob("book.db*"):
        assert WALLET.encode() not in file.read_bytes()


def test_spaces_in_a_number_and_another_spelling_of_the_holder(firms: Desk) -> None:
    found = firms.take("payees", PAYEES.replace(WALLET, "0012 3456 7890 1234").replace(",甲公司", ",甲　公司"))
    assert found.warnings == ()
    assert firms.counts("payees", PAYEES) == [0, 1, 0, 0]  # the holder is kept as written
    assert firms.keys("payee") == ["ecny/C1010211000012/000001"]


def test_the_same_number_of_another_firm_is_another_payee(firms: Desk) -> None:
    firms.take("payees", PAYEES)
    assert firms.counts("payees", PAYEES.replace(FIRM, OTHER_FIRM)) == [1, 0, 0, 0]


def test_a_full_file_voids_a_payee_and_its_number_is_not_used_again(firms: Desk) -> None:
    firms.take("payees", PAYEES)
    other = f"{HEADING}{FIRM},ecny,C1010211000012,WT09,0099999999999999,甲公司\n"
    assert firms.counts("payees", other, full=True) == [1, 0, 0, 1]
    assert firms.keys("payee") == ["ecny/C1010211000012/000002"]


@pytest.mark.parametrize(
    ("row", "warning"),
    [
        (f"{FIRM},ecny,C1010211000012,WT09,{WALLET},乙公司", "holder_differs"),
        (f"{FIRM},ecny,C1010211000012,WT10,12345678,甲公司", "wallet_number_unusual"),
        (f"{FIRM},ecny,Z2007933000010,,ABCDEF7890123456,甲公司", "wallet_number_unusual"),
    ],
)
def test_what_is_strange_is_taken_with_a_warning(firms: Desk, row: str, warning: str) -> None:
    found = firms.take("payees", f"{HEADING}{row}\n")
    assert [one.code for one in found.warnings] == [warning]
    assert found.counts["new"] == 1


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        (f"91350100M0001TGQXM,ecny,C1010211000012,WT09,{WALLET},甲公司", ["entity_unknown 2:1"]),
        (f"{FIRM},ecny,C1010211000013,WT09,{WALLET},甲公司", ["institution_unknown 2:3"]),
        (f"{FIRM},ecny,C1010211000012,WT01,{WALLET},甲公司", ["wallet_personal 2:4"]),
        (f"{FIRM},ecny,C1010211000012,WT02,{WALLET},甲公司", ["wallet_personal 2:4"]),
        (f"{FIRM},ecny,C1010211000012,WT03,{WALLET},甲公司", ["wallet_personal 2:4"]),
        (f"{FIRM},ecny,C1010211000012,WT11,{WALLET},甲公司", ["choice_unknown 2:4"]),
        (f"{FIRM},bank,102100000022,,{ACCOUNT},甲公司", ["cnaps_malformed 2:3"]),
        (f"{FIRM},bank,10210000002,,{ACCOUNT},甲公司", ["cnaps_malformed 2:3"]),
        (f"{FIRM},bank,102100000021,WT09,{ACCOUNT},甲公司", ["cell_not_used 2:4"]),
        (f"{FIRM},bank,102100000021,,1100-1045,甲公司", ["number_malformed 2:5"]),
        (f"{FIRM},bank,102100000021,,{'1' * 69},甲公司", ["number_malformed 2:5"]),
    ],
)
def test_a_payee_that_cannot_be(firms: Desk, row: str, codes: list[str]) -> None:
    assert firms.codes("payees", f"{HEADING}{row}\n") == codes


def test_one_number_twice_in_a_file(firms: Desk) -> None:
    row = PAYEES.splitlines()[1]
    assert firms.codes("payees", f"{PAYEES}{row.replace('WT09', 'WT10')}\n") == ["key_twice 3:5"]


# The columns that a message may never repeat a number from, of every register: what a record keeps for itself (a
# contract, a document) stands in answers as it was written, and is left out.
KEPT = {"identifier", "contract", "text", "hashes"}
PLANTED = [
    (register, column.name)
    for register in REGISTERS
    for column in columns(register)
    if column.kind not in KEPT or any(one.secret for one in columns(register))
]


@pytest.mark.parametrize(("register", "column"), PLANTED)
def test_a_number_in_a_wrong_column_stands_in_no_output(firms: Desk, register: str, column: str) -> None:
    row = {one.name: one.example for one in columns(register)} | {column: ACCOUNT}
    path = firms.folder / "planted.csv"
    with path.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([row, row.values()])
    for words in ([], ["--json"], ["--preview"]):
        answer = call(firms, "import", register, str(path), "--mode", "delta", *words)
        assert answer.output
        assert ACCOUNT not in answer.output


def test_a_number_where_a_heading_should_be_stands_in_no_output(firms: Desk) -> None:
    path = firms.file(f"uscc,name,district,district_from,{ACCOUNT}\n{FIRM},甲公司,海淀区,2015-03-02,1\n")
    answer = call(firms, "import", "entities", str(path), "--mode", "delta")
    assert "****1234" in answer.output
    assert ACCOUNT not in answer.output


@pytest.mark.parametrize(
    "row",
    [
        f"{ACCOUNT},bank,102100000021,,{FIRM},甲公司",
        f"{FIRM},bank,{ACCOUNT},,102100000021,甲公司",
        f"{FIRM},{ACCOUNT},102100000021,,1,甲公司",
        f"{FIRM},bank,102100000021,,{ACCOUNT}-,甲公司",
        f"{FIRM},ecny,{ACCOUNT},WT09,12345678,甲公司",
        f"{FIRM},ecny,C1010211000012,WT09,{ACCOUNT},甲公司\n{FIRM},ecny,C1010211000012,WT10,{ACCOUNT},甲公司",
    ],
)
def test_no_message_shows_more_than_the_last_four(firms: Desk, row: str) -> None:
    path = firms.file(f"{HEADING}{row}\n")
    for words in ([], ["--json"], ["--preview"]):
        answer = call(firms, "import", "payees", str(path), "--mode", "delta", *words)
        assert ACCOUNT[:-4] not in answer.output
        assert ACCOUNT[4:] not in answer.output


@pytest.mark.parametrize(
    ("institution", "shown"),
    [("C1010211000013", "C1010211000013"), ("0012345678901234", "****1234"), ("10112345678901", "****8901")],
)
def test_an_unknown_operator_is_shown_and_what_may_be_an_account_is_not(
    firms: Desk, institution: str, shown: str
) -> None:
    """Whoever adds an operator has to know its code; the last two may be a wallet's and a bank account's number."""
    row = f"{HEADING}{FIRM},ecny,{institution},WT09,{WALLET},甲公司\n"
    (problem,) = firms.refusals("payees", row)
    assert (problem.code, problem.values["code"]) == ("institution_unknown", shown)
    (hold,) = firms.take("payees", row, hold_bad=True).held.new
    assert [one["values"] for one in hold["problems"]] == [{"code": shown}]
