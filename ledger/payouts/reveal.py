"""Clear text of a payee for somebody who may see it: one encrypted file, and a record of who looked and why.

The record comes first, so that a look which was not recorded cannot be. The file is what `openssl enc` reads, because
whoever opens it needs no program of ours: AES-256-CBC, key and vector by PBKDF2 (SHA-256) from the passphrase.
"""

import json
from hashlib import pbkdf2_hmac, sha256
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from calculators.problems import N_, Place, Refused, refuse
from ledger.log import kinds
from ledger.office.people import people
from ledger.store.ledger import Ledger, Writer

# The post that may look (assumption: no source names one).
POST = "账户管理岗"
# OWASP's figure for PBKDF2 with SHA-256.
ROUNDS = 600_000
SHORTEST = 12
_SALT, _KEY, _BLOCK = 8, 32, 16
_OTHERS = 0o077


def reveal(ledger: Ledger, actor: str, reference: str, reason: str, passphrase: bytes) -> bytes:
    """Record the look and give the encrypted file: JSON of payee, uscc, channel, institution, number and holder.

    Refuses `reveal_not_authorised`, `payee_unknown`, `vault_unknown` and `vault_differs`; then nothing is written.
    """
    with ledger.write(actor) as writer:
        _check_post(writer)
        row = writer.current(kinds.PAYEE, reference)
        if row is None:
            raise refuse(
                "payee_unknown",
                N_("there is no payee {payee}"),
                N_("write its reference as `subsidy entity show` lists it"),
                payee=reference,
            )
        shown = {"payee": row.key, **{name: row.body[name] for name in ("uscc", "channel", "institution")}}
        clear = {name: ledger.vault.reveal(row.body[name], row.key) for name in ("number", "holder")}
        text = json.dumps({**shown, **clear}, ensure_ascii=False, indent=2) + "\n"
        sealed = seal(text.encode(), passphrase, ledger.entropy(_SALT))
        writer.append(
            kinds.REVEAL,
            kinds.RevealBody(about=row.key, version=row.seq, reason=reason, sha256=sha256(sealed).hexdigest()),
        )
    return sealed


def seal(content: bytes, passphrase: bytes, salt: bytes) -> bytes:
    """Content as `openssl enc -aes-256-cbc -pbkdf2 -iter 600000` writes it."""
    derived = pbkdf2_hmac("sha256", passphrase, salt, ROUNDS, _KEY + _BLOCK)
    padder = PKCS7(8 * _BLOCK).padder()
    cipher = Cipher(algorithms.AES256(derived[:_KEY]), modes.CBC(derived[_KEY:])).encryptor()
    padded = padder.update(content) + padder.finalize()
    return b"Salted__" + salt + cipher.update(padded) + cipher.finalize()


def read_passphrase(path: Path) -> bytes:
    """The first line of a file that only its owner may read.

    Refuses `file_unreadable`, `passphrase_exposed` and `passphrase_short`.
    """
    try:
        exposed = path.stat().st_mode & _OTHERS
        # Bytes up to the line feed, as openssl takes them.
        passphrase = path.read_bytes().partition(b"\n")[0]
    except OSError as error:
        raise refuse(
            "file_unreadable",
            N_("the file cannot be read ({error})"),
            N_("check its name and place"),
            Place(path.name),
            error=error.strerror,
        ) from error
    if exposed:
        raise _passphrase(
            path,
            "passphrase_exposed",
            N_("others may read this passphrase"),
            N_("take their rights away: chmod 600 {file}"),
        )
    if len(passphrase) < SHORTEST:
        raise _passphrase(
            path,
            "passphrase_short",
            N_("the passphrase has fewer than {shortest} bytes"),
            N_("write a longer one as the first line of {file}"),
        )
    return passphrase


def _passphrase(path: Path, code: str, what: str, todo: str) -> Refused:
    return refuse(code, what, todo, Place(path.name), file=path.name, shortest=SHORTEST)


def _check_post(writer: Writer) -> None:
    person = people(writer)[writer.actor]
    if person.post != POST:
        raise refuse(
            "reveal_not_authorised",
            N_("{actor} does not hold the post {post}"),
            N_("ask who does; `subsidy people list` shows the posts"),
            actor=writer.actor,
            post=POST,
        )
