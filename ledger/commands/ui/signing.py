"""How an officer signs at the command line: with a key that lies here, or elsewhere, by challenge and signature."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import rich_click as click
from click.exceptions import Exit

from calculators.problems import N_
from ledger.audit.ledger import Ledger
from ledger.commands.ui.context import FC, key_option
from ledger.office.challenges import Elsewhere, Given, ToBeSigned, challenge
from ledger.office.key_files import KeyFile, key_file
from ledger.office.signing import Signer
from ledger.sheets.files import Target
from ledger.words import _


class Way(NamedTuple):
    """What was said of how to sign: a key file, a file for the challenge, or the file of a signature; at most one."""

    key: Path | None
    challenge: Path | None
    signature: Path | None


def signing_options(command: FC) -> FC:
    """`--key FILE`, or `--challenge FILE` and then `--signature FILE`."""
    file = click.Path(path_type=Path)
    command = click.option(
        "--signature",
        type=file,
        metavar="FILE",
        help=N_("The signature that `subsidy sign` wrote for the challenge of this command."),
    )(command)
    command = click.option(
        "--challenge",
        type=file,
        metavar="FILE",
        help=N_("Write what is to be signed into this new file, for a key on another machine; nothing is recorded."),
    )(command)
    return key_option(required=False)(command)


def needed(signer: Signer | None) -> Signer:
    """The signer of what is always signed; a key file is read before anything else is looked at."""
    if signer is None:
        raise click.MissingParameter(param_hint="--key", param_type="option")
    return signer.key if isinstance(signer, KeyFile) else signer


@contextmanager
def signing(ledger: Ledger, way: Way) -> Iterator[Signer | None]:
    """The signer of a command, which ends with the challenge and nothing written where the key is elsewhere."""
    if sum(map(bool, (way.challenge, way.signature))) > 1:
        raise click.UsageError(_("--challenge or --signature, not both"))
    if way.signature:
        yield Given.read(way.signature)
    elif way.challenge:
        target = Target(way.challenge)
        target.check()
        try:
            yield Elsewhere()
        except ToBeSigned as asked:
            with ledger.read() as view:
                target.write(challenge(view, ledger.vault, asked.message), private=True)
            click.echo(
                _("Nothing is recorded yet. Sign {file}: subsidy sign {file} --key FILE").format(file=way.challenge)
            )
            click.echo(_("Then give this command again with --signature FILE in the place of --challenge."))
            raise Exit(0) from None
    else:
        yield key_file(way.key, ledger.path)
