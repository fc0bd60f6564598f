"""The API: what it answers of a small year, as of when, to whom, how much of it, and what it says of what is wrong."""

import importlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from ledger.audit.ledger import Ledger
from ledger.web.api.app import PREFIX, QUESTIONS, create_api
from ledger.web.api.gate import BODY_BYTES, BURST, Gate, Rate
from ledger.web.door import sign_in_of
from tests.reconcile.test_deciding import bring, match, paid
from tests.support.copies import built_once
from tests.support.office import USCC
from tests.support.program import Program
from tests.support.runner import runner
from tests.support.till import PAYER, Till, quarters_till

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
TOKEN = "0" * 64
SHOWN = {"Authorization": f"Bearer {TOKEN}"}
DAY = "2024-04-10"
NOON = datetime(2024, 4, 10, 4, tzinfo=UTC)
# Half of 18,000,000 x 19 d x 3.55 % / 360 = 33,725.00.
AWARD, AWARD_FEN = "16862.50", 1_686_250


@built_once
def served(folder: Path, anchor: Path | None = None) -> Till:
    """A till that has paid its first quarter and matched the wallet's statement, on 10 April 2024."""
    till = quarters_till(folder, anchor=anchor)
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    till.on(DAY)
    bring(till, paid(till.items(batch)[0]), "2024-04-08,,12.00,33125.50,转账,,,")
    match(till)
    return till


@pytest.fixture
def till(tmp_path: Path) -> Till:
    folder = tmp_path / "book"
    folder.mkdir()
    return served(folder)


@pytest.fixture
def client(till: Till) -> Program:
    """A program that knows the token, on the day."""
    return Program(app(till), SHOWN)


def app(till: Till, **settings: Any) -> Gate:
    ledger = Ledger.open(till.url, clock=lambda: NOON, anchor=till.anchor)
    return Gate(create_api(ledger, runner(ledger), sign_in_of(ledger)), TOKEN, **settings)


def got(client: Program, address: str, **query: Any) -> Any:
    answer = client.get(PREFIX + address, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def problem(answer: Any) -> tuple[int, list[str]]:
    """Status and codes of a problem document."""
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == answer.status_code
    assert said["type"] == f"urn:subsidy:problem:{said['problems'][0]['code']}"
    return answer.status_code, [one["code"] for one in said["problems"]]


def test_amounts_are_texts_in_yuan_beside_integers_of_fen(client: Program) -> None:
    [line] = got(client, "/runs/2024-03/lines")["items"]
    assert (line["amount"], line["amount_fen"], line["firm"]) == (AWARD, AWARD_FEN, "示例企业")
    [batch] = got(client, "/batches")["items"]
    assert (batch["total"], batch["paid_fen"], batch["settled"]) == (AWARD, AWARD_FEN, True)
    # The year has 2,000,000.00, all passed on to loan-interest; of that 500,000.00 are granted, what is awarded of them
    # included.
    assert got(client, "/budget")["items"] == [
        {"path": "2024", "limit": "2000000.00", "limit_fen": 200_000_000, "used": "500000.00",
         "used_fen": 50_000_000, "available": "0.00", "available_fen": 0, "frozen": "0.00", "frozen_fen": 0},
        {"path": "2024/loan-interest", "limit": "2000000.00", "limit_fen": 200_000_000, "used": "500000.00",
         "used_fen": 50_000_000, "available": "1500000.00", "available_fen": 150_000_000, "frozen": "0.00",
         "frozen_fen": 0},
    ]  # fmt: skip


def test_an_amount_is_followed_from_the_firm_to_the_log(client: Program) -> None:
    [grant] = got(client, f"/firms/{USCC}/money")["items"]
    assert [point["code"] for point in grant["points"]] == ["paid"]
    [line] = got(client, f"/why/{grant['grant']}")["items"]
    assert "33,725.00" in line["worksheet"]
    [entry] = line["entries"]
    [payout] = entry["payouts"]
    history = got(client, f"/payouts/{payout['item']}")
    assert [past["state"] for past in history["history"]] == ["prepared", "approved", "exported", "success"]
    assert [(claim["award"], claim["amount_fen"]) for claim in history["awards"]] == [(entry["record"], AWARD_FEN)]
    record = got(client, f"/records/{entry['record']}")
    assert (record["kind"], record["body"]["award_fen"]) == ("entry", AWARD_FEN)


def test_an_open_line_says_why(client: Program) -> None:
    desk = got(client, "/reconciliation")
    [line] = desk["open_lines"]
    # A day after 8 April is 9 April: two days on the 10th.
    assert (line["amount_fen"], line["age"], desk["payouts"]) == (-1200, 2, [])
    said = got(client, f"/reconciliation/lines/{line['line']}")
    assert (said["open_line"], said.get("match")) == (line, None)
    assert line["line"].startswith(PAYER)


def test_a_log_is_paged_by_its_numbers(client: Program) -> None:
    size = got(client, "/head")["size"]
    seen: list[int] = []
    after = -1
    while True:
        page = got(client, "/records", after=after, count=7)
        seen += [record["seq"] for record in page["items"]]
        if "next" not in page:
            break
        after = page["next"]
    assert seen == list(range(size))


def test_an_answer_names_the_records_that_it_rests_on(client: Program, till: Till) -> None:
    answer = client.get(f"{PREFIX}/batches")
    with till.ledger.read() as view:
        size, root = view.size, view.root().hex()
    said = {name: answer.headers[name] for name in ("Log-Size", "Log-Root", "Log-Day")}
    assert said == {"Log-Size": str(size), "Log-Root": root, "Log-Day": DAY}
    assert client.get(f"{PREFIX}/batches?as_of={size}@{root}").json() == answer.json()
    # Before the batch was prepared there was none: the run of March is the last record of 2 April before it.
    first = answer.json()["items"][0]["record"]
    before = client.get(f"{PREFIX}/batches?as_of={first}")
    assert (before.json(), before.headers["Log-Size"]) == ({"items": []}, str(first))


def test_who_has_the_answer_gets_nothing(client: Program, till: Till) -> None:
    answer = client.get(f"{PREFIX}/inbox")
    tag = answer.headers["ETag"]
    again = client.get(f"{PREFIX}/inbox", headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    # Another address, another language, and another record in the log are other answers.
    assert client.get(f"{PREFIX}/runs", headers={"If-None-Match": tag}).status_code == 200
    assert client.get(f"{PREFIX}/inbox", headers={"If-None-Match": tag, "Accept-Language": "zh"}).status_code == 200
    till.do("budget", "issue", "2024", "1", "--document", "D-9", "--on", DAY)
    assert client.get(f"{PREFIX}/inbox", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/batches/none", (404, ["batch_unknown"])),
        ("/records/100000", (404, ["record_unknown"])),
        ("/records/-1", (422, ["parameter_wrong"])),
        ("/records?count=0&after=x", (422, ["parameter_wrong", "parameter_wrong"])),
        ("/runs?as_of=yesterday", (422, ["as_of_malformed"])),
        ("/months/2024-13", (422, ["month_malformed"])),
        ("/nothing", (404, ["question_unknown"])),
    ],
)
def test_what_is_wrong_is_a_problem_document(client: Program, address: str, expected: tuple[int, list[str]]) -> None:
    assert sorted(problem(client.get(PREFIX + address))[1]) == sorted(expected[1])
    assert client.get(PREFIX + address).status_code == expected[0]


def test_a_problem_is_told_in_the_language_of_the_client(client: Program) -> None:
    english = client.get(f"{PREFIX}/batches/none").json()["problems"][0]
    chinese = client.get(f"{PREFIX}/batches/none", headers={"Accept-Language": "zh-CN,en"}).json()["problems"][0]
    assert (english["what"], english["values"]) == ("there is no payment batch none", {"batch": "none"})
    assert (chinese["what"], chinese["code"]) == ("没有支付批次 none", english["code"])


def test_nothing_is_answered_without_the_token(client: Program) -> None:
    for shown in ("", "Bearer", f"Bearer {'1' * 64}", TOKEN):
        answer = client.get(f"{PREFIX}/head", headers={"Authorization": shown})
        assert problem(answer) == (401, ["token_missing"])
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_nothing_can_be_written(client: Program) -> None:
    assert problem(client.request("POST", f"{PREFIX}/runs", json={})) == (405, ["question_unknown"])


def test_a_large_body_is_not_read(client: Program) -> None:
    body = b"0" * (BODY_BYTES + 1)
    assert problem(client.request("GET", f"{PREFIX}/head", content=body)) == (413, ["request_too_large"])
    assert problem(client.request("GET", f"{PREFIX}/head", content=iter([body]))) == (413, ["request_too_large"])
    assert client.request("GET", f"{PREFIX}/head", content=body[1:]).status_code == 200


def test_a_client_that_asks_too_often_waits(till: Till) -> None:
    now = 0.0

    client = Program(app(till, rate=Rate(lambda: now)), SHOWN)
    answers = [client.get(f"{PREFIX}/nothing").status_code for _each in range(BURST + 1)]
    assert answers == [404] * BURST + [429]
    told = client.get(f"{PREFIX}/head")
    assert (problem(told), told.headers["Retry-After"]) == ((429, ["too_many_requests"]), "1")
    now += 1
    assert client.get(f"{PREFIX}/head").status_code == 200


def test_an_answer_that_takes_too_long_is_given_up(till: Till) -> None:
    client = Program(app(till, seconds=0), SHOWN)
    assert problem(client.get(f"{PREFIX}/reconciliation")) == (503, ["answer_too_slow"])


def test_no_answer_has_a_number_in_full(client: Program) -> None:
    """Neither of the wallet that is paid from, nor of the one that is paid to."""
    texts = [client.get(PREFIX + path).text for path, _ask, _model in QUESTIONS if "{" not in path]
    texts.append(client.get(f"{PREFIX}/records?count=1000").text)
    assert len(texts) > 10
    assert [text for text in texts if "0012345678905678" in text or "0012345678901234" in text] == []


def test_every_answer_is_as_its_description_says(till: Till) -> None:
    """Whatever the description allows is asked: no answer fails, and each has its status, type and shape."""
    asked = ask_whatever(till, examples=2)
    # Every question, commands, and the three steps of who comes in and goes.
    others = {"POST /api/v1/commands", "POST /api/v1/sign-in", "POST /api/v1/sessions", "DELETE /api/v1/sessions"}
    assert asked.keys() == {f"GET {PREFIX}{path.replace(':path', '')}" for path, _ask, _model in QUESTIONS} | others
    assert min(asked.values()) >= 1


@pytest.mark.nightly
def test_every_answer_is_as_its_description_says_asked_more_often(till: Till) -> None:
    assert sum(ask_whatever(till, examples=40).values()) >= 10 * len(QUESTIONS)


def ask_whatever(till: Till, examples: int) -> Counter[str]:
    """Ask every question with made up parameters, so often; how often each was asked."""
    # Loaded by whoever runs this test, and not by everybody who collects it.
    schemathesis = importlib.import_module("schemathesis")
    api = app(till, rate=Rate(iter(range(10**9)).__next__))
    schema = schemathesis.openapi.from_asgi(f"{PREFIX}/openapi.json", api, headers=SHOWN)
    checks = [schemathesis.checks.CHECKS.get_one(name) for name in CHECKS]
    asked = Counter[str]()
    for operation in schema.get_all_operations():

        @given(case=operation.ok().as_strategy())
        @settings(max_examples=examples, deadline=None, database=None, phases=[Phase.generate],
                  suppress_health_check=list(HealthCheck))  # fmt: skip
        def ask(case: Any) -> None:
            case.call_and_validate(headers=SHOWN, checks=checks)
            asked[case.operation.label] += 1

        ask()
    return asked


def test_a_question_without_parameters_has_the_shape_of_its_model(client: Program) -> None:
    """Of a ledger in which something stands: the shapes above are mostly asked of what is not there."""
    [batch] = got(client, "/batches")["items"]
    [item] = got(client, f"/batches/{batch['batch']}/payouts")["items"]
    [line] = got(client, "/reconciliation")["open_lines"]
    known = {"seq": "3", "month": "2024-04", "run": "2024-03", "subject": "HT1", "key": batch["batch"],
             "item": item["item"], "uscc": USCC, "line": line["line"]}  # fmt: skip
    asked = 0
    for path, _ask, model in QUESTIONS:
        if "{name}" not in path:
            model.model_validate_json(client.get(PREFIX + path.replace(":path", "").format(**known)).content)
            asked += 1
    assert asked == len(QUESTIONS) - 1
