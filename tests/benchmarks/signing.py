"""Signed acts, each a write of its own through the doors of an office of three, and signatures read again.

Acts that pay money prove the whole book first and are measured by `paying`. What is bare beside them: the same bytes
signed, or checked, by the library alone.
"""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.audit.ledger import Ledger
from ledger.demo.year import credit_code
from ledger.log import kinds
from ledger.office.key_files import PrivateKey
from ledger.office.signing import verifies
from tests.benchmarks.measure import Spent, compared, in_turns, spent
from tests.support.founded import founded_office
from tests.support.three_office import MAKER, Three

ACTS, SIGNATURES = 200, 10_000
NOON = datetime(2024, 1, 5, 4, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(sha256(b"signing").digest())


def lines() -> Iterator[str]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "ledger").mkdir()
        # In a process of its own: its clock stands still while it is made, and would here too.
        with ProcessPoolExecutor(1) as pool:
            office = pool.submit(founded_office, folder / "ledger", anchor=folder / "anchor").result()
        done = iter(range(ACTS * 100))
        pairs = in_turns(
            lambda: spent(lambda: acts(office, [next(done) for _ in range(ACTS)])),
            lambda: spent(lambda: [KEY.sign(b"a" * 400) for _ in range(ACTS)]),
        )
    cpu = sorted(ours.cpu for ours, _bare in pairs)
    each = f"{ACTS / cpu[-1]:.0f} to {ACTS / cpu[0]:.0f} a second of processor time"
    yield f"signed acts: {each}; {compared(pairs, ACTS, 'a bare signature', 'act')}"
    yield f"signatures: {compared(checked(), SIGNATURES, 'the library', 'signature')}"


def acts(office: Three, numbers: list[int]) -> None:
    """An import of one firm for each number: what was read, the row, and the act over both, in a write of its own."""
    ledger = Ledger.open(office.url, clock=lambda: NOON, anchor=office.anchor)
    ledger.signer = PrivateKey.read(Path(office.key(MAKER)), ledger.path)
    for number in numbers:
        with ledger.write(MAKER) as writer:
            writer.append(
                kinds.IMPORT,
                kinds.ImportBody(
                    register="entity",
                    mode="delta",
                    file="firm.csv",
                    sha256=sha256(str(number).encode()).hexdigest(),
                    new=1,
                    changed=0,
                    same=0,
                    void=0,
                ),
            )
            body = kinds.EntityBody(key=credit_code(number), name="示例", check="passed", districts=[], statuses=[])
            writer.append(kinds.ENTITY, body)


def checked() -> list[tuple[Spent, Spent]]:
    """So many signatures, checked as every record of a log is, and by the library alone."""
    public = KEY.public_key()
    raw = public.public_bytes_raw().hex()
    messages = [f"{number:0400d}".encode() for number in range(SIGNATURES)]
    signatures = [KEY.sign(message) for message in messages]

    def ours() -> None:
        for message, signature in zip(messages, signatures, strict=True):
            assert verifies(raw, signature.hex(), message)

    def bare() -> None:
        for message, signature in zip(messages, signatures, strict=True):
            public.verify(signature, message)

    return in_turns(lambda: spent(ours), lambda: spent(bare))
