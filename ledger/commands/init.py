"""`subsidy init`: make a new ledger with its vault and its anchor, founded by one person and opened by a second."""

import os
from datetime import date
from pathlib import Path

import rich_click as click

from calculators.awards.all import CALCULATORS
from calculators.problems import N_
from ledger.audit.ledger import Ledger
from ledger.book import charts
from ledger.commands.practised import take_over
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings, actor_option, key_named, pass_settings
from ledger.commands.ui.signing import needed, opened
from ledger.log import kinds
from ledger.office import founding
from ledger.office.duties import duties_of, text_of
from ledger.office.duty import check_whole, in_force, unheld
from ledger.office.key_files import KeyFile, own_key
from ledger.office.people import people
from ledger.office.signing import Signer
from ledger.registry import benchmarks
from ledger.sheets.files import Target
from ledger.store.engine import ledger_path
from ledger.store.ledger import View, Writer, local_day
from ledger.words import _, listed


@command()
@actor_option
@click.option(
    "--practice", is_flag=True, help=N_("A ledger for learning: no signature is asked for; every sheet says so.")
)
@click.option("--second", is_flag=True, help=N_("Open a ledger that somebody else has founded, as its second person."))
@click.option(
    "--from-practice",
    "practice_url",
    metavar="URL",
    help=N_("Take in what a ledger for practice has: notices, mappings, and the files of registers in --files."),
)
@click.option(
    "--files",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help=N_("With --from-practice: the folder in which the files of registers are looked for."),
)
@click.option("--preview", is_flag=True, help=N_("With --from-practice: show what it would take in; write nothing."))
@click.option("--post", metavar="POST", help=N_("Your post, as the set of duties names it."))
@click.option("--document", metavar="NO", help=N_("Number of the document that appoints you."))
@click.option(
    "--duties",
    "set_name",
    metavar="[three|full|FILE]",
    default="three",
    show_default=True,
    help=N_("The set of duties that the ledger begins under: who signs what."),
)
@click.option("--public", metavar="HEX", help=N_("With --second: your public key, where the private one is not here."))
@pass_settings
def init(
    settings: Settings,
    actor: str,
    practice: bool,
    second: bool,
    practice_url: str | None,
    files: Path | None,
    preview: bool,
    post: str | None,
    document: str | None,
    set_name: str,
    public: str | None,
) -> None:
    """Make a new, empty ledger: the first person founds it, and it is open once a second one has signed.

    It begins with the charts of accounts, the published loan prime rates and a set of duties. Each of the two has a key
    of their own: in the file --key, which is made where there is none, or, for the second person, on another machine
    (--public with --challenge, then --signature). The key that signs the ledger itself is kept outside its folder: in
    SUBSIDY_ANCHOR, else under ~/.local/share/subsidy. Where it is interrupted there is no ledger, and the next
    `subsidy init` clears what is left.

    Once it is open, --from-practice takes in what was tried in a ledger for practice, each notice, mapping and file as
    its own command would: no record is carried over, every step is signed (--key), and what stands is left as it is. So
    it is given again once what waits was agreed to.

    Example:
      subsidy init --actor 1001 --post 经办岗 --document 任〔2026〕1号 --key ~/1001.key
      subsidy init --second --actor 1002 --post 复核岗 --document 任〔2026〕1号 --key ~/1002.key
      subsidy init --practice --actor 1001
      subsidy init --from-practice sqlite:///practice.db --files inputs --preview --actor 1001
    """
    if practice_url:
        for option, given_ in {"--files": files, "--key": preview or key_named()}.items():
            if not given_:
                raise click.MissingParameter(param_hint=option, param_type="option")
        take_over(opened(settings), Ledger.open(practice_url), Path(str(files)), actor, preview=preview)
        return
    if practice:
        _tell(Ledger.create(settings.db_url, actor=actor, calculators=CALCULATORS, fill=fill))
        click.echo(_("This is a ledger for practice: nothing in it counts, and nothing is paid by it."))
        click.echo(_("Next: subsidy notice add FILE, subsidy budget issue PATH YUAN --document NO, subsidy import ..."))
        return
    given = {"--post": post, "--document": document}
    for name, value in given.items():
        if not value:
            raise click.MissingParameter(param_hint=name, param_type="option")
    if second:
        _open(settings, actor, str(post), str(document), public)
        return
    _found(settings, actor, str(post), str(document), set_name)


def _found(settings: Settings, actor: str, post: str, document: str, set_name: str) -> None:
    file, text = key_named(), text_of(set_name)
    check_whole(text, set_name)
    if file is None:
        raise click.MissingParameter(param_hint="--key", param_type="option")
    path, made = ledger_path(settings.db_url), not file.expanduser().exists()

    def founded(writer: Writer) -> None:
        fill(writer)
        key = own_key(file, f"{actor}@{writer.body(kinds.GENESIS, 0)['origin']}", path, os.urandom(32))
        founding.enter(writer, key, post, document, key.public)

    try:
        ledger = Ledger.create(
            settings.db_url, actor=actor, calculators=CALCULATORS, purpose="production", duties=text, fill=founded
        )
    except BaseException:
        # A key that nothing names is not kept.
        if made:
            file.expanduser().unlink(missing_ok=True)
        raise
    _tell(ledger)
    click.echo(
        _(
            "It is not open yet. Next, by the second person: "
            "subsidy init --second --post {post} --document NO --key FILE"
        ).format(post=next((word for word in duties_of(text, set_name).posts.values() if word != post), "POST"))
    )


def _open(settings: Settings, actor: str, post: str, document: str, public: str | None) -> None:
    ledger = opened(settings, "proof")
    paper = Target(ledger.path.with_suffix(".founding.txt"))
    with ledger.read() as view:
        if founding.opened(view) and not paper.path.exists():
            # The machine stopped between the record and the paper.
            paper.write(founding.sheet_text(view).encode())
            click.echo(_("Print {file}, sign it both by hand, and give it to the auditor.").format(file=paper.path))
            return
        founding.check_unopened(view)
    paper.check()
    signer, key = _signer(ledger, actor, public)
    with ledger.write(actor) as writer:
        founding.enter(writer, signer, post, document, key)
    with ledger.read() as view:
        paper.write(founding.sheet_text(view).encode())
        missing = _unheld(view, local_day(ledger.clock()))
    click.echo(_("The ledger is open. Whatever is written to it from now on is signed."))
    click.echo(_("Print {file}, sign it both by hand, and give it to the auditor.").format(file=paper.path))
    if missing:
        text = _("Nobody holds yet: {posts}. No budget is ordered before somebody does.")
        click.echo(text.format(posts=listed(missing)))
    text = _("Next, whoever joins, on their own machine: subsidy sign --new-key STAFFNO@{name} --key FILE")
    click.echo(text.format(name=ledger.origin))
    text = _("Then here: subsidy people enrol STAFFNO --post {post} --document NO --public HEX --challenge FILE")
    click.echo(text.format(post=next(iter(missing), "POST")))


def _unheld(view: View, day: date) -> list[str]:
    duties = in_force(view)
    return unheld(duties, list(people(view).values()), day) if duties else []


def _signer(ledger: Ledger, actor: str, public: str | None) -> tuple[Signer, str]:
    """Who signs as the second person, and with which public key."""
    named = ledger.signer
    if isinstance(named, KeyFile):
        key = own_key(named.path, f"{actor}@{ledger.origin}", ledger.path, os.urandom(32))
        return key, key.public
    if not public:
        raise click.MissingParameter(param_hint="--public", param_type="option")
    return needed(named), public


def _tell(ledger: Ledger) -> None:
    anchor = ledger.anchor
    lines = (
        (_("ledger:       {path}"), ledger.path),
        (_("vault:        {path}"), ledger.vault.path),
        (_("anchor:       {path}"), anchor.folder),
        (_("name:         {path}"), ledger.origin),
        (_("verifier key: {path}"), anchor.verifier_file.read_text(encoding="utf-8").strip()),
    )
    for text, path in lines:
        click.echo(text.format(path=path))
    click.echo(
        _(
            "Back up the ledger and the vault together, and the anchor elsewhere: whoever holds both can forge. "
            "Give the verifier key and, from time to time, the anchor's checkpoint to the auditor."
        )
    )


def fill(writer: Writer) -> None:
    """What every ledger begins with."""
    charts.seed(writer)
    benchmarks.seed(writer)
