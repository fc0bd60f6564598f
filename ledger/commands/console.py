"""`subsidy console`: the ledger in a browser, for one person on one machine."""

import os
import socket
import webbrowser
from contextlib import suppress
from urllib.parse import urlencode

import rich_click as click

from calculators.problems import N_
from ledger.audit.ledger import Ledger
from ledger.commands.ui.command import command
from ledger.commands.ui.context import ACTOR_SAID, Settings, pass_settings
from ledger.engines.extras import extra
from ledger.words import _

LOOPBACK = "127.0.0.1"


@command()
@click.option("--no-browser", is_flag=True, help=N_("Only print the address; open no browser."))
@pass_settings
def console(settings: Settings, no_browser: bool) -> None:
    """Open the ledger in a browser: months, firms, lines, why an amount is what it is, and what is to be done next.

    Every next command that a page shows is a form there; what is to be signed is signed where the key is.

    It answers on this machine alone, at a free port, to the one browser that brings the address: the address opens
    once. It runs until Ctrl-C. Needs the extra `server`.

    Example:
      subsidy console
      subsidy console --no-browser
    """
    with extra("server"):
        import uvicorn

        from ledger.commands.runner import beside
        from ledger.web.app import create_app
        from ledger.web.door import ENTER, OneToken
    ledger = Ledger.open(settings.db_url)
    with ledger.read():
        pass
    door = OneToken(os.urandom)
    with socket.create_server((LOOPBACK, 0)) as listening:
        port = listening.getsockname()[1]
        hosts = {f"{LOOPBACK}:{port}", f"localhost:{port}"}
        app = create_app(
            ledger, beside(ledger, proved=False), hosts=hosts, door=door, actor=os.environ.get(ACTOR_SAID, "")
        )
        address = f"http://{LOOPBACK}:{port}{ENTER}?{urlencode({'token': door.token, 'lang': settings.lang})}"
        click.echo(_("Open this address; it opens once:"))
        click.echo(address)
        click.echo(_("Ctrl-C ends it."))
        if not no_browser:
            webbrowser.open(address)
        server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none", server_header=False)
        )
        # The server has answered what it was asked and gives the signal back, where nobody ignores it.
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listening])
        click.echo(_("Ended."))
