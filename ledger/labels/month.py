"""The steps of a month in words: what each is called, how it stands, and what is said of it."""

from calculators.money import format_yuan
from calculators.problems import N_
from ledger.payouts.checks import HOLDS
from ledger.queries.month import Point, Stand, Step
from ledger.words import _, listed

STEPS = {
    "reports": N_("reports of the lenders"),
    "rows": N_("rows to put right"),
    "run": N_("run"),
    "public_notice": N_("public notice"),
    "payment": N_("payment"),
    "results": N_("answers of banks and operators"),
    "statements": N_("statements"),
    "sign_off": N_("sign-off"),
}
STANDS = {
    Stand.DONE: N_("done"),
    Stand.OPEN: N_("to do"),
    Stand.WAITS: N_("waits"),
    Stand.BLOCKED: N_("after: {step}"),
    Stand.NOTHING: N_("nothing to do"),
}
POINTS = {
    "all_heard": N_("every lender had reported"),
    "nobody_to_hear": N_("the run had no line: no lender had to report"),
    "lender_heard": N_("{lender} has reported through {day}"),
    "lender_excepted": N_("{lender} is excepted by decision"),
    "lender_missing": N_("{lender} has reported through {day} only"),
    "lender_never_heard": N_("{lender} has reported nothing yet"),
    "rows_held": N_("rows of registers that are held: {rows}; they stop {lines} of their loans or items"),
    "month_not_over": N_("the month can be run from {day} on"),
    "opening_missing": N_("{notice} began on {day}, before this ledger: say what was paid elsewhere"),
    "opening_waits": N_("{notice}: what was paid before this ledger is said, and waits for a second officer"),
    "opening_waits_for_nobody": N_(
        "{notice}: what was paid before this ledger is said, and waits for a second officer; no other is in office"
    ),
    "nothing_granted": N_("no loan is granted yet: there is nothing to run"),
    "run_missing": N_("not run yet"),
    "month_behind": N_("{latest} was run after it; a late fact of this month shows there"),
    "run_waits": N_("run {number}: entries {entries}, {amount} yuan; step {step} of {steps} is for {post}"),
    "run_waits_for_nobody": N_(
        "run {number}: entries {entries}, {amount} yuan; nobody who may sign step {step} of {steps} holds {post}"
    ),
    "run_posted": N_("run {number}: entries {entries}, {amount} yuan, posted"),
    "lines_to_publish": N_("lines to put on public notice: {lines}"),
    "lines_published": N_("lines on public notice: {lines}, to {day}"),
    "lines_objected": N_("lines with an objection or withdrawal: {lines}"),
    "to_prepare": N_("payouts to prepare: {payouts}, {amount} yuan"),
    "payment_held": N_("held: {payouts}, {amount} yuan; {reason}"),
    "payment_held_besides": N_("held besides: {payouts}, {amount} yuan"),
    "batch_waits": N_("batch {batch}: payouts {payouts}, {amount} yuan, waits for a second officer"),
    "batch_waits_for_nobody": N_(
        "batch {batch}: payouts {payouts}, {amount} yuan, waits for a second officer, and no other is in office"
    ),
    "batch_approved": N_("batch {batch}: payouts {payouts}, {amount} yuan, approved"),
    "batch_out": N_("batch {batch}: payouts {payouts}, {amount} yuan, handed over"),
    "answers_missing": N_("batch {batch}: payouts without an answer {payouts}"),
    "answers_contradict": N_("batch {batch}: payouts whose answers contradict each other {payouts}"),
    "answered": N_("batch {batch}: answered, {amount} yuan paid"),
    "statement_missing": N_("{account}: the last statement closes on {day}"),
    "statement_never": N_("{account}: no statement yet"),
    "unexplained": N_("{account}: open lines {lines}, {amount} yuan unexplained"),
    "statement_explained": N_("{account}: statements through {day}, everything explained"),
    "signed_off": N_("signed off"),
    "sign_off_waits": N_("made, and waits for a second officer"),
    "sign_off_waits_for_nobody": N_("made, and waits for a second officer, and no other is in office"),
    "sign_off_open": N_("everything is explained"),
}


def stand_words(step: Step) -> str:
    """How a step stands; where an earlier one comes first, which."""
    return _(STANDS[step.stand]).format(step=_(STEPS[step.blocked_by]) if step.blocked_by else "")


def point_words(point: Point) -> str:
    """What a point says, who can act, and since when it is so."""
    values = dict(point.values)
    if "amount_fen" in values:
        values["amount"] = format_yuan(int(str(values["amount_fen"])))
    if "reason" in values:
        values["reason"] = _(HOLDS[str(values["reason"])][0]).format_map(values)
    text = _(POINTS[point.code]).format_map(values)
    if point.by:
        text = _("{text}; can sign: {staff}").format(text=text, staff=listed(point.by))
    if point.since and point.stand is not Stand.DONE:
        text = _("{text}; since {day}").format(text=text, day=point.since)
    return text
