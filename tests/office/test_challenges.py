"""A run signed on machines that have no ledger: challenge out, signature back, and what a signature is not good for."""

import json
import shutil
import subprocess
import sys
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from calculators.clear import _BLANK, _HIDDEN, visible
from cli import cli
from ledger.log import kinds
from ledger.log.canonical import canonical
from ledger.log.tree import leaf_hash, root
from ledger.office import sign as tool
from tests.audit.attacker import bodies
from tests.support.act_verifier import wrong
from tests.support.office import Office
from tests.support.signing_office import CHECKER, CONSISTENT, HEAD, code, key, propose, signing_office, verdict
from tests.test_clear import HIDDEN

TOOL = Path(tool.__file__)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return signing_office(tmp_path / "ledger", CHECKER, HEAD)


def elsewhere(tmp_path: Path) -> Path:
    """A folder with the tool and nothing else of ours."""
    folder = tmp_path / "elsewhere"
    folder.mkdir(exist_ok=True)
    shutil.copy(TOOL, folder / "sign.py")
    return folder


def signed_alone(folder: Path, challenge: Path, key_file: str, answer: str = "yes") -> subprocess.CompletedProcess[str]:
    """What the tool does where `-I` keeps every path of ours out."""
    words = [sys.executable, "-I", str(folder / "sign.py"), str(challenge), "--key", key_file]
    return subprocess.run(
        words, input=f"{answer}\n", capture_output=True, text=True, encoding="utf-8", cwd=folder, check=False
    )


def challenged(office: Office, number: str, staff_no: str, file: Path, *words: str) -> str:
    return office.do("approve", number, "--actor", staff_no, "--challenge", str(file), *words)


def test_a_run_is_signed_where_there_is_no_ledger(office: Office, tmp_path: Path) -> None:
    number = propose(office)
    size = len(bodies(office.folder / "book.db"))
    folder = elsewhere(tmp_path)
    for staff_no in (CHECKER, HEAD):
        file = folder / f"{staff_no}.challenge"
        said = challenged(office, number, staff_no, file)
        assert said.startswith("Nothing is recorded yet.")
        assert file.stat().st_mode & 0o077 == 0
        done = signed_alone(folder, file, key(office, staff_no))
        assert (done.returncode, done.stderr) == (0, "")
        # Half of 18,000,000 x 19 d x 3.55 % / 360 = 33,725.00.
        assert "16,862.50 元（人民币壹万陆仟捌佰陆拾贰元伍角整）" in done.stdout
        assert "yuan (sixteen thousand eight hundred sixty-two yuan and 50 fen)" in done.stdout
        assert "意见 / opinion: 同意 / approve" in done.stdout
        office.do("approve", number, "--actor", staff_no, "--signature", str(file.with_suffix(".signature")))
    log = bodies(office.folder / "book.db")
    approvals = [seq for seq, body in enumerate(log) if kinds.kind_of(body) == "approval"]
    assert approvals == [size, size + 1]
    # 1003 saw the log with the signature of 1002 in it.
    assert [log[seq]["head"]["size"] for seq in approvals] == [size, size + 1]
    assert [wrong([canonical(body) for body in log], seq) for seq in approvals] == ["", ""]
    assert verdict(office) == CONSISTENT


def test_others_may_write_between_challenge_and_signature(office: Office, tmp_path: Path) -> None:
    number, folder = propose(office), elsewhere(tmp_path)
    file = folder / "first.challenge"
    challenged(office, number, CHECKER, file)
    office.do("people", "add", "1009", "--post", "经办岗", "--document", "任-9")
    assert signed_alone(folder, file, key(office, CHECKER)).returncode == 0
    office.on("2024-04-11")
    office.do("approve", number, "--actor", CHECKER, "--signature", str(folder / "first.signature"))
    assert verdict(office) == CONSISTENT


def test_a_signature_counts_for_ten_days(office: Office, tmp_path: Path) -> None:
    number, folder = propose(office), elsewhere(tmp_path)
    file = folder / "first.challenge"
    challenged(office, number, CHECKER, file)
    assert signed_alone(folder, file, key(office, CHECKER)).returncode == 0
    office.on("2024-04-12")
    result = office.say("approve", number, "--actor", CHECKER, "--signature", str(folder / "first.signature"))
    assert code(result) == "act_expired"


def test_a_signature_is_good_for_what_was_shown_alone(office: Office, tmp_path: Path) -> None:
    number, folder = propose(office), elsewhere(tmp_path)
    file = folder / "first.challenge"
    challenged(office, number, CHECKER, file, "--text", "已核对")
    assert signed_alone(folder, file, key(office, CHECKER)).returncode == 0
    given = ("approve", number, "--actor", CHECKER, "--signature", str(folder / "first.signature"))
    refused = office.say(*given, "--text", "其他")
    assert code(refused) == "signed_otherwise"
    assert "text was 已核对 and is 其他" in refused.stderr
    office.do(*given, "--text", "已核对")
    # Once it is recorded, its signer has signed.
    assert code(office.say(*given, "--text", "已核对")) == "approver_twice"


def test_a_signature_by_another_key_is_refused(office: Office, tmp_path: Path) -> None:
    number, folder = propose(office), elsewhere(tmp_path)
    file = folder / "first.challenge"
    challenged(office, number, CHECKER, file)
    done = signed_alone(folder, file, key(office, HEAD))
    assert done.returncode == 2
    assert done.stderr.endswith("[key_of_another]\n")
    # Who writes a tool of his own signs with what he likes.
    challenge = tool.read_challenge(file.read_bytes())
    forged = {
        "$schema": tool.SIGNATURE,
        "message": challenge.message.decode(),
        "signature": tool.read_key(Path(key(office, HEAD))).private.sign(challenge.message).hex(),
    }
    (folder / "forged.signature").write_bytes(canonical(forged))
    result = office.say("approve", number, "--actor", CHECKER, "--signature", str(folder / "forged.signature"))
    assert code(result) == "signing_key_differs"


def test_what_is_no_signature_is_refused(office: Office, tmp_path: Path) -> None:
    number = propose(office)
    file = tmp_path / "no.signature"
    for content in (b"", b"{}", b'{"$schema":"subsidy/signature/1","message":"x","signature":"y"}', b"\xff"):
        file.write_bytes(content)
        result = office.say("approve", number, "--actor", CHECKER, "--signature", str(file))
        assert code(result) == "signature_malformed"
    assert code(office.say("approve", number, "--actor", CHECKER, "--signature", "nowhere")) == "signature_malformed"


def test_nothing_is_written_over(office: Office, tmp_path: Path) -> None:
    number, file = propose(office), tmp_path / "a.challenge"
    file.write_text("mine", "utf-8")
    assert code(office.say("approve", number, "--actor", CHECKER, "--challenge", str(file))) == "file_exists"
    assert file.read_text("utf-8") == "mine"


def test_who_says_no_signs_nothing(office: Office, tmp_path: Path) -> None:
    number, folder = propose(office), elsewhere(tmp_path)
    file = folder / "first.challenge"
    challenged(office, number, CHECKER, file)
    assert signed_alone(folder, file, key(office, CHECKER), answer="no").returncode == 1
    assert not (folder / "first.signature").exists()


def test_the_command_does_as_the_tool(office: Office, tmp_path: Path) -> None:
    number, file = propose(office), tmp_path / "first.challenge"
    challenged(office, number, CHECKER, file)
    result = CliRunner().invoke(cli, ["sign", str(file), "--key", key(office, CHECKER)], input="yes\n")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "first.signature").exists()


def challenge_over(record: dict[str, object]) -> tool.Challenge:
    """A challenge by a server that chooses what it likes: an act over one record."""
    text = tool.canonical(record)
    act = {"$schema": "subsidy/act/1", "act": "budget.issue", "actor": "1001", "count": 1, "origin": "o"}
    message = tool.canonical({**act, "root": tool.leaf_hash(text), "head": {"size": 1, "root": "0"}})
    body = {"message": message.decode(), "records": [], "covered": [text.decode()], "openings": []}
    return tool.read_challenge(json.dumps({"$schema": tool.CHALLENGE, **body}).encode())


def test_no_text_looks_like_a_line_of_its_own_or_hides_one() -> None:
    record = {
        "$schema": "subsidy/budget/1",
        "amount_fen": 900,
        "document": "D\x1b[1A\x1b[2K",
        "reason": "a\n    金额: 1",
    }
    shown = "\n".join(tool.lines(challenge_over({**record, "evil\r": "x"})))
    assert "D<U+001B>[1A<U+001B>[2K" in shown
    assert "理由 / reason: a\n      |     金额: 1" in shown
    assert "evil<U+000D>: x" in shown
    assert "\x1b" not in shown


def test_the_tool_and_the_program_call_the_same_signs_hidden() -> None:
    assert HIDDEN.keys() - {sign for sign in HIDDEN if tool.plain(sign) == visible(sign)} == {"\n"}
    assert (tool.HIDDEN, tool.BLANK) == (_HIDDEN, _BLANK)


def test_an_amount_that_no_numeral_says_is_not_signed() -> None:
    with pytest.raises(tool.Unsignable, match="amount_too_large"):
        list(tool.lines(challenge_over({"$schema": "subsidy/budget/1", "amount_fen": 10**17})))


def at_the_end(text: str) -> str:
    """The step stands where its name does not belong."""
    return text.replace(',"step":1', "").removesuffix("}") + ',"step":1}'


# How a challenge is changed, and what the tool says of it.
FORGED = {
    "another record under it": ("records", lambda text: text.replace("1686250", "1686251"), "record_missing"),
    "no record under it": ("records", lambda _text: '{"$schema":"subsidy/proposal/1"}', "record_missing"),
    "a message of another ledger": ("message", lambda text: text.replace("subsidy/", "rent/", 1), "not_of_a_ledger"),
    "an act that it does not know": ("message", lambda text: text.replace("approval/3", "approval/4"), "act_unknown"),
    "a login": ("message", lambda text: text.replace("approval/3", "login/1"), "act_unknown"),
    "a field that it does not know": ("message", lambda text: text.replace('"step"', '"steq"'), "field_unknown"),
    "blanks between": ("message", lambda text: text.replace(":", ": ", 1), "not_of_a_ledger"),
    "another order of fields": ("message", at_the_end, "not_canonical"),
}  # fmt: skip


@pytest.mark.parametrize("how", FORGED)
def test_the_tool_signs_nothing_that_it_cannot_show(office: Office, tmp_path: Path, how: str) -> None:
    part, change, expected = FORGED[how]
    number, folder = propose(office), elsewhere(tmp_path)
    file = folder / "first.challenge"
    challenged(office, number, CHECKER, file)
    said = json.loads(file.read_bytes())
    said[part] = [change(text) for text in said[part]] if part == "records" else change(said[part])
    file.write_bytes(canonical(said))
    done = signed_alone(folder, file, key(office, CHECKER))
    assert done.returncode == 2, done.stdout
    assert done.stderr.endswith(f"[{expected}]\n")
    assert not (folder / "first.signature").exists()


@pytest.mark.parametrize(
    ("fen", "figures", "chinese", "english"),
    [
        (0, "0.00", "人民币零元整", "zero yuan"),
        (5, "0.05", "人民币伍分", "zero yuan and 5 fen"),
        (105, "1.05", "人民币壹元零伍分", "one yuan and 5 fen"),
        (150, "1.50", "人民币壹元伍角整", "one yuan and 50 fen"),
        (1_000_500, "10,005.00", "人民币壹万零伍元整", "ten thousand five yuan"),
        (100_050_000, "1,000,500.00", "人民币壹佰万零伍佰元整", "one million five hundred yuan"),
        (10_010_000_000, "100,100,000.00", "人民币壹亿零壹拾万元整", "one hundred million one hundred thousand yuan"),
        (-2_100, "-21.00", "人民币负贰拾壹元整", "minus twenty-one yuan"),
    ],
)
def test_amounts_in_words(fen: int, figures: str, chinese: str, english: str) -> None:
    """As the rules for filling in bills and settlement vouchers (支付结算办法, annex 1) write them."""
    assert (tool.figures(fen), tool.in_chinese(fen), tool.in_english(fen)) == (figures, chinese, english)


def test_a_key_is_made_where_there_is_no_ledger(tmp_path: Path) -> None:
    folder = elsewhere(tmp_path)
    words = [sys.executable, "-I", str(folder / "sign.py"), "--new-key", "1004@subsidy-0123", "--key", "own.key"]
    made = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", cwd=folder, check=False)
    assert made.returncode == 0, made.stderr
    read = tool.read_key(folder / "own.key")
    assert made.stdout == f"公钥 / Public key: {read.public}\n"
    assert read.name == "1004@subsidy-0123"
    again = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", cwd=folder, check=False)
    assert (again.returncode, again.stderr.split()[-1]) == (2, "[key_exists]")


@pytest.mark.parametrize(("answer", "outcome"), [("是", 0), ("YES ", 0), ("no", 1), ("", 1)])
def test_it_says_what_to_type_and_takes_it_in_both_languages(answer: str, outcome: int, tmp_path: Path) -> None:
    office = signing_office(tmp_path / "ledger", CHECKER)
    number = propose(office)
    challenge = tmp_path / "run.challenge"
    office.do("approve", str(number), "--actor", CHECKER, "--challenge", str(challenge))
    said = CliRunner().invoke(cli, ["sign", str(challenge), "--key", key(office, CHECKER)], input=f"{answer}\n")
    assert said.exit_code == outcome
    assert "请输入 是；" in said.stdout
    assert "type yes; " in said.stdout
    assert challenge.with_suffix(".signature").exists() == (outcome == 0)
    assert CliRunner().invoke(cli, ["sign", str(challenge), "--key", key(office, CHECKER)]).exit_code == 1


def test_a_key_is_made_with_the_command_too(tmp_path: Path) -> None:
    words = ["sign", "--new-key", "1004@subsidy-0123", "--key", str(tmp_path / "own.key")]
    made = CliRunner().invoke(cli, words)
    assert made.stdout == f"公钥 / Public key: {tool.read_key(tmp_path / 'own.key').public}\n"
    assert CliRunner().invoke(cli, words[:1] + words[3:]).exit_code == 2


def test_every_field_of_a_record_has_words_in_both_languages() -> None:
    """What an act covers is shown field by field; whoever reads Chinese alone knows what each is."""

    def names(hint: object) -> Iterator[str]:
        if typing.is_typeddict(hint):
            for name, inner in typing.get_type_hints(hint).items():
                yield name
                yield from names(inner)
        for inner in typing.get_args(hint):
            yield from names(inner)

    shown = {name for kind in (*kinds.KINDS.values(), *kinds.FACTS) for name in names(kind.body)}
    assert len(shown) > 250
    assert sorted(shown - tool.WORDS.keys()) == []
    for zh, en in (*tool.WORDS.values(), *tool.WORDS_OF_KIND.values()):
        assert (any("\u4e00" <= sign <= "\u9fff" for sign in zh), en.isascii()) == (True, True), (zh, en)


def test_a_name_that_is_no_secret_is_shown_and_a_count_says_of_what() -> None:
    firm = {"$schema": "subsidy/entity/1", "key": "91110108MA0000777Y", "name": "示例企业"}
    covered = canonical(firm)
    act = {
        "$schema": "subsidy/act/1", "act": "import.facts", "actor": "1001", "count": 1, "origin": "subsidy-0123",
        "root": root([leaf_hash(covered)]).hex(),
    }  # fmt: skip
    asked = tool.Challenge(canonical(act), act, {}, {}, (covered,))
    said = list(tool.lines(asked))
    assert "    名称 / name: 示例企业" in said
    assert "  涵盖的记录数 / records covered: 1" in said


@pytest.mark.parametrize(
    ("kind", "field", "words"),
    [
        ("genesis", "purpose", "账本用途 / purpose of the ledger"),
        ("contract", "purpose", "用途 / purpose"),
        ("contract", "step", "合约环节 / step of the contract"),
        # A log index, and two counts of records: no days.
        ("cut", "from", "起始记录号 / from record"),
        ("restore", "from", "备份中的记录数 / records in the backup"),
        ("restore", "to", "此前已签名的记录数 / records signed for before"),
        ("actor", "from", "起始日 / first day"),
    ],
)
def test_a_field_is_called_what_it_is_in_its_kind(kind: str, field: str, words: str) -> None:
    covered = canonical({"$schema": f"subsidy/{kind}/1", field: "x"})
    act = {"$schema": "subsidy/act/1", "act": "clock", "actor": "1001", "root": root([leaf_hash(covered)]).hex()}
    asked = tool.Challenge(canonical(act), act, {}, {}, (covered,))
    assert f"    {words}: x" in list(tool.lines(asked))
