"""A whole month at a server, by three people in real browsers, each with the own key: from the bank's file to sign-off.

10,000,000 x (19 + 92) d x 3.55 % / 360, half of it: 9,368.06 to 20 March and 45,361.11 to 20 June 2024, 54,729.17.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from ledger.log import kinds
from tests.audit.attacker import bodies
from tests.office.test_three_people import TABLE, ready_office
from tests.support.browser import browser
from tests.support.clock import at_noon
from tests.support.office import LENDER
from tests.support.served_office import at_server
from tests.support.signing_office import CONSISTENT, verdict
from tests.support.three_office import CHECKER, MAKER, PAYER, POSTS, Three

SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


class Person:
    """Somebody at an own machine: a browser with own cookies, and a key that no page sees."""

    def __init__(self, chromium: Browser, base: str, office: Three, staff_no: str, folder: Path) -> None:
        self.base, self.office, self.staff_no, self.folder = base, office, staff_no, folder
        self.window: Page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
        self.sent: list[bytes] = []
        self.window.on("request", lambda request: self.sent.append(request.post_data_buffer or b""))
        self.signed = 0
        folder.mkdir()

    def come_in(self) -> None:
        """Sign in: whatever page is asked for leads to where that is done."""
        self.window.goto(f"{self.base}/inbox?lang=en")
        assert self.window.url == f"{self.base}/sign-in"
        self.window.fill("#actor", self.staff_no)
        self.window.click("button.go")
        self.sign()
        assert self.window.inner_text("div.who span") == self.staff_no

    def sign(self) -> None:
        """Take the challenge that a page shows away, sign it with the tool, and bring the signature back."""
        self.signed += 1
        challenge = self.folder / f"{self.signed}.challenge"
        with self.window.expect_download() as download:
            self.window.click("ol.plain a")
        download.value.save_as(challenge)
        self.window.set_input_files("#signature", self.office.signed(self.staff_no, challenge))
        self.window.click("button.go")

    def follow(self, page: str, part: str) -> None:
        """Click the next command on a page that holds a text."""
        self.window.goto(f"{self.base}/{page}")
        self.window.locator("a[href*='/do?line=']", has_text=part).first.click()

    def form(self, line: str) -> None:
        """Open the form of a command."""
        self.window.goto(f"{self.base}/do?line={line}")

    def fill_in(self, **fields: str | Path) -> str:
        """Fill the rest of a form in, record it, and sign where that is asked for; what the page says then."""
        assert self.window.input_value("#f-actor") == self.staff_no
        for name, value in fields.items():
            if isinstance(value, Path):
                self.window.set_input_files(f"#f-{name}", value)
            else:
                self.window.fill(f"#f-{name}", value)
        self.window.click("button.go")
        return self.to_the_end()

    def to_the_end(self) -> str:
        if self.window.locator("#signature").count():
            self.sign()
        said = self.window.inner_text("main")
        assert self.window.inner_text("h1") == "Done", said
        return said


def run_june(maker: Person, checker: Person, events: Path) -> None:
    """The file of the bank, and the run that two sign."""
    # The bank's file, looked at and taken in.
    maker.window.goto(f"{maker.base}/import?register=events")
    maker.window.set_input_files("#file", events)
    maker.window.fill("#lender", LENDER)
    maker.window.fill("#through", "2024-06-30")
    maker.window.click("button.go")
    assert "Nothing is written yet." in maker.window.inner_text("main")
    maker.window.click("button.go")
    maker.to_the_end()
    # The run, from the page of the month; its second signature, from what waits.
    maker.follow("month/2024-06", "run interest --month 2024-06")
    maker.fill_in()
    checker.follow("inbox", "approve")
    checker.fill_in()


def pay_june(payer: Person, checker: Person, file: Path, answer: Path) -> str:
    """Its payment, to the operator's answer; the number of the payout."""
    # The payment: prepared, approved by another, handed over as a file.
    payer.follow("month/2024-06", "pay prepare")
    payer.fill_in()
    checker.follow("inbox", "pay approve")
    checker.fill_in()
    payer.follow("inbox", "pay export")
    payer.fill_in(out="order.json")
    with payer.window.expect_download() as order:
        payer.window.click("a:has-text('order.json')")
    assert b"54729.17" in Path(order.value.path()).read_bytes()
    [item] = [body for body in bodies(file) if body["$schema"].startswith("subsidy/payout/")]
    batch, key = item["batch"], item["key"]
    said = {"request_no": batch, "batch_state": "FINISH", "items": [{"item_no": key, "state": "SUCCESS"}]}
    answer.write_text(json.dumps(said), encoding="utf-8")
    payer.form("pay import-result")
    payer.fill_in(file=answer)
    return str(key)


@pytest.mark.nightly
def test_a_month_by_three_people_from_the_banks_file_to_the_sign_off(chromium: Browser, tmp_path: Path) -> None:
    office = ready_office(tmp_path / "ledger")
    file, before = office.folder / "book.db", len(bodies(office.folder / "book.db"))
    with at_noon(office.day), at_server(office) as base:
        people = {staff_no: Person(chromium, base, office, staff_no, tmp_path / staff_no) for staff_no in POSTS}
        maker, checker, payer = (people[staff_no] for staff_no in (MAKER, CHECKER, PAYER))
        for person in people.values():
            person.come_in()
        events = tmp_path / "june.csv"
        events.write_text("contract_no,kind,date,end_date,amount,rate\n", encoding="utf-8")
        run_june(maker, checker, events)
        key = pay_june(payer, checker, file, tmp_path / "answer.json")
    # A month later everybody's token is long over.
    office.on("2024-08-02")
    with at_noon(office.day), at_server(office) as base:
        for person in people.values():
            person.base = base
            person.come_in()
        statement = tmp_path / "flow.csv"
        rows = f"2024-07-02,,54729.17,45270.83,补助,{key},,\n"
        statement.write_text(f"账号：0012345678905678\n共1笔\n{TABLE}{rows}", encoding="utf-8")
        maker.form("reconcile import")
        maker.fill_in(file=statement)
        maker.form("reconcile match")
        maker.fill_in()
        maker.window.goto(f"{base}/reconcile")
        faults = Axe().run(maker.window).response["violations"]
        assert [fault["id"] for fault in faults if fault["impact"] in SERIOUS] == []
        maker.form("reconcile sign-off --month 2024-07")
        maker.fill_in()
        checker.follow("inbox", "sign-off --month 2024-07 --check")
        checker.fill_in()
        checker.window.goto(f"{base}/month/2024-07")
        assert "signed off" in checker.window.inner_text("main").lower()
        # Who goes leaves nothing behind.
        checker.window.click("div.who button")
        checker.window.goto(f"{base}/inbox")
        assert checker.window.url == f"{base}/sign-in"
    with office.ledger.read() as view:
        [month] = view.rows(kinds.PERIOD)
        assert (month.key, month.body["state"]) == ("2024-07", "checked")
    signed = [body for body in bodies(file)[before:] if "signature" in body]
    # Report, run, its approval, batch, its approval, order, answer, statement, match, sign-off and its check.
    assert [body["actor"] for body in signed] == [
        *(MAKER, MAKER, CHECKER, PAYER, CHECKER, PAYER, PAYER), *(MAKER, MAKER, MAKER, CHECKER),
    ]  # fmt: skip
    # No key left its machine: neither its bytes nor the text in its file.
    for person in people.values():
        secret = re.split(rb"\+", Path(office.key(person.staff_no)).read_bytes().strip(), maxsplit=4)[4]
        assert len(secret) == 44  # a byte for the kind and 32 of the seed, in base64
        assert secret not in b"".join(other for one in people.values() for other in one.sent)
    assert verdict(office) == CONSISTENT
