"""The page docs/guide.md: every sentence of the fund's guide with what answers it, from fixtures/reference/guide.csv.

A sentence's number is its clause and, after the slash, which sentence of the clause it is.
"""

import csv
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOT_SOFTWARE = "not software"

# How many sentences each clause of the guide has, counted in its English text; headings are no sentences. The second
# one of III.2.1 breaks off in Chinese.
SENTENCES = {
    "0": 1,
    "I.1": 4,
    "I.2.1": 3,
    "I.2.2": 6,
    "I.2.3": 3,
    "I.2.4": 2,
    "I.2.5": 2,
    "I.2.6": 2,
    "I.3": 4,
    "I.4.1": 2,
    "I.4.2": 4,
    "I.5": 4,
    "II": 3,
    "II.1": 1,
    "II.2": 1,
    "II.3": 1,
    "II.4": 1,
    "III.1": 2,
    "III.2.1": 2,
    "III.2.2": 2,
    "III.2.3": 1,
    "III.2.4": 1,
    "III.2.5": 1,
}

_HEAD = """# The fund's guide, sentence by sentence

What answers each sentence of the guide to the 2024 High-End, Precision and Sophisticated Industrial Development Fund
in Beijing Municipality: the type of support, a notice that shows it, the command, and the test that holds it; or why
no software can. Clauses are numbered as in the guide, the number after the slash counts the sentences; the words are
ours, shortened. This page is made from `fixtures/reference/guide.csv` (`make pages`).

| sentence | says | type | notice | command | test | note |
|---|---|---|---|---|---|---|
"""


def rows() -> list[dict[str, str]]:
    """The rows of the data file, in the order of the guide."""
    with (ROOT / "fixtures" / "reference" / "guide.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def page() -> str:
    """docs/guide.md."""
    return _HEAD + "".join(f"| {' | '.join(_cells(row))} |\n" for row in rows())


def _cells(row: dict[str, str]) -> list[str]:
    notice = f"[{row['notice']}](../fixtures/notices/{row['notice']}.yaml)" if row["notice"] else ""
    command = (
        f"[`{row['command']}`](reference/commands.md#{row['command'].replace(' ', '-')})" if row["command"] else ""
    )
    return [row["clause"], row["says"], row["type"], notice, command, row["test"] and f"`{row['test']}`", row["note"]]
