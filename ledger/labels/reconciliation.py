"""Why lines are open, why candidates were not taken, and what bank and book differ by, in words."""

from calculators.problems import N_
from ledger.reconcile.matching import Kind, Rule

# What a match rests on, and what it joins.
RULES = {
    Rule.REVERSAL: N_("the bank's own reversal"),
    Rule.END_TO_END: N_("number of the payout"),
    Rule.VOUCHER: N_("number of the channel"),
    Rule.BATCH: N_("number of the batch"),
    Rule.CLASS: N_("fee or interest, as the bank says"),
    Rule.AMOUNT_PAYEE: N_("amount and payee"),
    Rule.PAYEE_SUM: N_("all that is open of the payee"),
    Rule.BATCH_TOTAL: N_("total of a batch"),
    Rule.BATCH_PART: N_("part of a batch"),
    Rule.AMOUNT: N_("amount alone"),
    Rule.PERSON: N_("decided by a person"),
}
JOINED = {
    Kind.ONE_TO_ONE: N_("one line, one payout"),
    Kind.ONE_TO_MANY: N_("one line, several payouts"),
    Kind.MANY_TO_ONE: N_("several lines, one payout"),
    Kind.PARTIAL: N_("part of a payout"),
    Kind.RETURN: N_("return of a payout"),
    Kind.REVERSAL: N_("reversal of another line"),
    Kind.FEE: N_("fee"),
    Kind.INTEREST: N_("interest"),
    Kind.FUNDING: N_("funding"),
    Kind.REFUND: N_("refund"),
    Kind.OPENING: N_("opening item"),
}
REASONS = {
    "ambiguous": N_("more than one reading"),
    "too_many": N_("too many subsets to try them all"),
    "exceeds": N_("more than is open: paid twice, or a wrong amount"),
    "payee_differs": N_("paid to somebody else: the name of a payout, another side"),
    "part_unknown": N_("not every part inside names a payout"),
    "batch_differs": N_("the named batch has another sum"),
    "not_paid": N_("comes back and was never paid"),
    "nothing_taken_back": N_("takes back a line that is not there"),
    "barred": N_("the only reading was undone by a person"),
    "amount": N_("candidates by amount alone"),
    "unknown": N_("nothing of ours"),
}
WHY_NOT = {
    "other_payee": N_("the bank names somebody else"),
    "undone": N_("undone by a person"),
    "later": N_("ordered after the line"),
    "nothing_open": N_("nothing of it is open"),
    "other_amount": N_("another amount is open"),
    "too_long_ago": N_("ordered too long before the line"),
    "not_alone": N_("fits, and so does another"),
    "amount_alone": N_("fits, and not enough says that it is this one"),
}
CLASSES = {
    "in_transit": N_("in transit"),
    "returned": N_("returned"),
    "interest": N_("wallet interest"),
    "fee": N_("fees"),
    "reversal": N_("reversals across the month's end"),
    "cleared": N_("cleared by the treasury"),
    "carried": N_("carried as open"),
    "overdue": N_("not booked by the bank for too long"),
    "disputed": N_("disputed"),
    "funded": N_("moved into the wallet"),
    "refunded": N_("given back by firms"),
    "entry": N_("entry of no payout and no account that is paid from"),
    "unmatched": N_("line that nothing explains"),
}
