"""The three people of the invented year, each with a key of their own: what they do is signed, as in a real office.

They found the ledger under the set of duties `three`. Their keys are drawn from the demo's own seed, and lie where its
checkpoint does, so that whoever tries the demo can sign as any of them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from calculators.awards.all import CALCULATORS
from ledger.audit.ledger import Ledger
from ledger.book import charts
from ledger.book.envelopes import ISSUED, Asked
from ledger.log import kinds
from ledger.office import founding
from ledger.office.agreements import agree
from ledger.office.approvals import APPROVE, open_acts, sign, subject
from ledger.office.duties import text_of
from ledger.office.key_files import PrivateKey, own_key
from ledger.office.people import Appointment, enrol
from ledger.registry import benchmarks
from ledger.runs import closing, orders
from ledger.store.engine import ledger_path
from ledger.store.ledger import Clock, Entropy, Writer

DUTIES = "three"
MAKER, CHECKER, PAYER = "1001", "1002", "1003"
POSTS = {MAKER: "经办岗", CHECKER: "复核岗", PAYER: "出纳岗"}


@dataclass(frozen=True, slots=True)
class Office:
    """The people at a ledger; their keys lie in the folder of its anchor."""

    ledger: Ledger

    def key(self, staff_no: str) -> PrivateKey:
        """The private key of one of them."""
        return PrivateKey.read(key_file(self.ledger.anchor.folder, staff_no), self.ledger.path)

    def signing(self, staff_no: str) -> PrivateKey:
        """The same, which signs what is written from now on."""
        key = self.key(staff_no)
        self.ledger.signer = key
        return key

    @contextmanager
    def write(self, staff_no: str) -> Iterator[Writer]:
        """A write by one of them, signed."""
        self.signing(staff_no)
        with self.ledger.write(staff_no) as writer:
            yield writer

    def agree(self, number: int) -> str:
        """The second person agrees to what the first has asked for in record `number`; the command that does so."""
        key = self.signing(CHECKER)
        with self.ledger.write(CHECKER) as writer:
            agree(writer, number, signer=key)
        return _command(number)

    def agree_to_act(self) -> str:
        """The second person signs what was written last; the command that does so."""
        number = self.ledger.act
        assert number is not None, "what takes two is an act"
        return self._sign(number)

    def agree_to_what_waits(self) -> str:
        """The same of the one act that waits since an earlier day."""
        with self.ledger.read() as view:
            (number,) = open_acts(view)
        return self._sign(number)

    def _sign(self, number: int) -> str:
        key = self.signing(CHECKER)
        with self.ledger.write(CHECKER) as writer:
            sign(writer, key, subject(writer, number), APPROVE)
        return _command(number)

    def issue(self, path: str, fen: int, document: str, on: date) -> str:
        """A budget, ordered by one and carried out by another's signature; the command of that one."""
        key = self.signing(MAKER)
        number = orders.ask(self.ledger, Asked(ISSUED, path, fen, document, on=on), MAKER, key).order
        orders.approve(self.ledger, number, CHECKER, self.signing(CHECKER))
        return _command(number)

    def post(self, number: int) -> str:
        """The second signature under the run `number`, which posts it; the command that does so."""
        closing.approve(self.ledger, number, CHECKER, self.signing(CHECKER))
        return _command(number)


def found(url: str, anchor: Path, clock: Clock, entropy: Entropy) -> Office:
    """A ledger that the first two found, and to which they enter the third."""
    path = ledger_path(url)

    def key_of(staff_no: str, origin: str) -> PrivateKey:
        file = key_file(anchor, staff_no)
        file.parent.mkdir(mode=0o700, exist_ok=True)
        return own_key(file, f"{staff_no}@{origin}", path, entropy(32))

    def fill(writer: Writer) -> None:
        charts.seed(writer)
        benchmarks.seed(writer)
        key = key_of(MAKER, writer.body(kinds.GENESIS, 0)["origin"])
        founding.enter(writer, key, POSTS[MAKER], document_of(MAKER), key.public)

    ledger = Ledger.create(
        url,
        actor=MAKER,
        calculators=CALCULATORS,
        purpose="demo",
        duties=text_of(DUTIES),
        fill=fill,
        clock=clock,
        entropy=entropy,
        anchor=anchor,
    )
    office = Office(ledger)
    second = key_of(CHECKER, ledger.origin)
    with office.write(CHECKER) as writer:
        founding.enter(writer, second, POSTS[CHECKER], document_of(CHECKER), second.public)
    third = key_of(PAYER, ledger.origin)
    joins = Appointment(PAYER, POSTS[PAYER], document_of(PAYER))
    with office.write(MAKER) as writer:
        number = enrol(writer, ledger.vault, office.key(MAKER), joins, third.public, third.sign)
    office.agree(number)
    return office


def key_file(anchor: Path, staff_no: str) -> Path:
    """Where the private key of one of the people lies."""
    return anchor / "keys" / f"{staff_no}.key"


def document_of(staff_no: str) -> str:
    """The number of the document that appoints one of the people."""
    return f"示例任〔2025〕{int(staff_no) - 1000}号"


def _command(number: int) -> str:
    return f"$ subsidy approve {number} --actor {CHECKER}"
