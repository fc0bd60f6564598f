"""The vault: clear text that the log must not hold, in a file of its own, and the commitments that stand in the log.

A commitment is SHA-256 over tag, a salt of 32 bytes and the value: without the salt nobody can guess the value from
it. Erasing a value overwrites it in the file (`secure_delete`); the commitment stays in the log, and proves nothing
more. No calculation reads the vault.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    delete,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import DBAPIError

from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.log.canonical import canonical
from ledger.store.engine import among, creating_engine, of_the_machine, reading_engine, these, writing_engine

FILE = "vault.db"

_metadata = MetaData()
_secret = Table(
    "secret",
    _metadata,
    Column("commitment", Text, primary_key=True),
    Column("tag", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("value", Text, nullable=False),
    Index("secret_value", "tag", "value"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
# Papers that hold clear text, as they went out.
_paper = Table(
    "paper",
    _metadata,
    Column("sha256", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
_rows = select(_secret.c.commitment, _secret.c.tag, _secret.c.salt, _secret.c.value)
_keeping = insert(_paper).prefix_with("OR IGNORE")
# The logs whose clear text stands here.
_owner = Table(
    "owner", _metadata, Column("origin", Text, primary_key=True), sqlite_strict=True, sqlite_with_rowid=False
)


class Opening(NamedTuple):
    """What opens a commitment: under which tag, with which 32 bytes of salt, and the value."""

    tag: str
    salt: bytes
    value: str


def commitment(tag: str, salt: bytes, value: str) -> str:
    """What stands in the log for `value`: a hash in hex."""
    body = canonical({"$schema": "subsidy/commitment/1", "salt": salt.hex(), "tag": tag, "value": value})
    return sha256(body).hexdigest()


def _differs(whose: str) -> Problem:
    return Problem(
        "vault_differs",
        N_("the clear text in the vault is not what was recorded"),
        N_("pay nothing to it; put the vault back from a backup, and find out who changed it"),
        Place(whose),
    )


class Vault:
    """The vault beside a ledger. Every call is a transaction of its own; it is durable when the call returns."""

    def __init__(self, path: Path, entropy: Callable[[int], bytes], origin: Callable[[], str]) -> None:
        self.path = path
        self._entropy = entropy
        self._origin = origin
        self._known = False
        # Whether a value that is kept already gets the commitment that it has: so the same file gives the same records
        # again, which somebody has signed elsewhere.
        self.again = False

    def create(self, origin: str) -> None:
        """Make the file for the log `origin`; one that exists (another ledger's in the same folder) serves it too.

        One of an earlier release, which does not say whose it is, is taken as it is.
        """
        # DELETE, not WAL: clear text would stay in a WAL file after it was erased from the database.
        with self._usable(), creating_engine(self.path, "journal_mode=DELETE").begin() as connection:
            if not inspect(connection).has_table(_secret.name) or inspect(connection).has_table(_owner.name):
                _metadata.create_all(connection)
                connection.execute(insert(_owner), {"origin": origin})
        self.path.chmod(0o600)

    def adopt(self) -> bool:
        """Say in a vault of an earlier release whose it is; whether that was needed."""
        with self._begin(writing_engine) as connection:
            if inspect(connection).has_table(_owner.name):
                return False
            _owner.create(connection)
            connection.execute(insert(_owner), {"origin": self._origin()})
        return True

    def commit(self, tag: str, value: str) -> str:
        """Keep `value` under a new salt and give its commitment."""
        return self.commit_many([(tag, value)])[0]

    def commit_many(self, values: Iterable[tuple[str, str]]) -> list[str]:
        """Keep (tag, value) pairs in one transaction; their commitments in order."""
        values = list(values)
        kept = self._kept_already(values) if self.again else {}
        rows, given = [], []
        for tag, value in values:
            if (tag, value) in kept:
                given.append(kept[tag, value])
                continue
            salt = self._entropy(32)
            given.append(commitment(tag, salt, value))
            rows.append({"commitment": given[-1], "tag": tag, "salt": salt, "value": value})
            if self.again:
                kept[tag, value] = given[-1]
        if rows:
            with self._begin(writing_engine) as connection:
                connection.execute(insert(_secret), rows)
        return given

    def _kept_already(self, values: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        by_tag: dict[str, list[str]] = {}
        for tag, value in values:
            by_tag.setdefault(tag, []).append(value)
        return {
            (tag, value): min(commitments)
            for tag, of_tag in by_tag.items()
            for value, commitments in self.find(tag, of_tag).items()
        }

    def reveal(self, commitment: str, whose: str) -> str:
        """The value behind a commitment of `whose`; refuses `vault_unknown` (erased, or not here), `vault_differs`."""
        found = self.reveal_many({commitment: whose})
        if commitment not in found:
            raise refuse(
                "vault_unknown",
                N_("the vault holds no clear text for {commitment}"),
                N_("it was erased, or {file} is not this ledger's"),
                commitment=commitment,
                file=FILE,
            )
        return found[commitment]

    def reveal_many(self, whose: Mapping[str, str]) -> dict[str, str]:
        """The values behind commitments; those that the vault does not hold are left out.

        `whose` says of each commitment what it is of. Each value is opened against its commitment: refuses
        `vault_differs` with all that are not what was recorded, named by whose they are and never by what they say.
        """
        return {commitment: opened.value for commitment, opened in self.openings(whose).items()}

    def openings(self, whose: Mapping[str, str]) -> dict[str, Opening]:
        """What opens commitments, for who must see it and has no vault; left out and refused as in `reveal_many`."""
        found: dict[str, Opening] = {}
        differing = set()
        chosen = _rows.where(among(_secret.c.commitment))
        with self._begin(reading_engine) as connection:
            for recorded, tag, salt, value in connection.execute(chosen, these(whose)):
                found[recorded] = Opening(tag, salt, value)
                if commitment(tag, salt, value) != recorded:
                    differing.add(whose[recorded])
        if differing:
            raise Refused(_differs(name) for name in sorted(differing))
        return found

    def find(self, tag: str, values: Iterable[str]) -> dict[str, set[str]]:
        """The commitments of each value that the vault holds under `tag`; refuses `vault_differs`."""
        found: dict[str, set[str]] = {}
        chosen = _rows.where(_secret.c.tag == tag, among(_secret.c.value))
        with self._begin(reading_engine) as connection:
            for recorded, _tag, salt, value in connection.execute(chosen, these(values)):
                if commitment(tag, salt, value) != recorded:
                    raise Refused(_differs(recorded))
                found.setdefault(value, set()).add(recorded)
        return found

    def keep(self, content: bytes) -> str:
        """Keep a paper, such as an order to a bank, and give the SHA-256 of its bytes in hex."""
        digest = sha256(content).hexdigest()
        with self._begin(writing_engine) as connection:
            _paper.create(connection, checkfirst=True)
            connection.execute(_keeping, {"sha256": digest, "content": content})
        return digest

    def kept(self, digest: str) -> bytes | None:
        """The paper whose bytes have this SHA-256; None where the vault does not hold it as it was."""
        with self._begin(reading_engine) as connection:
            if not inspect(connection).has_table(_paper.name):
                return None
            content = connection.scalar(select(_paper.c.content).where(_paper.c.sha256 == digest))
        return content if content is not None and sha256(content).hexdigest() == digest else None

    def erase(self, commitment: str) -> None:
        """Overwrite the value behind a commitment; nothing happens where there is none."""
        with self._begin(writing_engine, "secure_delete=ON") as connection:
            connection.execute(delete(_secret).where(_secret.c.commitment == commitment))

    @contextmanager
    def _begin(self, make: Callable[..., Engine], *settings: str) -> Iterator[Connection]:
        """A transaction on the file; refuses `vault_missing` and `vault_unusable`."""
        if not self.path.is_file():
            raise refuse(
                "vault_missing",
                N_("the ledger's vault {file} is not there"),
                N_("put it back from a backup into the ledger's folder"),
                Place(str(self.path)),
                file=FILE,
            )
        with self._usable(), make(self.path, *settings).begin() as connection:
            self._check_owner(connection)
            yield connection

    def _check_owner(self, connection: Connection) -> None:
        """Whether the vault serves this log; one made before vaults said so says nothing until it is upgraded."""
        if self._known or not inspect(connection).has_table(_owner.name):
            return
        origin = self._origin()
        if connection.scalar(select(_owner.c.origin).where(_owner.c.origin == origin)) is None:
            raise refuse(
                "vault_foreign",
                N_("{file} is not the vault of this ledger ({origin})"),
                N_("put the ledger's own vault back from a backup into its folder"),
                Place(str(self.path)),
                file=FILE,
                origin=origin,
            )
        self._known = True

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            if not of_the_machine(error):
                raise
            raise refuse(
                "vault_unusable",
                N_("the vault cannot be read or written ({reason})"),
                N_("see to the disk and its room, and put the vault back from a backup where it is damaged"),
                Place(str(self.path)),
                reason=error.orig,
            ) from error
