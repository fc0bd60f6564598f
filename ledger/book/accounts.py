"""The accounts that the program books on, each under one name; `fixtures/charts.csv` says what they are called.

A number means nothing without its chart: 1201 is a reservation among the indicators, and a quota in the unit's chart.
"""

# Unit financial accounting, `fin`.
DEPOSITS, WALLET, RETURNED_QUOTA, RECEIVABLE = "1002", "1021", "1201", "1218"
# A detail of 1021: what a contract binds is no free money.
BOUND_MONEY = "1021.01"
TREASURY_PAYABLE, PAYABLE = "2103", "2303"
PRIOR_YEARS, APPROPRIATION, EXPENSE, WRITTEN_OFF = "3501", "4001", "5001", "5301"

# Unit budget accounting, `bud`.
BUDGET_INCOME, SPENDING, FUNDS, CARRIED_FORWARD = "6001", "7101", "8001", "8101.01"

# Budget indicators, `ind`.
ISSUED, AVAILABLE, FROZEN, RESERVED, ACCRUED, INSTRUCTED, PAID = "1001", "1101", "1102", "1201", "1301", "1401", "1501"
# Where it stands what is no longer free.
USED = frozenset({RESERVED, ACCRUED, INSTRUCTED, PAID})
# What gets back what a reduction frees: the reservation of the grant, or where that has fallen the path.
FREED = (RESERVED, AVAILABLE)
