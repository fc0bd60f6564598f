"""Why a line is refused or held, in words, by the code that stands in the log.

A digest gives the code, the clause and, in its worksheet, what was found; these are the sentences for a list.
"""

from calculators.problems import N_
from ledger.runs.lines import UNREADY

# Labels of clauses that are words, not places in a document: what no source says, and the rules of the registers.
CLAUSES = {"assumption": N_("assumption"), "registers": N_("registers")}

# What a hold waits for.
HOLDS = {
    "receipt_missing": N_("the bank's receipt is missing"),
    "receipt_differs": N_("the bank's receipt differs"),
    "earlier_period_held": N_("an earlier period of the line is held"),
    "line_failed": N_("the line cannot be calculated; what was posted on it stays"),
    "row_held": N_("a row of a register file about it was not taken in"),
    "lender_not_reported": N_("its lender has not reported days of which this run would move what is posted"),
}

# What the conditions of a notice found; one for each code that a calculator gives.
REFUSALS = {
    **UNREADY,
    "line_failed": HOLDS["line_failed"],
    "row_held": HOLDS["row_held"],
    "lender_not_reported": HOLDS["lender_not_reported"],
    "window_application": N_("the day of application lies outside the notice's window"),
    "window_contract": N_("the day of the contract lies outside the notice's window"),
    "window_drawdown": N_("the first drawdown lies outside the notice's window"),
    "window_launch": N_("the day of the launch lies outside the notice's window, or is unknown"),
    "not_registered": N_("the firm was not registered in a district of the notice when it applied"),
    "second_support": N_("another notice of the programme supports the firm in this fund year already"),
    "serious_dishonesty": N_("a decision on serious dishonesty lies too near before the application"),
    "other_support": N_("the project has other municipal support"),
    "purpose_excluded": N_("the notice does not support this purpose of a loan"),
    "loan_too_long": N_("the loan runs longer than the notice allows"),
    "loan_too_short": N_("the loan runs no longer than what the notice supports"),
    "investment_missing": N_("the application does not say what the loan's project invests"),
    "investment_too_small": N_("the project of the loan invests less than the notice asks for"),
    "rate_too_high": N_("the contract rate is above what the notice allows"),
    "loan_out_of_range": N_("the loan is smaller or larger than the notice allows"),
    "firm_loans_too_small": N_("the firm's loans under the notice come to too little together"),
    "firm_interest_too_small": N_("the interest of the firm's loans under the notice comes to too little so far"),
    "attribute_excluded": N_("the item is not of a kind that the notice supports"),
    "base_too_small": N_("the amount that counts is below the least of the notice"),
    "launch_after_application": N_("the launch came after the application, or its day is unknown"),
    "stage_unknown": N_("the notice has no such stage"),
    "status_not_held": N_("the firm holds no status that the notice asks for"),
    "figure_missing": N_("the item does not tell a figure that counts"),
    "figure_unit_differs": N_("the item tells a figure in another unit than the notice"),
    "figure_out_of_range": N_("a figure of the item is not what the notice asks for"),
    "growth_from_nothing": N_("a figure that was zero before has no growth in per cent"),
    "firm_total_too_small": N_("what the firm was granted under the notice comes to too little together"),
    "not_matched": N_("other levels of government pay less than the notice asks of them"),
    "component_missing": N_("no rule of the notice fits the item"),
    "units_missing": N_("the claim does not say how many units it is for"),
    "base_missing": N_("the claim does not say the amount that counts"),
    "share_missing": N_("the notice has no share for this year of cover and level"),
    "contract_missing": N_("the policy does not say the amount of the contract"),
    "premium_differs": N_("the premium is not the sum insured at the policy's rate"),
    "returned_above_paid": N_("more premium was returned than was paid"),
}
