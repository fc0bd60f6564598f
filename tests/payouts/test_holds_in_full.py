"""Why something is not paid, in the words that an officer reads, with every value in them; nothing of a ledger.

The line PF1 names the payee P1, a wallet of firm U1 that was last changed on 2 April 2024, seven days ago.
"""

from collections.abc import Callable, Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from ledger.log import kinds
from ledger.office.public_notices import Obstacle
from ledger.payouts import checks
from ledger.payouts.changes import Change
from ledger.payouts.checks import HOLDS, line_holds, payee_holds
from ledger.registry.operators import Operator
from ledger.store.views import Row

TODAY = date(2024, 4, 9)
OPERATOR = Operator("C1", "运营机构", "operator")
CHANGED = Change("P1", 40, "1001", date(2024, 4, 2), "1002")
# A bank's code of twelve digits, whose last one fits the others.
BANK = {"channel": "bank", "institution": "102100099996", "wallet_type": ""}


class Said:
    """A log as far as it is asked, and a vault of clear text."""

    def __init__(self) -> None:
        self.payee = {"key": "P1", "uscc": "U1", "channel": "ecny", "institution": "C1", "number": "c1", "holder": "c2"}
        self.payee["wallet_type"] = "WT09"
        self.firm = {"name": "示例(北京)企业A", "check": "ok"}
        self.decisions: list[Mapping[str, str]] = []
        self.clear = {"c1": "0012", "c2": "示例（北京） 企业Ａ"}
        self.operators = {"C1": OPERATOR}
        self.paid_to = {"PF1": "U1"}
        self.changed = {"P1": CHANGED}
        self.clawed: dict[str, str] = {"PF2": "ZH-2"}
        self.held: list[Mapping[str, object]] = []
        self.acts: list[int] = []

    def rows(self, kind: kinds.Kind[Any]) -> list[Row[Any]]:
        return {
            kinds.PAYEE: [Row(30, "P0", "", b"", {**self.payee, "number": "c9"}), Row(31, "P1", "", b"", self.payee)],
            kinds.ENTITY: [Row(20, "U1", "", b"", self.firm)],
            kinds.GRANT: [Row(10, "PF1", "", b"", {"application": "A1"})],
            kinds.APPLICATION: [Row(11, "A1", "", b"", {"uscc": "U1"})],
            kinds.DECISION: [Row(50 + n, "", "", b"", body) for n, body in enumerate(self.decisions)],
        }[kind]

    def reveal_many(self, whose: Mapping[str, str]) -> dict[str, str]:
        # Only what is to be paid is taken out of the vault.
        assert whose == {"c1": "P1", "c2": "P1"}
        return {commitment: self.clear[commitment] for commitment in whose if commitment in self.clear}


def words(monkeypatch: pytest.MonkeyPatch, said: Said, payee: str = "P1") -> str:
    """Why PF1 is not paid to a payee, and what to do; "" where it is."""
    found = {
        "operators": said.operators,
        "recipients": said.paid_to,
        "changes": said.changed,
        "pending": said.clawed,
        "holds_standing": [Row(60, "", "", b"", body) for body in said.held],
        "open_acts": said.acts,
        "held_in_doubt": (),
    }
    for name, value in found.items():
        monkeypatch.setattr(checks, name, lambda _view, value=value: value)
    view: Any = said
    holds = payee_holds(view, view, TODAY, [("PF1", payee), ("PF1", payee)])
    assert set(holds) <= {("PF1", payee)}
    hold = holds.get(("PF1", payee))
    return "; ".join(HOLDS[hold.code]).format(**hold.values) if hold else ""


def held(row: int, register: str = "payee", about: str = "U1") -> Mapping[str, object]:
    return {"about": about, "register": register, "row": row, "file": "payees.csv"}


WAITS = "; ask the firm over a number that you knew before; prepare again on that day"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (str, ""),
        (lambda said: said.changed.clear(), ""),
        # Another line, another firm and another register hold nothing of this one up.
        (lambda said: said.held.extend([held(7, about="U2"), held(8, register="grant")]), ""),
        (lambda said: said.paid_to.pop("PF1"), ""),
        (
            lambda said: said.paid_to.update(PF1="U2"),
            "the payee does not belong to whom the notice pays; name a payee of U2 in the grant",
        ),
        (
            lambda said: said.paid_to.update(PF1=""),
            "the payee does not belong to whom the notice pays; name a payee of - in the grant",
        ),
        (
            lambda said: said.firm.update(check="failed"),
            "the credit code U1 fails its check digit and nobody has confirmed it; "
            "`subsidy decide uscc-override --about U1 --reason TEXT` once the licence was seen",
        ),
        (lambda said: (said.firm.update(check="failed"), said.decisions.append(CONFIRMED)), ""),
        (
            lambda said: (said.firm.update(check="failed"), said.decisions.append({**CONFIRMED, "type": "stop"})),
            "the credit code U1 fails its check digit and nobody has confirmed it; "
            "`subsidy decide uscc-override --about U1 --reason TEXT` once the licence was seen",
        ),
        (
            lambda said: said.operators.clear(),
            "the institution's code is in no table; correct the code in the register of payees",
        ),
        (
            lambda said: said.operators.update(C1=OPERATOR._replace(starts_on=date(2024, 4, 10))),
            "C1 runs wallets from 2024-04-10 to - only; wait for the first day, or ask the firm for a wallet elsewhere",
        ),
        (
            lambda said: said.operators.update(
                C1=OPERATOR._replace(starts_on=date(2024, 1, 1), last_day=date(2024, 4, 8))
            ),
            "C1 runs wallets from 2024-01-01 to 2024-04-08 only; "
            "wait for the first day, or ask the firm for a wallet elsewhere",
        ),
        (lambda said: said.operators.update(C1=OPERATOR._replace(starts_on=TODAY, last_day=TODAY)), ""),
        # A bank account is kept by no operator.
        (lambda said: (said.payee.update(BANK), said.operators.clear()), ""),
        (
            lambda said: said.payee.update({**BANK, "institution": "102100099997"}),
            "the bank's code fails its check digit; correct the code in the register of payees",
        ),
        (lambda said: (said.payee.update(BANK), said.clear.update(c1="6" * 34)), ""),
        (
            lambda said: (said.payee.update(BANK), said.clear.update(c1="6" * 35)),
            "the account number is longer than a bank's order takes; ask the firm for the number as its bank writes it",
        ),
        (lambda said: said.clear.update(c1="6" * 35), ""),
        (
            lambda said: said.payee.update(wallet_type="WT01"),
            "the wallet is a personal or hardware one; ask the firm for its corporate wallet (WT09, WT10)",
        ),
        (
            lambda said: said.clear.pop("c1"),
            "the vault holds no number or no holder of this payee; import the payee again",
        ),
        (
            lambda said: said.clear.pop("c2"),
            "the vault holds no number or no holder of this payee; import the payee again",
        ),
        (
            lambda said: said.clear.update(c2="示例企业B"),
            "the holder is not the registered name 示例(北京)企业A; "
            "correct the holder or the name, whichever is wrong; the change then waits for approval",
        ),
        (
            lambda said: said.changed.update(P1=CHANGED._replace(day=date(2024, 4, 3))),
            "the payee was changed; it waits until 2024-04-10" + WAITS,
        ),
        (
            lambda said: said.changed.update(P1=CHANGED._replace(approved_by="")),
            "the payee was changed by 1001, and nobody else has approved that; "
            "`subsidy payee approve P1 --reason TEXT` by somebody else",
        ),
        # The grant names another payee than before.
        (
            lambda said: said.changed.update(PF1=Change("PF1", 41, "1003", date(2024, 4, 8), "")),
            "the payee was changed; it waits until 2024-04-15" + WAITS,
        ),
        (
            lambda said: said.changed.update(PF1=Change("PF1", 41, "1003", date(2024, 4, 1), "")),
            "the payee was changed by 1003, and nobody else has approved that; "
            "`subsidy payee approve PF1 --reason TEXT` by somebody else",
        ),
        (
            lambda said: (
                said.changed.clear(),
                said.changed.update(PF1=Change("PF1", 41, "1003", date(2024, 4, 8), "")),
            ),
            "the payee was changed; it waits until 2024-04-15" + WAITS,
        ),
        (
            lambda said: said.held.append(held(3)),
            "row 3 of payees.csv, a row about payees of this firm, was not taken in; "
            "have the row put right and import it; `subsidy import holds` says what is wrong",
        ),
        (
            lambda said: said.clawed.update(PF1="ZH-1"),
            "claw-back ZH-1 of PF1 is agreed and in no run yet; "
            "run again, so that the award is reduced before it is paid",
        ),
    ],
)
def test_why_a_payee_is_not_paid(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[Said], object], expected: str
) -> None:
    said = Said()
    change(said)
    assert words(monkeypatch, said) == expected


CONFIRMED = {"type": "uscc-override", "about": "U1"}


def test_a_payee_that_is_not_there_is_not_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    said = Said()
    monkeypatch.setattr(said, "reveal_many", lambda whose: whose)
    assert words(monkeypatch, said, "P9") == "the payee is not in the register; import it, and name it in the grant"


def test_an_act_that_waits_holds_what_rests_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Acts 70 and 71 wait; what 71 holds is among what this payment rests on."""
    said = Said()
    said.acts += [70, 71]
    monkeypatch.setattr(checks, "subject", lambda _view, seq: SimpleNamespace(seq=seq))
    monkeypatch.setattr(checks, "held_by", lambda _view, seq: [f"what {seq} holds"])
    asked: list[tuple[object, ...]] = []

    def rests_on(*told: object) -> list[str]:
        asked.append(told)
        return ["what 71 holds"]

    def first_held(things: list[str], paid: set[str]) -> object | None:
        return next((SimpleNamespace(words=f"{one}, in words") for one in things if one in paid), None)

    monkeypatch.setattr(checks, "rests_on", rests_on)
    monkeypatch.setattr(checks, "first_held", first_held)
    monkeypatch.setattr(checks, "given", lambda _view, seq: f"signed {seq}")
    monkeypatch.setattr(checks, "people", lambda _view: "the people")

    def waiting_words(one: Any, signed: str, known: str, day: date) -> Mapping[str, str]:
        assert (one.seq, signed, known, day) == (71, "signed 71", "the people", TODAY)
        return {"act": "import grants", "maker": "1001", "able": "1002", "barred": "1001"}

    monkeypatch.setattr(checks, "waiting_words", waiting_words)
    assert words(monkeypatch, said) == (
        "record 71 (import grants by 1001) waits for another person's signature and holds what 71 holds, in words; "
        "it can be signed by: 1002; barred are: 1001: `subsidy approve 71`; or turn it down: "
        "`subsidy reject 71 --reason TEXT`"
    )
    assert asked == [("PF1", "P1", "U1", {"uscc": "U1"}, "A1")]


def test_of_several_reasons_the_first_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the firm over its operator and the payee itself to what waits; each is gone once it is put right."""
    said = Said()
    said.firm["check"] = "failed"
    said.operators.clear()
    said.clear["c2"] = "示例企业B"
    said.changed["P1"] = CHANGED._replace(approved_by="")
    said.held.append(held(3))
    said.clawed["PF1"] = "ZH-1"
    remedies: list[Callable[[], object]] = [
        lambda: said.firm.update(check="ok"),
        lambda: said.operators.update(C1=OPERATOR),
        lambda: said.clear.update(c2="示例(北京)企业A"),
        lambda: said.changed.update(P1=CHANGED),
        said.held.clear,
        lambda: said.clawed.pop("PF1"),
    ]
    found = []
    for remedy in remedies:
        found.append(words(monkeypatch, said).split(" ")[1])
        remedy()
    # Code, institution, holder, payee, row, claw-back.
    assert found == ["credit", "institution's", "holder", "payee", "3", "ZH-1"]
    assert words(monkeypatch, said) == ""


class Lines:
    """Lines PF1 to PF3: granted to U1 and paid to a payee of U3; granted to U2 without a payee; a grant that fell."""

    def rows(self, kind: kinds.Kind[Any]) -> list[Row[Any]]:
        return {
            kinds.GRANT: [
                Row(10, "PF1", "", b"", {"application": "A1", "payee": "P3"}),
                Row(11, "PF2", "", b"", {"application": "A2"}),
            ],
            kinds.APPLICATION: [Row(5, "A1", "", b"", {"uscc": "U1"}), Row(6, "A2", "", b"", {"uscc": "U2"})],
            kinds.PAYEE: [Row(7, "P3", "", b"", {"uscc": "U3"})],
        }[kind]


def stopping(about: str, **said: str) -> dict[str, Row[Any]]:
    return {about: Row(70, "", "", b"", {"reason": "fraud", **said})}


NOTICE = Obstacle("objection_open", {"number": "YY-1"})
STOPPED = "payment to {} is stopped: {}; two people lift it: `subsidy decide lift --about {} --reason TEXT`"
ENDED = (
    "the payee is of {}, which ended; in its place is {}; "
    "name a payee of the successor in the grant; where there is none, it stays held"
)


@pytest.mark.parametrize(
    ("stops", "after", "expected"),
    [
        ({}, {}, {}),
        (stopping("PF1"), {}, {"PF1": STOPPED.format("PF1", "fraud", "PF1")}),
        (stopping("PF1", document="D-1"), {}, {"PF1": STOPPED.format("PF1", "D-1 fraud", "PF1")}),
        (stopping("PF3"), {}, {"PF3": STOPPED.format("PF3", "fraud", "PF3")}),
        # With the firm that it is granted to, and with the firm whose payee it names.
        (stopping("U1"), {}, {"PF1": STOPPED.format("U1", "fraud", "U1")}),
        (stopping("U3"), {}, {"PF1": STOPPED.format("U3", "fraud", "U3")}),
        (stopping("U2"), {}, {"PF2": STOPPED.format("U2", "fraud", "U2")}),
        # A stop of nobody here.
        (stopping("U9"), {}, {}),
        ({}, {"U3": "U4"}, {"PF1": ENDED.format("U3", "U4")}),
        ({}, {"U3": "U4", "U4": "U5"}, {"PF1": ENDED.format("U3", "U5")}),
        ({}, {"U3": ""}, {"PF1": ENDED.format("U3", "-")}),
        ({}, {"U2": "U4"}, {"PF2": ENDED.format("U2", "U4")}),
        # The firm that it is granted to ended, and the payee is another one's.
        ({}, {"U1": "U3"}, {}),
        # A stop is said before an end.
        (stopping("U3"), {"U3": "U4"}, {"PF1": STOPPED.format("U3", "fraud", "U3")}),
        (
            stopping("U1"),
            {"U2": ""},
            {"PF1": STOPPED.format("U1", "fraud", "U1"), "PF2": ENDED.format("U2", "-")},
        ),
    ],
)
def test_why_a_line_is_not_paid(
    monkeypatch: pytest.MonkeyPatch, stops: dict[str, Row[Any]], after: dict[str, str], expected: dict[str, str]
) -> None:
    def on_notice(_view: object, lines: list[str], day: date) -> dict[str, Obstacle]:
        assert (lines, day) == (["PF1", "PF2", "PF3"], TODAY)
        return {"PF2": NOTICE}

    monkeypatch.setattr(checks, "obstacles", on_notice)
    monkeypatch.setattr(checks, "stopped", lambda _view: stops)
    monkeypatch.setattr(checks, "successors", lambda _view: after)
    view: Any = Lines()
    found = line_holds(view, ["PF3", "PF1", "PF2", "PF1"], TODAY)
    # What public notice says stands where nothing stops the line itself.
    assert found.get("PF2") == NOTICE or "PF2" in expected
    said = {line: "; ".join(HOLDS[why.code]).format(**why.values) for line, why in found.items() if why != NOTICE}
    assert said == expected
