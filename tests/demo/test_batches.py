"""The demo's batches: what a cap, a late move, a returned premium, a short budget and a partial acceptance come to."""

import re
from pathlib import Path

import pytest

from ledger.demo.batches import BATCHES, run_batches
from ledger.demo.story import open_demo
from ledger.runs.history import State, runs


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    lines: list[str] = []
    out = tmp_path_factory.mktemp("batches") / "demo"
    demo = open_demo(out, lines.append)
    run_batches(demo)
    with demo.ledger.read() as view:
        assert [(one.occasion.name, one.state) for one in runs(view)] == [
            (batch.notice, State.CLOSED) for batch in (*BATCHES, *BATCHES)
        ]
    return "\n".join(lines), out


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"SB-JL3 .*award 10,000,000\.00 +entity_batch, entity_year", "15 million, and 10 left of the firm's 30"),
        (r"SB-JL4 .*award 0\.00 +not_registered", "applied before the firm moved to Beijing"),
        (r"SB-BD2 .*award 5,000,000\.00 +launch", "50 % of 12 million, at most 5 million a launch"),
        (r"SB-XM1 .*computed 3,000,000\.00, award 1,666,666\.67", "3 of 18 million, of a budget of 10"),
        (r"tape-out: 3 entries, 32,000,000\.00 yuan", "2 + 20 + 10 million"),
        (r"tape-out: 1 entries, 0\.00 yuan, reduced by 500,000\.00", "50 % of the million that was not counted"),
        (r"insurance: 1 entries, 0\.00 yuan, reduced by 1,000,000\.00", "a quarter of 4 million"),
        (r"60-40: 3 entries, 6,000,000\.00 yuan", "60 % of 10 million"),
        (r"60-40: 1 entries, 0\.00 yuan, reduced by 200,000\.00", "a fifth of 60 % of 1,666,666.67"),
    ],
)
def test_what_a_batch_is_there_to_show(told: tuple[str, Path], pattern: str, why: str) -> None:
    assert re.search(pattern, told[0]), why


def test_the_registers_are_files_in_the_folder(told: tuple[str, Path]) -> None:
    folder = told[1] / "inputs" / "gjj-2023-tape-out"
    assert sorted(path.name for path in folder.rglob("*.csv")) == [
        "applications.csv",
        "claims.csv",
        "claims.csv",
        "grants.csv",
    ]
