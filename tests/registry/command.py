"""The command line over a desk's ledger, as typed by officer 1001."""

import os

from click.testing import CliRunner, Result

from cli import cli
from tests.registry.desk import OFFICER, Desk


def call(desk: Desk, *words: str) -> Result:
    """What a command answered; its anchor is the desk's own."""
    anchor = desk.folder.with_name(f"{desk.folder.name}-anchor")
    environment = {**os.environ, "SUBSIDY_ACTOR": OFFICER, "SUBSIDY_ANCHOR": str(anchor)}
    return CliRunner().invoke(cli, ["--db", desk.url, *words], env=environment)
