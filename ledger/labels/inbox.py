"""What waits for another person, and opinions, in words."""

from calculators.problems import N_
from ledger.book import envelopes
from ledger.office.acts import act_words
from ledger.queries.inbox import Task
from ledger.words import _

# `{names}` are the names behind the code in `Waiting.what`.
WAITING = {
    "interest": N_("run of the month {names}"),
    "batch": N_("run of the batch {names}"),
    envelopes.ISSUED: N_("budget issued to {names}"),
    envelopes.ADJUSTED: N_("budget adjusted: {names}"),
    envelopes.TRANSFERRED: N_("budget transferred: {names}"),
    envelopes.FROZEN: N_("budget frozen: {names}"),
    envelopes.UNFROZEN: N_("budget given free: {names}"),
    "pay": N_("payment batch {names}"),
    "payee": N_("change of payee {names}"),
    "claw-back": N_("claw-back {names}"),
    "ended": N_("the firm ended, and who takes its place: {names}"),
    "goes_on": N_("the firm {names} goes on after all"),
    "paper": N_("what was signed on paper of run {names}"),
    "operator": N_("operator {names} of digital renminbi wallets"),
    "opening": N_("what was paid under {names} before this ledger"),
    "opening_item": N_("what stood open when the ledger began: {names}"),
    "sign-off": N_("reconciliation statement of {names}"),
    "standing": N_("taking in statements of {names} that nothing proves complete"),
    "clearing-account": N_("the other side of line {names} is an account of the bank's own"),
    "paid-elsewhere": N_("the payee was paid all the same by line {names}"),
    "carried": N_("{names} is carried as open"),
    "bound": N_("how far {names} explains itself in reconciling"),
    "mapping": N_("mapping of files {names}"),
    "person": N_("person {names} with post and key"),
    "duties": N_("set of duties that is to be in force"),
    "act": N_("what was written and signed by one: {names}"),
    "lift": N_("{names} is paid again"),
    "recall": N_("payment batch {names} never left and is recalled"),
    "write-off": N_("what {names} owes is written off"),
    "contract-release": N_("contract {names} lets money go, its condition is met"),
    "contract-return": N_("money of contract {names} comes back before its last day"),
    "channel": N_("orders are sent to {names}"),
    "clock": N_("the clock was wrong, and it is {names} today"),
    "cut": N_("the book as it was made again, records cut off from {names} on"),
    "restore": N_("the ledger as it was put back from a backup, with record {names}"),
    "compromised": N_("a key that others may have had: {names}"),
    "cleared": N_("what was signed with a key that others may have had: {names}"),
    "witness": N_("which witnesses there are, and how many an order takes"),
    "log_key": N_("another key of the log, with record {names}"),
    "restored-sent": N_("what went out before the ledger was put back: {names}"),
    "restored-unpaid": N_("nothing was paid of it before the ledger was put back: {names}"),
}
# Behind these codes stands a code as well.
_OF_ACTS = ("act",)


def waiting_words(what: str) -> str:
    """What waits, from its code with the names behind it."""
    code, _blank, names = what.partition(" ")
    return _(WAITING[code]).format(names=act_words(names) if code in _OF_ACTS else names)


OPINIONS = {"approve": N_("approved"), "reject": N_("rejected")}
# What anybody can bring on.
TASKS = {
    Task.ROWS_HELD: N_("rows of registers that were not taken in"),
    Task.BATCH_APPROVED: N_("an approved payment batch that is not handed over"),
    Task.ANSWERS_MISSING: N_("payouts without an answer"),
    Task.ANSWERS_CONTRADICT: N_("payouts whose answers contradict each other"),
    Task.OBJECTION_OPEN: N_("an objection that is not settled"),
}
