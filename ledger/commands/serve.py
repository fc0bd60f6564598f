"""`subsidy serve`: the console for officers and the API for programs, by a service account on a server."""

import os
import re
import socket
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import rich_click as click

from calculators.problems import N_, Place, refuse
from ledger.audit.ledger import Ledger
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings, pass_settings
from ledger.engines.extras import extra
from ledger.engines.loopback import is_loopback
from ledger.sheets.files import Target
from ledger.store.places import check_private
from ledger.words import _

# Of a token: as many random bytes as a key has.
_BYTES = 32
FILE = click.Path(path_type=Path)


@command()
@click.option(
    "--token",
    "token_file",
    type=FILE,
    required=True,
    metavar="FILE",
    help=N_("The token that programs show; a file that is not there is made, for nobody else to read."),
)
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help=N_("Where to listen."))
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help=N_("0: any free one."))
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="HOST[:PORT]",
    help=N_("A name by which browsers reach the console, beside the address; it answers to no other."),
)
@click.option("--tls-cert", type=FILE, metavar="FILE", help=N_("The certificate, with what it is signed by (PEM)."))
@click.option("--tls-key", type=FILE, metavar="FILE", help=N_("The key of the certificate (PEM)."))
@pass_settings
def serve(
    settings: Settings,
    token_file: Path,
    host: str,
    port: int,
    names: tuple[str, ...],
    tls_cert: Path | None,
    tls_key: Path | None,
) -> None:
    """Answer officers in their browsers, and programs under /api/v1: what waits, months, lines, payments, the log.

    Officers sign in with their own keys, in the browser or with `subsidy --server URL sign-in`; their commands are
    signed where the keys are. Off this machine only with TLS. It runs until Ctrl-C or a signal to end. Needs the extra
    `server`.

    Example:
      subsidy serve --token api.token
      subsidy serve --token api.token --host 10.0.0.5 --name books.example --tls-cert server.pem --tls-key server.key
    """
    with extra("server"):
        import uvicorn

        from ledger.commands.runner import beside
        from ledger.web.api.app import PREFIX
        from ledger.web.server import create_server
    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError(_("--tls-cert and --tls-key belong together"))
    if tls_cert is None and not is_loopback(host):
        raise refuse(
            "tls_needed",
            N_("{host} can be reached from other machines, and nothing would be encrypted"),
            N_("give --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy that has them"),
            Place("--host"),
            host=host,
        )
    ledger = Ledger.open(settings.db_url)
    with ledger.read():
        pass
    token = _token(token_file)
    with _listening(host, port) as listening:
        scheme, where = "https" if tls_cert else "http", listening.getsockname()[:2]
        app = create_server(
            ledger, beside(ledger, proved=True), hosts=_hosts(scheme, host, where[1], names), token=token
        )
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            ssl_certfile=tls_cert,
            ssl_keyfile=str(tls_key) if tls_key else None,
            h11_max_incomplete_event_size=16 * 1024,
            limit_concurrency=200,
            timeout_keep_alive=5,
        )
        click.echo(
            _("Answering at {address}; the token stands in {file}. Ctrl-C ends it.").format(
                address=f"{scheme}://{where[0]}:{where[1]}{PREFIX}", file=token_file.name
            )
        )
        # The server has answered what it was asked and gives the signal back, where nobody ignores it.
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])
        click.echo(_("Ended."))


def _hosts(scheme: str, host: str, port: int, names: Iterable[str]) -> set[str]:
    """What a browser may name in `Host`: the address with its port, and the names; the usual port is left out."""
    given = [host, *names, *(["localhost"] if is_loopback(host) else [])]
    with_ports = {name if re.search(r":\d+$", name) else f"{name}:{port}" for name in given}
    usual = f":{443 if scheme == 'https' else 80}"
    # Behind a proxy a browser names no port of ours.
    return with_ports | {name.removesuffix(usual) for name in with_ports} | set(names)


def _token(file: Path) -> str:
    """The token in a file; a new one where there is none. Refuses `token_malformed` and a file that others can read."""
    if not file.exists():
        Target(file).write(f"{os.urandom(_BYTES).hex()}\n".encode(), private=True)
    check_private(file)
    token = file.read_text(encoding="ascii", errors="replace").strip()
    if len(token) < 2 * _BYTES or not token.isalnum() or not token.isascii():
        raise refuse(
            "token_malformed",
            N_("this is no token: {count} or more letters and figures on one line"),
            N_("name a file that is not there, and one is made"),
            Place(file.name),
            count=2 * _BYTES,
        )
    return token


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise refuse(
            "cannot_listen",
            N_("{host}:{port} cannot be listened on ({reason})"),
            N_("name an address of this machine and a free port"),
            Place("--host"),
            host=host,
            port=port,
            reason=error.strerror or str(error),
        ) from error
