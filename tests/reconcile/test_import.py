"""Taking statements in: all or nothing, nothing twice, and every statement joined to the one before."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.reconcile.forms import ACCOUNT, balance, camt053, entry, mt940, stmt, write
from tests.support.copies import ready
from tests.support.office import Office

HEADING = "交易日期,收入,支出,余额,摘要,凭证号,对方户名,对方账号\n"


@ready
def office(folder: Path) -> Office:
    folder = folder / "book"
    folder.mkdir()
    made = Office(folder, "2025-06-02")
    made.begin()
    return made


def table(folder: Path, name: str, *rows: str) -> str:
    """A bank's table of the one account, with its number above it, and how many rows it has."""
    text = f"账号：{ACCOUNT}\n共{len(rows)}笔\n{HEADING}"
    return str(write(folder, name, text + "".join(f"{row}\n" for row in rows)))


PAYER = "payer/bank/102100099996/000001"


def payer(office: Office) -> None:
    """Register the account as one to pay from."""
    heading = "channel,institution,wallet_type,number,holder,funding,envelope\n"
    office.take("payers", heading + f"bank,102100099996,,{ACCOUNT},北京示例中心,zero_balance,\n")


def stand(office: Office, form: str) -> None:
    """Two people take the account's statements of a format although nothing proves them complete."""
    office.do("people", "add", "1002", "--post", "审核岗", "--document", "任-2")
    office.do("decide", "standing", "--about", f"{PAYER}/{form}", "--reason", "seen")
    (waits,) = office.read("approvals")
    office.do("approve", str(waits["number"]), "--actor", "1002")


def out(day: str, yuan: int, after: int, voucher: str = "", text: str = "补助") -> str:
    return f"{day},,{yuan}.00,{after}.00,{text},{voucher},,"


def size(office: Office) -> int:
    with closing(sqlite3.connect(office.folder / "book.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM record").fetchone()[0])


def lines(office: Office) -> list[tuple[str, int]]:
    """(day, fen) of every line on the book."""
    query = """SELECT json_extract(body, '$.booked_on'), json_extract(body, '$.amount_fen')
        FROM record JOIN item USING (seq) WHERE register = 'statement_line' AND void = 0
        AND seq IN (SELECT max(seq) FROM item WHERE register = 'statement_line' GROUP BY key) ORDER BY 1, seq"""
    with closing(sqlite3.connect(office.folder / "book.db")) as connection:
        return connection.execute(query).fetchall()


def sound(office: Office) -> None:
    """The log says what the tables hold, and the tables can be made again from it."""
    said = office.say("audit", "verify")
    assert said.exit_code == 3, said.output
    office.do("audit", "rebuild", "--into", f"sqlite:///{office.folder}/again-{size(office)}.db")


def test_an_account_that_nobody_has_named_to_pay_from_is_said(office: Office, tmp_path: Path) -> None:
    said = office.do("reconcile", "import", table(tmp_path, "a.csv", out("2025-03-03", 300, 700)))
    assert "No payer has account/000001: such lines settle no payout." in said


def test_a_file_is_taken_in_once(office: Office, tmp_path: Path) -> None:
    path = table(tmp_path, "a.csv", out("2025-03-03", 300, 700), out("2025-03-04", 200, 500))
    first = office.read("reconcile", "import", path)
    assert (first["state"], first["statements"][0]["added"], first["problems"]) == ("imported", 2, [])
    before = size(office)
    assert office.read("reconcile", "import", path)["state"] == "same"
    assert size(office) == before
    assert lines(office) == [("2025-03-03", -300_00), ("2025-03-04", -200_00)]
    listed = office.read("reconcile", "statements")
    assert [
        (one["account"], one["opening_fen"], one["closing_fen"], one["added_fen"]) for one in listed["statements"]
    ] == [("account/000001", 1000_00, 500_00, -500_00)]
    assert listed["quarantined"] == []
    sound(office)


def test_two_equal_payments_stay_two_in_one_file_and_in_two(office: Office, tmp_path: Path) -> None:
    # The same day, amount and voucher: only the balance after them tells them apart.
    one = out("2025-03-03", 100, 900), out("2025-03-03", 100, 800)
    two = out("2025-03-03", 100, 700), out("2025-03-03", 100, 600)
    office.do("reconcile", "import", table(tmp_path, "morning.csv", *one))
    office.do("reconcile", "import", table(tmp_path, "afternoon.csv", *two))
    assert lines(office) == [("2025-03-03", -100_00)] * 4
    day = office.read("reconcile", "import", table(tmp_path, "day.csv", *one, *two))
    assert (day["state"], day["statements"][0]["same"]) == ("same", 4)
    assert lines(office) == [("2025-03-03", -100_00)] * 4


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0]])
def test_overlapping_files_count_each_line_once_in_any_order(order: list[int], office: Office, tmp_path: Path) -> None:
    rows = [out(f"2025-03-{day:02d}", day, 1000 - day * (day + 1) // 2) for day in range(1, 9)]
    files = [rows[:4], rows[2:6], rows[4:]]
    for part in order:
        office.do("reconcile", "import", table(tmp_path, f"{part}.csv", *files[part]))
    assert lines(office) == [(f"2025-03-{day:02d}", -day * 100) for day in range(1, 9)]
    sound(office)


def day_of_three(*order: int) -> str:
    """A camt.053 of one day, 1,000.00 - 10.00 - 10.00 - 30.00 = 950.00, its entries in this order."""
    entries = [entry("10.00", "DBIT"), entry("10.00", "DBIT"), entry("30.00", "DBIT")]
    frame = balance("OPBD", "1000.00", "2025-03-03") + balance("CLBD", "950.00", "2025-03-03")
    return camt053(stmt(frame + "".join(entries[place] for place in order)))


def test_the_lines_of_a_day_in_another_order_are_the_same_statement(office: Office, tmp_path: Path) -> None:
    office.do("reconcile", "import", str(write(tmp_path, "a.xml", day_of_three(0, 1, 2))))
    before = size(office)
    again = office.read("reconcile", "import", str(write(tmp_path, "b.xml", day_of_three(2, 0, 1))))
    assert (again["state"], again["statements"][0]["same"], size(office)) == ("same", 3, before)
    # The same three entries around other balances are not that day.
    moved = day_of_three(2, 0, 1).replace("1000.00", "1100.00").replace("950.00", "1050.00")
    assert office.say("reconcile", "import", str(write(tmp_path, "c.xml", moved))).exit_code == 1
    assert lines(office) == [("2025-03-03", -10_00), ("2025-03-03", -10_00), ("2025-03-03", -30_00)]


def test_a_day_in_another_order_adds_what_the_book_lacks(office: Office, tmp_path: Path) -> None:
    office.do("reconcile", "import", str(write(tmp_path, "a.xml", day_of_three(0, 1, 2))))
    whole = day_of_three(2, 1, 0).replace("950.00", "940.00").replace("</Stmt>", f"{entry('10.00', 'DBIT')}</Stmt>")
    added = office.read("reconcile", "import", str(write(tmp_path, "b.xml", whole)))["statements"][0]
    # 1,000.00 - 30.00 - 10.00 - 10.00 - 10.00 = 940.00: the third payment of 10.00 is new.
    assert (added["added"], added["same"]) == (1, 3)
    assert [fen for _day, fen in lines(office)] == [-10_00, -10_00, -30_00, -10_00]
    sound(office)


def test_a_table_that_shows_a_balance_in_each_line_may_come_in_any_order(office: Office, tmp_path: Path) -> None:
    rows = [out("2025-03-03", 10, 990, "1"), out("2025-03-03", 20, 970, "2"), out("2025-03-03", 30, 940, "3")]
    office.do("reconcile", "import", table(tmp_path, "a.csv", *rows))
    again = office.read("reconcile", "import", table(tmp_path, "b.csv", rows[1], rows[2], rows[0]))
    assert (again["state"], again["statements"][0]["same"]) == ("same", 3)


def test_without_balances_equal_lines_of_a_day_are_counted(office: Office, tmp_path: Path) -> None:
    row = "2025-03-03,,100.00,,补助,V1,,"
    payer(office)
    stand(office, "other")
    office.do("reconcile", "import", table(tmp_path, "a.csv", row, row))
    third = office.read("reconcile", "import", table(tmp_path, "b.csv", row, row, row))["statements"][0]
    assert (third["added"], third["same"], third["integrity"]) == (1, 2, "no-balances")
    answer = office.say("reconcile", "import", table(tmp_path, "c.csv", out("2025-03-04", 1, 9)))
    assert (answer.exit_code, "[balances_mixed]" in answer.stderr) == (1, True)


def test_what_fails_is_put_aside_with_its_difference_and_counts_nothing(office: Office, tmp_path: Path) -> None:
    good = stmt(balance("OPBD", "10.00", "2025-03-01") + balance("CLBD", "7.00", "2025-03-31") + entry("3.00", "DBIT"))
    bad = stmt(balance("OPBD", "7.00", "2025-04-01") + balance("CLBD", "1.00", "2025-04-30") + entry("5.00", "DBIT"))
    path = str(write(tmp_path, "a.xml", camt053(good + bad)))
    answer = office.say("reconcile", "import", path)
    assert (answer.exit_code, "-1.00 CNY apart" in answer.stderr) == (1, True)
    assert lines(office) == []
    (aside,) = office.read("reconcile", "statements")["quarantined"]
    assert [(one["code"], one["difference"]) for one in aside["problems"]] == [("statement_unbalanced", "-1.00 CNY")]
    before = size(office)
    assert office.say("reconcile", "import", path).exit_code == 1
    assert size(office) == before
    sound(office)


def test_a_missing_statement_is_named_and_brought_then(office: Office, tmp_path: Path) -> None:
    march, april, may = (
        table(tmp_path, f"{day}.csv", out(f"2025-{day}", 100, after))
        for day, after in (("03-03", 900), ("04-03", 800), ("05-03", 700))
    )
    office.do("reconcile", "import", march)
    answer = office.say("reconcile", "import", may)
    # May opens on 800.00 and March closes on 900.00.
    assert (answer.exit_code, "-100.00 CNY apart" in answer.stderr, "[statement_gap]" in answer.stderr) == (
        1,
        True,
        True,
    )
    office.do("reconcile", "import", april)
    office.do("reconcile", "import", may)
    assert [fen for _day, fen in lines(office)] == [-100_00] * 3
    assert office.read("reconcile", "statements")["quarantined"] == []


def test_going_back_in_time_must_join_too(office: Office, tmp_path: Path) -> None:
    office.do("reconcile", "import", table(tmp_path, "may.csv", out("2025-05-03", 100, 700)))
    answer = office.say("reconcile", "import", table(tmp_path, "march.csv", out("2025-03-03", 100, 900)))
    assert (answer.exit_code, "[statement_gap_after]" in answer.stderr) == (1, True)
    # March closes on 900.00 and May opens on 800.00.
    assert "-100.00 CNY apart" in answer.stderr


def test_a_changed_entry_of_a_day_on_the_book_breaks_the_chain(office: Office, tmp_path: Path) -> None:
    office.do("reconcile", "import", table(tmp_path, "a.csv", out("2025-03-03", 100, 900), out("2025-03-04", 100, 800)))
    forged = table(tmp_path, "b.csv", out("2025-03-03", 100, 900), out("2025-03-04", 150, 750))
    answer = office.say("reconcile", "import", forged)
    # 1,000.00 - 100.00 - 100.00 - 150.00 = 650.00, and the forged file closes on 750.00.
    assert (answer.exit_code, "make 650.00 CNY" in answer.stderr, "100.00 CNY apart" in answer.stderr) == (
        1,
        True,
        True,
    )
    assert "[statement_overlap]" in answer.stderr


def test_a_month_without_movement_is_kept_for_its_balance(office: Office, tmp_path: Path) -> None:
    still = stmt(balance("OPBD", "900.00", "2025-04-01") + balance("CLBD", "900.00", "2025-04-30"))
    office.do("reconcile", "import", table(tmp_path, "a.csv", out("2025-03-03", 100, 900)))
    assert office.read("reconcile", "import", str(write(tmp_path, "b.xml", camt053(still))))["state"] == "imported"
    wrong = stmt(balance("OPBD", "800.00", "2025-05-01") + balance("CLBD", "800.00", "2025-05-31"))
    assert office.say("reconcile", "import", str(write(tmp_path, "c.xml", camt053(wrong)))).exit_code == 1


def test_formats_of_one_account_join(office: Office, tmp_path: Path) -> None:
    office.do("reconcile", "import", table(tmp_path, "a.csv", out("2025-02-03", 100, 1000)))
    follows = mt940(":61:2503030303D300,NTRFPF1", "C250228CNY1000,00", "C250331CNY700,00")
    assert office.read("reconcile", "import", str(write(tmp_path, "b.sta", follows)))["statements"][0]["account"] == (
        "account/000001"
    )


def test_an_account_is_never_guessed(office: Office, tmp_path: Path) -> None:
    row = out("2025-03-03", 100, 900)
    for code, above in (("account_missing", ""), ("account_masked", f"账号：****{ACCOUNT[-4:]}\n")):
        path = str(write(tmp_path, f"{code}.csv", f"{above}共1笔\n{HEADING}{row}\n"))
        answer = office.say("reconcile", "import", path)
        assert (answer.exit_code, f"[{code}]" in answer.stderr) == (2, True)
    answer = office.say("reconcile", "import", path, "--account", "6222000000009999")
    assert (answer.exit_code, "[account_differs]" in answer.stderr) == (2, True)
    before = size(office)
    office.do("reconcile", "import", path, "--account", ACCOUNT)
    assert size(office) == before + 2


def test_the_account_of_a_payer_is_known_by_its_number(office: Office, tmp_path: Path) -> None:
    payer(office)
    path = table(tmp_path, "a.csv", out("2025-03-03", 100, 900))
    assert office.read("reconcile", "import", path)["statements"][0]["account"] == "payer/bank/102100099996/000001"
    masked = str(write(tmp_path, "b.csv", "共1笔\n" + HEADING + out("2025-03-04", 100, 800) + "\n"))
    office.do("reconcile", "import", masked, "--account", "payer/bank/102100099996/000001")
    assert len(lines(office)) == 2


def test_clear_text_of_the_other_side_stands_in_the_vault_only(office: Office, tmp_path: Path) -> None:
    number = "6222020000000001234"
    row = f"2025-03-03,,100.00,900.00,补助 {number},V1,北京示例机械有限公司,{number}"
    office.do("reconcile", "import", table(tmp_path, "a.csv", row))
    for kept in office.folder.glob("book.db*"):
        content = kept.read_bytes()
        for secret in (number, ACCOUNT, "北京示例机械"):
            assert secret.encode() not in content
    assert number.encode() in (office.folder / "vault.db").read_bytes()


def test_a_notification_is_not_taken_in(office: Office, tmp_path: Path) -> None:
    text = camt053(stmt(entry("3.00", "DBIT"))).replace("camt.053", "camt.054")
    text = (
        text.replace("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn")
        .replace("<Stmt>", "<Ntfctn>")
        .replace("</Stmt>", "</Ntfctn>")
    )
    before = size(office)
    answer = office.say("reconcile", "import", str(write(tmp_path, "a.xml", text)))
    assert (answer.exit_code, "[notification]" in answer.stderr, size(office)) == (2, True, before)


def test_a_file_is_taken_back_and_may_come_again(office: Office, tmp_path: Path) -> None:
    march = table(tmp_path, "march.csv", out("2025-03-03", 100, 900))
    april = table(tmp_path, "april.csv", out("2025-04-03", 100, 800))
    first = office.read("reconcile", "import", march)["sha256"][:16]
    second = office.read("reconcile", "import", april)["sha256"][:16]
    # Between them stands nothing: with March gone, April would still make a chain of its own, and so does March.
    assert office.read("reconcile", "withdraw", second, "--reason", "wrong file") == {"statements": 1, "lines": 1}
    assert lines(office) == [("2025-03-03", -100_00)]
    answer = office.say("reconcile", "withdraw", second, "--reason", "again")
    assert (answer.exit_code, "[statement_unknown]" in answer.stderr) == (2, True)
    assert office.read("reconcile", "import", april)["state"] == "imported"
    assert len(lines(office)) == 2
    assert office.read("reconcile", "withdraw", first, "--reason", "older than the ledger")["lines"] == 1
    assert lines(office) == [("2025-04-03", -100_00)]
    sound(office)


def test_what_others_rest_on_falls_last(office: Office, tmp_path: Path) -> None:
    rows = [out(f"2025-03-0{day}", 100, 1000 - day * 100) for day in (1, 2, 3)]
    one = office.read("reconcile", "import", table(tmp_path, "a.csv", *rows[:2]))["sha256"]
    two = office.read("reconcile", "import", table(tmp_path, "b.csv", *rows[1:]))["sha256"]
    before = size(office)
    answer = office.say("reconcile", "withdraw", one, "--reason", "wrong")
    assert (answer.exit_code, "[statement_needed]" in answer.stderr, size(office)) == (2, True, before)
    office.do("reconcile", "withdraw", two, "--reason", "wrong")
    office.do("reconcile", "withdraw", one, "--reason", "wrong")
    assert lines(office) == []
