"""What the bureau knows of firms, loans, applications and grants: register files in, versions of facts out.

Read in this order: `sheets` (a CSV or XLSX file as rows of text), `columns` (what stands in a column, and what is
wrong with it), the registers themselves (`entities`, `payees`, `loans`, `events`, `receipts`, `applications`,
`grants`, `opening`): each checks its rows and words them as records, `imports` (what is new, changed, the same or
missing against the ledger, and writing it). The runs read through `entities`, `loans`, `applications`, `grants`,
`lenders`, `decisions`, `openings`, `notices` and `benchmarks`.

Registers are data: money is fen, dates are days, rates stay as the bank wrote them. Nothing here posts to the book.
"""
