"""Files that cannot be written are refused in words, whoever writes them."""

from datetime import date
from pathlib import Path

import pytest

from calculators.problems import Refused
from ledger.sheets.lists import write_list
from ledger.sheets.templates import write_template


def test_a_list_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"\[file_unwritable\]"):
        write_list(tmp_path / "nowhere" / "list.csv", "title", ["Line"], [["PF1"]], date(2024, 7, 1))


def test_a_template_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"\[file_not_written\]"):
        write_template("loans", tmp_path / "nowhere" / "loans.xlsx")
