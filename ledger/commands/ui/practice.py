"""A ledger for practice says so with every command that asks it, and on every sheet that it writes."""

import os
from functools import lru_cache

import click

from calculators.problems import Refused
from ledger.audit.ledger import Ledger
from ledger.commands.ui.context import Settings
from ledger.sheets.practice import MARK, WORD
from ledger.store.engine import ledger_path
from ledger.words import _


def say_practice(ctx: click.Context) -> None:
    """Say on standard error, and on what the command writes, that its ledger is for practice, where it is."""
    settings = ctx.find_object(Settings)
    word = _(WORD) if settings and _practised(settings.db_url) else ""
    if word:
        click.echo(word, err=True)
    token = MARK.set(word)
    ctx.call_on_close(lambda: MARK.reset(token))


def _practised(url: str) -> bool:
    try:
        path = ledger_path(url)
        found = os.stat(path)
    except (Refused, OSError):
        # The command says what is wrong with its ledger.
        return False
    return _purpose(url, found.st_dev, found.st_ino) == "practice"


@lru_cache(maxsize=256)
def _purpose(url: str, _device: int, _file: int) -> str:
    """What the ledger in a file is for, which never changes; "" for a file that is none."""
    try:
        return Ledger.open(url).genesis["purpose"]
    except Refused:
        return ""
