"""An act that waits holds what it is about; turned down, or taken back by its author, it is without effect."""

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.log import kinds
from ledger.log.kinds import kind_of
from ledger.office.people import people
from ledger.office.public_notices import noticeboard
from ledger.office.turned_down import said
from ledger.registry.notices import notices
from ledger.resources import fixture
from tests.audit.attacker import bodies
from tests.support.forge import first_fault
from tests.support.office import LENDER, NOTICE, USCC
from tests.support.signing_office import CONSISTENT, code, verdict
from tests.support.three_office import CHECKER, MAKER, PAYER, Three, duties_office

GRANTS = "grant_no,application_no,outcome,granted_on,document,ceiling,payee\n"
RAISED = f"{GRANTS}PF1,SB1,granted,2024-03-15,批〔2024〕1号,600000,ecny\n"
SECOND = "PF2,SB2,granted,2024-03-15,批〔2024〕2号,1000,ecny\n"
LATE = "retroactive: true\nretroactive_basis: guide.III.2.2\n"
PAYEES = (
    f"uscc,channel,institution,wallet_type,number,holder\n{USCC},ecny,C1010211000012,WT09,0012345678904321,示例企业\n"
)
PAYERS = (
    "channel,institution,wallet_type,number,holder,funding\n"
    "ecny,C1010211000012,WT09,0012345678904444,示例专户,zero_balance\n"
)


@pytest.fixture
def office(tmp_path: Path) -> Three:
    return duties_office(tmp_path / "ledger")


def log(office: Three) -> list[dict[str, Any]]:
    return bodies(office.folder / "book.db")


def waiting(office: Three) -> dict[str, Any]:
    (found,) = office.read("approvals")
    return dict(found)


REGISTERS = (
    *(kinds.GRANT, kinds.PAYEE, kinds.PAYER, kinds.APPLICATION, kinds.ENTITY, kinds.DECISION),
    *(kinds.NOTICE, kinds.BENCHMARK, kinds.OBJECTION, kinds.PUBLIC_NOTICE),
)


def known(office: Three) -> dict[str, Any]:
    """What is known, whoever recorded it and when: registers, people, board, notices, and the book."""
    accounts = office.read("book", "trial-balance")["accounts"]
    with office.ledger.read() as view:
        board = noticeboard(view)
        return {
            **{kind.name: {row.key: said(row.body) for row in view.rows(kind)} for kind in REGISTERS},
            "people": people(view),
            "board": (board.notices, board.objections, board.calendar.recorded, board._shown, board._asked),
            "versions": {name: [one.ref for one in versions] for name, versions in notices(view).items()},
            "book": {(one["chart"], one["code"]): one["balance"] for one in accounts},
        }


def words_of(office: Three, what: str) -> tuple[str, ...]:
    """A command of one person that waits for another's signature."""
    notice = fixture(f"notices/{NOTICE}.yaml").read_text(encoding="utf-8")
    return {
        "a grant": ("import", "grants", office.file("g.csv", RAISED), "--mode", "delta"),
        "a new grant": ("import", "grants", office.file("second.csv", f"{RAISED}{SECOND}"), "--mode", "delta"),
        "a payee": ("import", "payees", office.file("p.csv", PAYEES), "--mode", "delta"),
        "a payer": ("import", "payers", office.file("q.csv", PAYERS), "--mode", "delta"),
        "a meeting": ("decide", "meeting", "--about", "SB1", "--amount", "9", "--document", "D-1", "--reason", "x"),
        "days off": (
            "decide",
            "calendar",
            "--about",
            "2027",
            "--holidays",
            "2027-01-01",
            "--document",
            "D-1",
            "--reason",
            "x",
        ),
        "a notice": ("notice", "add", office.file("n.yaml", notice.replace(f"id: {NOTICE}", "id: another"))),
        "a substitute": ("people", "substitute", PAYER, "--by", CHECKER, "--from", "2024-04-01", "--to", "2024-04-30"),
        "a public notice": ("public-notice", "start", "2024-03", "--on", "2024-03-25", "--name", "GS-1"),
        "an objection settled": (
            *("public-notice", "settle", "YY-1", "--outcome", "upheld", "--on", "2024-04-02", "--reason", "x"),
        ),
    }[what]


def made_ready(office: Three, what: str) -> None:
    """What a public notice, and an objection, are about."""
    if what == "a new grant":
        loans = "contract_no,lender,uscc,signed_on,matures_on,amount,day_count,due_every,due_day,due_counted,rate\n"
        loans += f"HT2,{LENDER},{USCC},2024-01-08,2026-01-10,30000000,ACT/360,quarter,20,no,3.55%\n"
        office.done(MAKER, "import", "loans", office.file("l.csv", loans), "--mode", "delta")
        applied = f"application_no,uscc,notice,item,applied_on\nSB2,{USCC},{NOTICE},HT2,2024-03-01\n"
        office.done(MAKER, "import", "applications", office.file("a.csv", applied), "--mode", "delta")
    if what not in ("a public notice", "an objection settled"):
        return
    with office.ledger.read() as view:
        (stands,) = notices(view)[NOTICE]
    text = fixture(f"notices/{NOTICE}.yaml").read_text(encoding="utf-8")
    asking = "approval: {steps: [{post: 复核岗}], public_notice: {days: 5}, assumption: true}\n"
    amended = text.replace("payers:\n", f"amends: {stands.hash}\npublished: 2024-01-02\n{LATE}{asking}payers:\n")
    office.done(MAKER, "notice", "add", office.file("n.yaml", amended))
    office.done(CHECKER, "approve", str(waiting(office)["number"]))
    if what == "an objection settled":
        office.done(MAKER, "public-notice", "start", "2024-03", "--on", "2024-04-02", "--name", "GS-1")
        objected = ("--number", "YY-1", "--line", "PF1", "--on", "2024-04-02", "--reason", "x")
        office.done(MAKER, "public-notice", "object", "GS-1", *objected)


ALL = (
    *("a grant", "a payee", "a payer", "a meeting", "days off", "a notice", "a substitute", "a public notice"),
    *("a new grant", "an objection settled"),
)
BY = {"a payer": PAYER}


@pytest.mark.parametrize("what", ALL)
def test_what_was_turned_down_is_without_effect(office: Three, what: str) -> None:
    """By the second person, signed and with a reason: everything stands as it stood, and whoever reads finds it so."""
    made_ready(office, what)
    before, size, maker = known(office), len(log(office)), BY.get(what, MAKER)
    office.done(maker, *words_of(office, what))
    assert known(office) != before
    number = str(waiting(office)["number"])
    office.done(CHECKER, "reject", number, "--reason", "不符")
    assert known(office) == before
    assert office.read("approvals") == []
    (against,) = [body for body in log(office)[size:] if body.get("opinion") == "reject"]
    assert (against["text"], against["actor"], against["about"]) == ("不符", CHECKER, int(number))
    assert verdict(office) == CONSISTENT
    assert code(office.by(CHECKER, "approve", number)) == "not_waiting"
    # The same can be brought again, and be agreed to.
    office.done(maker, *words_of(office, what))
    office.done(CHECKER, "approve", str(waiting(office)["number"]))
    assert known(office) != before
    assert verdict(office) == CONSISTENT


@pytest.mark.parametrize("what", ["a grant", "a substitute", "a public notice"])
def test_its_author_takes_it_back(office: Three, what: str) -> None:
    made_ready(office, what)
    before = known(office)
    office.done(MAKER, *words_of(office, what))
    number = str(waiting(office)["number"])
    assert code(office.by(MAKER, "approve", number)) == "approver_is_maker"
    # Nobody else than its author and who can sign it next.
    assert "is taken back" in office.done(MAKER, "reject", number, "--reason", "打错")
    assert known(office) == before
    assert verdict(office) == CONSISTENT


def test_who_cannot_sign_it_does_not_turn_it_down(office: Three) -> None:
    office.done(MAKER, *words_of(office, "a grant"))
    refused = office.by(PAYER, "reject", str(waiting(office)["number"]), "--reason", "x")
    assert code(refused) == "duty_differs"
    assert "can be signed by: 1002 (复核岗); barred are: 1001 (经办岗)" in refused.stderr


def sent(office: Three) -> str:
    """A batch that two have signed and nobody has sent."""
    batch = str(json.loads(office.done(PAYER, "pay", "prepare", "2024-03", "--json"))["batches"][0]["batch"])
    office.done(CHECKER, "pay", "approve", batch)
    return batch


HOLDING = {
    "a grant": "line PF1",
    "a payee": "",
    "a payer": "",
    "a meeting": "application SB1",
    "a notice": "",
    "a new grant": "line PF1",
    "days off": "every payment",
    "a substitute": "every payment",
}


@pytest.mark.parametrize("what", HOLDING)
def test_an_act_holds_what_it_is_about_and_says_so(office: Three, what: str) -> None:
    """A batch of line PF1 waits with what is about that line, its firm or all, and goes out with what is not."""
    made_ready(office, what)
    batch, out = sent(office), str(office.folder / "order.json")
    office.done(BY.get(what, MAKER), *words_of(office, what))
    waits = waiting(office)
    result = office.by(PAYER, "pay", "export", batch, "--out", out)
    if what in ("a notice", "a payer", "a payee"):
        # Another notice, and other accounts than those which the batch is paid from and to.
        assert result.exit_code == 0, result.output
        return
    assert code(result) == "acts_open"
    assert f"waits for another person's signature and holds {HOLDING[what]}" in result.stderr
    able = "1002 (复核岗), 1003 (出纳岗)" if what == "a substitute" else "1002 (复核岗)"
    told = f"it can be signed by: {able}; barred are: 1001 (经办岗): `subsidy approve {waits['number']}`"
    assert told in result.stderr
    # Prepared meanwhile, the same is held for the same reason.
    office.done(PAYER, "pay", "cancel", batch, "--reason", "x")
    held = json.loads(office.done(PAYER, "pay", "prepare", "2024-03", "--json"))["held"]
    assert [(one["code"], one["about"]) for one in held] == [("act_open", "PF1")]
    office.done(CHECKER, "reject", str(waits["number"]), "--reason", "x")
    batch = sent(office)
    office.done(PAYER, "pay", "export", batch, "--out", out)
    assert verdict(office) == CONSISTENT


def test_what_moved_the_book_is_undone_by_its_own_command(office: Three) -> None:
    office.done(MAKER, "run", "withdraw", "2024-03", "--reason", "x")
    refused = office.by(CHECKER, "reject", str(waiting(office)["number"]), "--reason", "x")
    assert code(refused) == "act_done"
    assert "undo it with `subsidy run interest --month YYYY-MM`" in refused.stderr


def test_what_others_wrote_over_is_turned_down_in_order(office: Three) -> None:
    office.done(MAKER, *words_of(office, "a grant"))
    first = str(waiting(office)["number"])
    other = office.file("h.csv", RAISED.replace("600000", "700000"))
    office.done(MAKER, "import", "grants", other, "--mode", "delta")
    refused = office.by(CHECKER, "reject", first, "--reason", "x")
    assert code(refused) == "act_superseded"
    (last,) = [str(one["number"]) for one in office.read("approvals") if str(one["number"]) != first]
    for number in (last, first):
        office.done(CHECKER, "reject", number, "--reason", "x")
    with office.ledger.read() as view:
        grant = view.current(kinds.GRANT, "PF1")
        assert grant is not None
        assert grant.body["ceiling_fen"] == 500_000_00
    assert verdict(office) == CONSISTENT


def test_a_run_that_read_what_was_turned_down_is_not_posted(office: Three) -> None:
    office.on("2024-07-02")
    empty = office.file("e.csv", "contract_no,kind,date,end_date,amount,rate\n")
    whose = ("--lender", "Bank A", "--through", "2024-06-30")
    office.done(MAKER, "import", "events", empty, "--mode", "delta", *whose)
    office.done(MAKER, *words_of(office, "a meeting"))
    act = str(waiting(office)["number"])
    run = json.loads(office.done(MAKER, "run", "interest", "--month", "2024-06", "--json"))["proposal"]
    office.done(CHECKER, "reject", act, "--reason", "x")
    assert code(office.by(CHECKER, "approve", str(run))) == "stale_proposal"
    assert verdict(office) == CONSISTENT


@pytest.mark.parametrize("what", ["a grant", "a new grant", "a substitute"])
def test_what_follows_is_found_by_who_reads(office: Three, what: str) -> None:
    """Each record behind the signature against it, left out or changed by who can sign a new head."""
    made_ready(office, what)
    office.done(MAKER, *words_of(office, what))
    office.done(CHECKER, "reject", str(waiting(office)["number"]), "--reason", "x")
    said_so = log(office)
    assert first_fault(said_so) is None
    (against,) = [seq for seq, body in enumerate(said_so) if body.get("opinion") == "reject"]
    behind = said_so[against + 1 :]
    assert {kind_of(body) for body in behind} == {
        "a grant": {"grant", "entry"},
        "a new grant": {"grant", "void", "entry"},
        "a substitute": {"actor"},
    }[what]
    for place, body in enumerate(behind, against + 1):
        assert first_fault([*said_so[:place], *said_so[place + 1 :]]) is not None, body
        for name in {"ceiling_fen", "key", "post", "of"} & body.keys():
            changed = [*said_so[:place], {**body, name: body[name] + ("" if name == "key" else type(body[name])(1))}]
            if name == "key":
                changed[-1][name] = f"{body[name]}9"
            found = first_fault([*changed, *said_so[place + 1 :]])
            assert found is not None, (name, body)
