"""`subsidy audit` as an auditor types it: what is printed, and the exit codes."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import cli
from ledger.store.ledger import Ledger
from tests.audit.attacker import stealthily


def say(ledger: Ledger, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--db", f"sqlite:///{ledger.path}", *words])


def trusted(ledger: Ledger) -> list[str]:
    return ["--checkpoint", str(ledger.anchor.checkpoint_file), "--key", str(ledger.anchor.verifier_file)]


def test_consistent_is_not_anchored(ledger: Ledger) -> None:
    result = say(ledger, "audit", "verify")
    assert result.exit_code == 3
    assert result.stdout.splitlines()[-1] == "internally consistent, NOT ANCHORED"


def test_anchored(ledger: Ledger) -> None:
    result = say(ledger, "audit", "verify", *trusted(ledger))
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == (
        "anchored: the first 39 records are those that were signed, 0 came after them"
    )


def test_damaged_names_record_kind_key_and_damage(ledger: Ledger) -> None:
    stealthily("UPDATE posting SET amount_fen = 100 WHERE entry = 5 AND n = 1")(ledger.path)
    with closing(sqlite3.connect(ledger.path)) as connection:
        (tag,) = connection.execute("SELECT tag FROM entry WHERE seq = 5").fetchone()
    result = say(ledger, "audit", "verify", *trusted(ledger))
    assert result.exit_code == 1
    assert result.stdout.splitlines()[1:] == [
        f"record 28 entry main/G-1/0: table posting, row 5/{tag}/1: amount_fen is 100 and not 337250 "
        "[projection_differs]",
        "DAMAGED",
    ]


def test_json_says_the_same(ledger: Ledger) -> None:
    stealthily("UPDATE entry SET effective_on = '2024-05-01' WHERE seq = 6")(ledger.path)
    answer = json.loads(say(ledger, "audit", "verify", "--json").stdout)
    assert (answer["verdict"], answer["size"]) == ("damaged", 39)
    assert answer["damages"] == [
        {
            "code": "projection_differs",
            "record": 29,
            "kind": "entry",
            "key": "main/G-2/0",
            "values": {
                "table": "entry",
                "row": "6",
                "column": "effective_on",
                "found": "2024-05-01",
                "expected": "2024-06-21",
            },
        }
    ]


@pytest.mark.parametrize("alone", ["--checkpoint", "--key"])
def test_a_checkpoint_without_its_key_is_a_usage_error(ledger: Ledger, alone: str) -> None:
    result = say(ledger, "audit", "verify", alone, str(ledger.anchor.checkpoint_file))
    assert result.exit_code == 2
    assert "belong together" in result.stderr


def test_a_key_that_is_none_is_refused(ledger: Ledger) -> None:
    checkpoint = str(ledger.anchor.checkpoint_file)
    result = say(ledger, "audit", "verify", "--checkpoint", checkpoint, "--key", checkpoint)
    assert result.exit_code == 2
    assert "[key_malformed]" in result.stderr


def test_a_ledger_that_is_not_there_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["--db", f"sqlite:///{tmp_path}/none.db", "audit", "verify"])
    assert result.exit_code == 2
    assert "[ledger_missing]" in result.stderr


def test_rebuild_says_what_is_the_same_and_what_is_left_out(ledger: Ledger, tmp_path: Path) -> None:
    result = say(ledger, "audit", "rebuild", "--into", f"sqlite:///{tmp_path}/rebuilt.db")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [line.split() for line in lines[2:10]] == [
        ["record", "39", "39", "same"],
        ["node", "35", "35", "same"],
        ["item", "22", "22", "same"],
        ["entry", "12", "12", "same"],
        ["posting", "30", "30", "same"],
        ["balance", "0", "0", "same"],
        ["envelope", "2", "2", "same"],
        ["envelope_limit", "2", "2", "same"],
    ]
    assert [line.strip().split(":")[0] for line in lines[-3:]] == ["vault", "anchor", "keys"]


def test_rebuild_of_a_changed_table_differs(ledger: Ledger, tmp_path: Path) -> None:
    stealthily("UPDATE envelope SET used_fen = 7 WHERE path = '2024'")(ledger.path)
    result = say(ledger, "audit", "rebuild", "--into", f"sqlite:///{tmp_path}/rebuilt.db", "--json")
    assert result.exit_code == 1
    answer = json.loads(result.stdout)
    assert not answer["same"]
    assert [table["table"] for table in answer["tables"] if table["difference"]] == ["envelope"]


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_answers_print_on_a_gbk_console(ledger: Ledger, lang: str) -> None:
    result = CliRunner().invoke(cli, ["--lang", lang, "--db", f"sqlite:///{ledger.path}", "audit", "verify"])
    assert result.exit_code == 3
    assert result.stdout.encode("gbk")


def test_a_checkpoint_that_is_no_text_is_blamed_itself_and_not_its_key(ledger: Ledger, tmp_path: Path) -> None:
    noise = tmp_path / "noise"
    noise.write_bytes(b"\xff\xfe\x00")
    answer = say(ledger, "audit", "verify", "--checkpoint", str(noise), "--key", str(ledger.anchor.verifier_file))
    assert answer.exit_code == 1
    assert "the checkpoint was not signed with the key given" in answer.stdout
    assert answer.stderr == ""


def test_a_key_that_is_no_text_is_refused_in_words(ledger: Ledger, tmp_path: Path) -> None:
    noise = tmp_path / "noise"
    noise.write_bytes(b"\xff\xfe\x00")
    answer = say(ledger, "audit", "verify", "--checkpoint", str(noise), "--key", str(noise))
    assert answer.exit_code == 2
    assert "[key_malformed]" in answer.stderr
    assert "codec" not in answer.stderr


def test_rebuild_into_a_place_where_nothing_can_be_made_is_refused(ledger: Ledger) -> None:
    answer = say(ledger, "audit", "rebuild", "--into", "sqlite:////proc/rebuilt.db")
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert answer.stderr == (
        "/proc/rebuilt.db: the file cannot be written here (unable to open database file); "
        "name another folder with --into [place_unusable]\n"
    )
