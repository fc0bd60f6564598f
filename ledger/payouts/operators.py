"""Which operators' interfaces an order may be sent to: a host and the certificate it shows, said by two people.

One registers, another agrees; a later word about the same host takes the place of the one before, and anybody ends it.
The log has the hash of the certificate, the vault the certificate itself: nothing leaves for a host that shows another.
"""

import ssl
from hashlib import sha256

import httpx

from calculators.problems import N_, Place, Refused, refuse
from ledger.log import kinds
from ledger.office.signing import Signer, append_signed
from ledger.payouts.batches import Batch
from ledger.payouts.channels.client import THIS_MACHINE, checked
from ledger.registry.agreements import CHANNEL, agreement, asks
from ledger.registry.operators import is_code, shown_code
from ledger.store.ledger import Row, Vault, View, Writer

# What ended a registration.
_PERSON = "person"


def register(
    writer: Writer, vault: Vault, institution: str, url: str, certificate: bytes, reason: str, signer: Signer | None
) -> int | None:
    """Ask for an operator's interface; the log index of what was asked, None where the same stands or waits.

    `certificate` is PEM: the host's own or its issuer's; b"" for this machine, which is reached without one.
    Refuses `channel_malformed`, `channel_unencrypted`, `operator_unknown`, `certificate_missing`,
    `certificate_unreadable`.
    """
    subject = _subject(institution, url)
    if not is_code(institution):
        raise refuse(
            "operator_unknown",
            N_("{shown} is not the code of an operator"),
            N_("14 capital letters and digits: `subsidy operator list` shows them"),
            shown=shown_code(institution),
        )
    body = kinds.DecisionBody(key=f"{CHANNEL}/{subject}", type=CHANNEL, about=subject, reason=reason)
    if certificate:
        _context(certificate, subject)
        body["document"] = sha256(certificate).hexdigest()
    elif _host(url) not in THIS_MACHINE:
        raise refuse(
            "certificate_missing",
            N_("nothing says by what {about} is known"),
            N_("give the certificate that the operator has handed over: --certificate FILE"),
            about=subject,
        )
    stands = writer.current(kinds.DECISION, body["key"])
    if stands is not None and asks(stands.body) and stands.body.get("document") == body.get("document"):
        return None
    if certificate:
        vault.keep(certificate)
    return append_signed(writer, signer, kinds.DECISION, body)


def end(writer: Writer, institution: str, url: str, reason: str, signer: Signer | None) -> bool:
    """Nothing is sent there from now on; one person says so. False where nothing stands or waits."""
    subject = _subject(institution, url)
    stands = writer.current(kinds.DECISION, f"{CHANNEL}/{subject}")
    if stands is None or not asks(stands.body):
        return False
    body = kinds.DecisionBody(key=stands.key, type=CHANNEL, about=subject, reason=reason, ended_by=_PERSON)
    append_signed(writer, signer, kinds.DECISION, body)
    return True


def verified_by(view: View, vault: Vault, found: Batch, url: str) -> ssl.SSLContext | None:
    """What a connection to `url` for a batch has to be verified by; None for this machine.

    Refuses `channel_unregistered` and, where the vault has lost it, `certificate_gone`.
    """
    checked(url)
    subject = _subject(found.body["payer"].split("/")[2], url)
    stands = _in_force(view, subject)
    if stands is None:
        raise refuse(
            "channel_unregistered",
            N_("nobody has registered {about} for the orders of this wallet, or it waits for another person"),
            N_(
                "one registers it with `subsidy pay channel INSTITUTION URL --certificate FILE --reason TEXT`, another "
                "officer agrees with `subsidy approve NUMBER`; or `subsidy pay export` to a file"
            ),
            Place(found.key),
            about=subject,
        )
    if "document" not in stands.body:
        return None
    certificate = vault.kept(stands.body["document"])
    if certificate is None:
        raise refuse(
            "certificate_gone",
            N_("the vault does not hold the certificate of {about} as it was registered"),
            N_("put the vault back from a backup, or register the host again"),
            Place(found.key),
            about=subject,
        )
    return _context(certificate, subject)


def _in_force(view: View, subject: str) -> Row[kinds.DecisionBody] | None:
    row = view.current(kinds.DECISION, f"{CHANNEL}/{subject}")
    return row if row is not None and asks(row.body) and agreement(view, row.seq) else None


def _host(url: str) -> str:
    return httpx.URL(checked(url)).host


def _subject(institution: str, url: str) -> str:
    """An operator and the host, with the port where it is none of the usual ones."""
    return f"{institution}/{httpx.URL(checked(url)).netloc.decode('ascii')}"


def _context(certificate: bytes, subject: str) -> ssl.SSLContext:
    """Whoever shows this certificate, or one that it has issued, under the host's own name; nobody else."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # The certificate is trusted as it is, also where it was issued by somebody who is not.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(cadata=certificate.decode("ascii"))
    except (ssl.SSLError, UnicodeDecodeError) as error:
        raise _unreadable(subject) from error
    return context


def _unreadable(subject: str) -> Refused:
    return refuse(
        "certificate_unreadable",
        N_("this is no certificate of {about}"),
        N_("take the file in PEM form: text between BEGIN CERTIFICATE and END CERTIFICATE"),
        about=subject,
    )
