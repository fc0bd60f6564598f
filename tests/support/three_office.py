"""An office of three people with keys, entered by two, and a quarter that was run and not paid.

1001 is 经办岗, 1002 复核岗, 1003 出纳岗; every write of theirs is signed.
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Self

from click.testing import CliRunner, Result

from cli import cli
from ledger.office import sign as tool
from tests.support.clock import at_noon, let_time_pass
from tests.support.copies import built_once
from tests.support.till import Till, open_till, run_quarters

MAKER, CHECKER, PAYER = "1001", "1002", "1003"
POSTS = {MAKER: "经办岗", CHECKER: "复核岗", PAYER: "出纳岗"}


class Three(Till):
    """The office of three: commands are given with a staff number and that person's key."""

    @property
    def keys(self) -> Path:
        """Where private keys lie: not in the ledger's folder."""
        return self.folder.with_name(f"{self.folder.name}-keys")

    def key(self, staff_no: str) -> str:
        """The file of a private key."""
        return str(self.keys / f"{staff_no}.key")

    def by(self, staff_no: str, *words: str, key: str | None = None) -> Result:
        """A command given and signed by somebody; with the key of another where `key` says so, with none for ""."""
        signed = () if key == "" else ("--key", self.key(key or staff_no))
        return self.say(*words, "--actor", staff_no, *signed)

    def done(self, staff_no: str, *words: str) -> str:
        """The same, which must go through; what it printed."""
        result = self.by(staff_no, *words)
        assert result.exit_code == 0, f"{words}\n{result.output}\n{result.exception!r}"
        return result.stdout

    def signed(self, staff_no: str, challenge: Path) -> Path:
        """What somebody answers to a challenge with the own key; the file."""
        with at_noon(self.day):
            result = CliRunner().invoke(cli, ["sign", str(challenge), "--key", self.key(staff_no)], input="yes\n")
        assert result.exit_code == 0, result.output
        return challenge.with_suffix(".signature")

    def awake(self) -> Self:
        """Two say which day it was yesterday: what goes by the machine's own clock goes on from there."""
        let_time_pass()
        self.on((date.today() - timedelta(days=1)).isoformat())
        said = self.done(MAKER, "decide", "clock", "--about", self.day, "--reason", "nobody has worked since")
        self.done(CHECKER, "approve", said.split("subsidy approve ")[1].split()[0].rstrip("`.,"))
        return self

    def file(self, name: str, text: str) -> str:
        """A file written here."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def enrol(self, staff_no: str, post: str, by: str, agreed_by: str, seed: str = "") -> None:
        """Enter a person with a key that the person makes (of four signs), by two."""
        public = tool.make_key(
            Path(self.key(staff_no)), f"{staff_no}@{self.ledger.origin}", (seed or staff_no).encode() * 8
        ).public
        challenge = self.keys / f"{staff_no}.challenge"
        challenge.unlink(missing_ok=True)
        challenge.with_suffix(".signature").unlink(missing_ok=True)
        words = ["people", "enrol", staff_no, "--post", post, "--document", f"任-{staff_no}", "--public", public]
        self.do(*words, "--actor", by, "--challenge", str(challenge))
        given = self.signed(by, challenge).rename(self.keys / f"{staff_no}.given")
        proof = self.signed(staff_no, challenge)
        said = self.do(*words, "--actor", by, "--signature", str(given), "--proof", str(proof))
        self.done(agreed_by, "approve", said.split()[-1])


def put_in_force(office: Three, name: str = "three") -> Three:
    """Put a set of duties in force."""
    said = office.done(MAKER, "duties", "change", name)
    office.done(CHECKER, "approve", said.split()[-1])
    return office


@built_once
def duties_office(folder: Path, anchor: Path | None = None) -> Three:
    """The office with the set `three` in force."""
    return put_in_force(three_office(folder, anchor=anchor))


@built_once
def three_office(folder: Path, anchor: Path | None = None) -> Three:
    """The office on the day after its quarter was run."""
    till = run_quarters(open_till(folder, anchor=anchor))
    office = Three(folder, till.day, anchor)
    office.files = till.files
    office.keys.mkdir(exist_ok=True)
    for staff_no in (MAKER, CHECKER):
        office.do("people", "add", staff_no, "--post", POSTS[staff_no], "--document", f"任-{staff_no}")
        office.do("people", "key", staff_no, "--file", office.key(staff_no), "--actor", staff_no)
    office.enrol(PAYER, POSTS[PAYER], MAKER, CHECKER)
    return office
