"""`subsidy init --from-practice`: what was tried in a ledger for practice, taken in by an office's own."""

from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import rich_click as click

from calculators.problems import N_, Refused
from ledger.audit.ledger import Ledger
from ledger.commands.ui.context import table
from ledger.runs.practised import Brought, Step, bring, steps
from ledger.sheets.names import RegisterName
from ledger.words import _

_DID = {True: N_("taken in"), False: N_("stands already"), None: N_("left out: no file with these bytes is there")}
_ASKED = {True: N_("new here"), **{said: _DID[said] for said in (False, None)}}
# What one post alone may not sign first is somebody else's to bring.
_OF_OTHERS = "duty_differs"


class _Enough(Exception):
    """A preview has seen what it came for: nothing of it is written."""


def take_over(ledger: Ledger, practice: Ledger, folder: Path, actor: str, *, preview: bool) -> None:
    """Bring what a ledger for practice has, step by step; with `preview` show it, and write nothing.

    Refuses `not_practice`, and what a step refuses; what came before it stands.
    """
    with practice.read() as view:
        asked = steps(view)
    files = {sha256(path.read_bytes()).hexdigest(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    rows: list[tuple[str, ...]] = []
    try:
        if preview:
            _preview(ledger, asked, files, actor, rows)
        else:
            for step in asked:
                _record(ledger, step, files, actor, rows)
    finally:
        if rows:
            table([_("What"), _("Name"), _("State"), _("New"), _("Changed"), _("The same"), _("Void")], rows)
    if preview:
        click.echo(_("Nothing was written. Leave out --preview to take it in."))
    else:
        click.echo(_("What waits for a second signature: subsidy approvals"))


def _preview(
    ledger: Ledger, asked: Iterable[Step], files: dict[str, Path], actor: str, rows: list[tuple[str, ...]]
) -> None:
    # Each step is seen as the ones before it would leave the ledger.
    with suppress(_Enough), ledger.write(actor) as writer:
        for step in asked:
            rows.append(_row(step, _ASKED, bring(writer, ledger.vault, step, files)))
        raise _Enough


def _record(ledger: Ledger, step: Step, files: dict[str, Path], actor: str, rows: list[tuple[str, ...]]) -> None:
    try:
        with ledger.write(actor) as writer:
            brought = bring(writer, ledger.vault, step, files)
    except Refused as refused:
        if refused.problems[0].code != _OF_OTHERS:
            raise
        rows.append((*_name(step), _("for somebody else to take in"), "", "", "", ""))
        return
    rows.append(_row(step, _DID, brought))


def _row(step: Step, words: dict[bool | None, str], brought: Brought) -> tuple[str, ...]:
    counts = [str(brought.counts.get(action, "")) for action in ("new", "changed", "same", "void")]
    return (*_name(step), _(words[brought.written]), *counts)


def _name(step: Step) -> tuple[str, str]:
    words = {"notice": _("notice"), "mapping": _("mapping")}
    return words.get(step.what) or str(RegisterName(step.register)), step.name
