"""The demo writes over nothing of anybody's."""

from pathlib import Path

from click.testing import CliRunner

from cli import cli


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    kept = tmp_path / "somebody's.txt"
    kept.write_text("kept", encoding="utf-8")
    answer = CliRunner().invoke(cli, ["demo", "--out", str(tmp_path)])
    assert (answer.exit_code, "[folder_not_empty]" in answer.stderr) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == [kept.name]
