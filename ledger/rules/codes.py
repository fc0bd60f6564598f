"""What the rule book can refuse, each under a stable code: what is wrong, and what to do about it.

The same code stands in a refusal to write and in what verification finds. Values fill both texts.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from calculators.problems import N_

# What somebody does about a record that no door of the program would have written.
_REPORT = N_("nothing was written; keep the file as it is and report this: the program prepared an improper record")


class Text(NamedTuple):
    """What is wrong, and the remedy where it is found before writing."""

    what: str
    remedy: str


class Fault(NamedTuple):
    """Something that is wrong with a record: the code, and the values that fill its texts."""

    code: str
    values: Mapping[str, Any]


# The rules of one kind, in order of precedence: the first fault counts.
Faults = Iterator[Fault]


def fault(code: str, **values: Any) -> Fault:
    """A fault of a code that is declared here."""
    assert code in CODES, code
    return Fault(code, values)


CODES: dict[str, Text] = {
    "clock_behind": Text(
        N_("it was recorded at {found}, and the record before it at {before}"),
        N_(
            "set the clock of this machine right; where it was ahead for the record before, two people say so with "
            "`subsidy decide clock --about DAY --reason TEXT`"
        ),
    ),
    "clock_day_differs": Text(
        N_("it says that it is {found}, and it was recorded on {expected}"), N_("say the day that it is")
    ),
    "clock_right": Text(
        N_("the last record is of {last}, which is neither ahead of the clock nor long ago"),
        N_("nothing is to be decided"),
    ),
    "clock_gap": Text(
        N_("it was recorded on {found}, and nobody had worked since {before}, for longer than a log rests"),
        N_(
            "set the clock of this machine right if it is wrong; else two people say which day it is: `subsidy decide "
            "clock --about {found} --reason TEXT`, and the other agrees"
        ),
    ),
    # The log
    "genesis_missing": Text(N_("the log does not begin with its genesis record"), _REPORT),
    "genesis_repeated": Text(N_("a second genesis record stands in the log"), _REPORT),
    "founding_differs": Text(
        N_("it does not found this ledger as it was begun: {reason}"),
        N_("the first person founds it with `subsidy init`, the second opens it with `subsidy init --second`"),
    ),
    "ledger_unopened": Text(
        N_("the ledger is not open: its second person has not signed"),
        N_("the second person opens it: `subsidy init --second --post POST --document NO --key FILE`"),
    ),
    "office_unfit": Text(
        N_("the people in office cannot carry out the duties in force: {why}"),
        N_(
            "enter who is missing: `subsidy people enrol STAFFNO --post {post} --document NO --public HEX`; `subsidy "
            "duties check` shows what cannot be signed"
        ),
    ),
    "key_of_another": Text(
        N_("the key of {person} is that of somebody else already"),
        N_("let {person} make a key: `python sign.py --new-key {person}@LEDGER --key FILE`"),
    ),
    "rules_missing": Text(N_("the second record does not say by which rules the ledger is kept"), _REPORT),
    "rules_lowered": Text(
        N_("it names older rules than those that were in force"), N_("install the newest release of the program")
    ),
    "schema_unnamed": Text(
        N_("the rules in force name no records of the form {schema}"), N_("install the newest release of the program")
    ),
    "text_unprintable": Text(N_("there are invisible characters in its {name}"), N_("type the text again")),
    "improper": Text(N_("it cannot be judged: {reason}"), _REPORT),
    # Groups
    "effect_missing": Text(N_("it is not followed by what it makes the book say"), _REPORT),
    "effect_differs": Text(N_("its {field} is {found}, and what it follows from makes it {expected}"), _REPORT),
    "cause_missing": Text(N_("no record before it makes the book say this: {reason}"), _REPORT),
    "key_repeated": Text(
        N_("the key {key} was used before, by record {before}"), N_("give it another document number")
    ),
    "account_unknown": Text(
        N_("account {account} was not in the charts when this was recorded"),
        N_("use an account of `subsidy book trial-balance`"),
    ),
    "terms_differ": Text(
        N_("a term stands both in the entry and in a posting, or in every posting and not in the entry"), _REPORT
    ),
    "row_of_no_group": Text(N_("it belongs to no import, statement or batch that announced it"), _REPORT),
    "group_short": Text(N_("it announces {expected} records, and {found} follow"), _REPORT),
    "half_run": Text(N_("this entry of a run was never closed by its run"), _REPORT),
    "restore_differs": Text(N_("what is said to be put back, or lost, cannot be: {reason}"), _REPORT),
    "compromise_differs": Text(N_("what is said of a key that others may have had is not so: {reason}"), _REPORT),
    "key_burnt": Text(
        N_("this key of {person} is one that others may have had"),
        N_("let {person} make another key: `python sign.py --new-key {person}@LEDGER --key FILE`"),
    ),
    "signed_in_doubt": Text(
        N_("record {number}, signed with a key of {person} that others may have had, stands behind {about}"),
        N_(
            "two others look at it: `subsidy people signed {person}`, then `subsidy people cleared {person} --reason "
            "TEXT`"
        ),
    ),
    "witness_differs": Text(N_("what is said of witnesses is not so: {reason}"), _REPORT),
    "paper_differs": Text(N_("what is said of a paper is not so: {reason}"), _REPORT),
    "head_unwitnessed": Text(
        N_("an order takes {needed} witnesses, and they have not signed a head with this batch and its signatures"),
        N_("`subsidy witness ask --out FILE`, let them sign it, then `subsidy witness take`"),
    ),
    "log_key_otherwise": Text(N_("the change of the log's key cannot be as it is said: {reason}"), _REPORT),
    "cut_differs": Text(N_("what was cut does not end where this record stands"), _REPORT),
    "restore_waiting": Text(
        N_("the ledger was put back from a backup by {actor}, and nobody else has agreed to that"),
        N_("`subsidy approve {number}` by somebody else, who has looked at what was lost"),
    ),
    "log_key_waiting": Text(
        N_("the key of the log was changed by {actor}, and nobody else has agreed to that"),
        N_("`subsidy approve {number}` by somebody else, who has seen why; the auditor gets the new log.vkey"),
    ),
    "cut_waiting": Text(
        N_("the book was made again by {actor}, and nobody else has agreed to that"),
        N_("`subsidy approve {number}` by somebody else, who has read what was taken away"),
    ),
    # Registers
    "lender_needed": Text(
        N_("a full file of register {register}, or one up to a day, speaks for one lender, and it names none"), _REPORT
    ),
    "through_needed": Text(N_("a full file of register {register} speaks up to a day, and it names none"), _REPORT),
    "after_through": Text(
        N_("{found} lies after {through}, the day its file speaks up to"), N_("correct the day, or the day of the file")
    ),
    "operator_malformed": Text(
        N_("{found} is no code of an operator, which has 14 capital letters and digits"),
        N_("copy it from the document that publishes it"),
    ),
    "row_of_other_register": Text(N_("it is of register {found}, and the import is of {expected}"), _REPORT),
    "row_of_other_lender": Text(N_("it is of lender {found}, and the import is of {expected}"), _REPORT),
    "import_counts": Text(N_("the import announces {expected} records that are {word}, and here is one more"), _REPORT),
    "void_of_nothing": Text(N_("record {of} is not the version of {key} that stands"), _REPORT),
    "void_of_other_import": Text(N_("it is taken back by record {found}, and belongs to {expected}"), _REPORT),
    "entity_unknown": Text(N_("there is no firm {about}"), N_("import the register of entities first")),
    "notice_unknown": Text(N_("there is no notice {about}"), N_("add it with `subsidy notice add`")),
    "application_unknown": Text(N_("there is no application {about}"), N_("import the register of applications first")),
    "payee_unknown": Text(N_("there is no payee {about}"), N_("import the register of payees first")),
    "payee_of_another": Text(N_("the payee is of {before} and cannot become one of {found}"), _REPORT),
    "granted_before_applied": Text(
        N_("it was granted on {found}, before the application of {before}"), N_("correct the day in the register")
    ),
    "uscc_differs": Text(
        N_("its check digit is said to have {found}, and it has {expected}"), N_("import the register of entities")
    ),
    "item_unknown": Text(
        N_("{about} is not registered"), N_("import the register of loans, policies or projects that it is in first")
    ),
    "loan_rate_malformed": Text(
        N_("{found} is a rate at which nobody lends"),
        N_("write it with its unit, such as 3.55%, or against the benchmark, such as LPR1Y+25BP"),
    ),
    "lender_changed": Text(
        N_("loan {about} is of {before} and cannot become one of {found}"),
        N_("write the lender's name as registered, or correct the contract number"),
    ),
    "principal_negative": Text(
        N_("more of loan {about} would be repaid than was drawn"),
        N_("bring the missing drawdown in the same file, or correct kind or amount"),
    ),
    "premium_negative": Text(
        N_("more premium of policy {about} would be returned than was paid"),
        N_("bring the missing payment in the same file, or correct kind or amount"),
    ),
    "cnaps_malformed": Text(
        N_("the bank's code fails its check digit"), N_("correct the code in the register of payees")
    ),
    "institution_unknown": Text(
        N_("{found} is not the code of an institution that runs digital renminbi wallets"),
        N_("a new operator is added with `subsidy operator add`, and another person agrees"),
    ),
    "wallet_personal": Text(
        N_("{found} is a personal or hardware wallet, which is paid no firm's subsidy"),
        N_("ask the firm for its corporate wallet (WT09, WT10)"),
    ),
    "wallet_seen_before": Text(
        N_("it was seen on {found}, before {before}, when it was seen last"), N_("remove the row, or correct the day")
    ),
    "payer_moved": Text(
        N_("{about} would become another account: its {field} differs"), N_("enter the other account by itself")
    ),
    "payer_in_use": Text(
        N_("{about} would be filled otherwise, and {there} fen are there and {way} fen on their way"),
        N_("wait for the answers to its orders, and pay what is there first"),
    ),
    "opening_of_another": Text(
        N_("{about} is of {expected}, and the row is of {found}"), N_("correct the credit code or the grant number")
    ),
    "notice_hash_differs": Text(N_("the hash is not that of the text"), _REPORT),
    "rate_changed": Text(N_("rates that were recorded are changed, or one is put before them"), _REPORT),
    "opening_line_missing": Text(
        N_("{about} is granted here, and the row names no grant: it would be paid again"),
        N_("write the grant's number; where another award is meant, leave {about} out"),
    ),
    "opening_differs": Text(
        N_("{about} was not applied for under {notice}"),
        N_("enter it in the opening position of the notice that it is of"),
    ),
    "still_used": Text(N_("other records rest on {about}"), N_("take those records back first")),
    "void_of_posted": Text(
        N_("{found} fen are posted on {about}, and nobody has confirmed that it falls"),
        N_("say --confirm-void {about} --reason TEXT where it is right"),
    ),
    "award_moved": Text(
        N_("{about} has awards as {field} {before}, and would become {found}"),
        N_("refuse that grant and enter another one: what was awarded comes back by the next run"),
    ),
    "withdrawal_differs": Text(N_("it does not take back what import {about} did: {reason}"), _REPORT),
    "hold_differs": Text(N_("it holds no row of the file that its import was made of: {reason}"), _REPORT),
    "drawn_beyond": Text(
        N_("{found} fen of loan {about} would be drawn and not repaid, and {expected} were lent"),
        N_("correct the amount of the row or of the contract, or bring the missing repayment in the same file"),
    ),
    "notice_of_another": Text(N_("the text is that of notice {found}"), N_("add it under its own id")),
    "amends_differs": Text(
        N_("it amends no version of the notice that stands before it, or changes what an amendment leaves alone"),
        _REPORT,
    ),
    # Budgets
    "amount_not_positive": Text(N_("{found} fen is not an amount to be moved"), N_("write more than 0.00")),
    "envelope_unknown": Text(
        N_("no budget was issued to {path}"), N_("issue one: `subsidy budget issue {path} YUAN --document NO`")
    ),
    "path_malformed": Text(
        N_("{path} is not a budget path"), N_("write the fund year and names below it, such as 2025/interest/batch-1")
    ),
    "year_differs": Text(
        N_("it would be issued on {day}, which is no year of {path}"),
        N_("correct the year; what was issued in a year before is entered from its day on: --on"),
    ),
    "envelope_committed": Text(
        N_("{path}: {used} fen of {limit} are used, and the limit would fall below"),
        N_("take away less, or take back what was granted first"),
    ),
    "envelope_short": Text(
        N_("{path}: {used} fen would be used of {limit}, with {available} available and {frozen} frozen"),
        N_("ask for less, or issue a budget to the path first"),
    ),
    "payable_short": Text(N_("more than is owed would be paid or taken back: {found} fen on account 2303"), _REPORT),
    # Runs
    "log_size_ahead": Text(N_("it says that it read {found} records, and {expected} stand before it"), _REPORT),
    "month_not_over": Text(N_("it runs {name} up to {day}, and those days are not over"), N_("run it once they are")),
    "proposal_waiting": Text(
        N_("run {number} of {name} waits for approval"),
        N_("have it approved or rejected first; `subsidy approvals {number}` shows by whom"),
    ),
    "month_behind": Text(
        N_("it runs {name} up to {day}, and the last run counts up to {latest}"),
        N_("run the last month again or a later one; what came late shows there"),
    ),
    "run_differs": Text(N_("the run does not cover exactly the entries that belong to it: {reason}"), _REPORT),
    "stale_proposal": Text(
        N_("the book moved at record {moved}, after the proposal had read {read}"), N_("run it again")
    ),
    "totals_differ": Text(N_("the entries do not come to the control totals of the proposal: {field}"), _REPORT),
    "entries_differ": Text(N_("its entries are not those that the proposal says, which people agreed to"), _REPORT),
    "digest_differs": Text(N_("the digest that it rests on is not where it has to stand: {reason}"), _REPORT),
    "due_differs": Text(N_("{line}, {due}: {found} fen stand after it, and its digest says {expected}"), _REPORT),
    "due_not_posted": Text(
        N_("{line}, {due}: no run may post this, because its digest does not reach it: {reason}"), _REPORT
    ),
    "not_granted": Text(
        N_("{line} is due {found} fen, and no grant of it stood that the run had read"),
        N_("import the grant of {line} first, then run again"),
    ),
    "above_ceiling": Text(N_("{line}: {found} fen stand, and {expected} were granted at most"), _REPORT),
    "item_granted": Text(
        N_("{other} supports {item} under the same notice, and {line} is awarded besides"),
        N_("refuse one of the two grants; the next run goes on with the other"),
    ),
    "cap_exceeded": Text(
        N_("the caps that it counts come to {found} fen, and the limit is {limit}: {key}"),
        N_("correct the opening position or the notice that the cap counts, then run again"),
    ),
    "refusal_of_no_run": Text(N_("no run that is closed next refuses this"), _REPORT),
    "outside_differs": Text(
        N_("{found} fen paid outside are counted of the cap {key}, and the opening positions say {expected}"),
        N_("an opening position was entered after this was proposed: run again"),
    ),
    "cap_differs": Text(
        N_("{found} fen are counted of the cap {key}, and {expected} stand on the lines that use it"), _REPORT
    ),
    "granted_ahead": Text(
        N_("{line} is granted on {found}, a day that has not come"),
        N_("run again on that day, or correct the day in the register of grants"),
    ),
    "fact_key_differs": Text(N_("the row stands under {found}, and the numbers in it are others"), _REPORT),
    "grant_unknown": Text(N_("there is no grant {about}"), N_("correct the number, or import the grant first")),
    "decision_stands": Text(
        N_("record {before} has allotted {about} its part, and an allotment is never made again"),
        N_(
            "what a meeting grants besides is entered as its decision: "
            "`subsidy decide meeting --about ITEM --amount YUAN --document NO --reason TEXT`"
        ),
    ),
    "decision_of_nothing": Text(N_("nothing is there to be decided under {about}: {reason}"), _REPORT),
    "run_not_latest": Text(
        N_("the run that record {found} closed is not the latest one"), N_("withdraw later runs first")
    ),
    "already_reversed": Text(N_("the entry of record {found} has been reversed"), _REPORT),
    "already_in_payment": Text(
        N_("a payout rests on the entry of record {found}"),
        N_("cancel the payout first if it has not been exported; what was paid is claimed back instead"),
    ),
    # Payments
    "batch_differs": Text(N_("the batch does not hold exactly the payouts that it names: {reason}"), _REPORT),
    "number_differs": Text(N_("the number is {found}, and what it names makes it {expected}"), _REPORT),
    "payer_unknown": Text(N_("there is no payer {about}"), N_("import the register of payers first")),
    "payer_differs": Text(N_("payer {about} cannot pay this: {reason}"), N_("see `subsidy pay prepare --dry-run`")),
    "run_not_closed": Text(N_("record {found} closes no run that stands"), N_("run it first, or name another run")),
    "award_unknown": Text(N_("record {found} is no entry that owes or is owed anything"), _REPORT),
    "award_of_other_run": Text(N_("the entry of record {found} is of no run that the batch pays"), _REPORT),
    "payee_differs": Text(N_("it pays {found}, and the payee in force is {expected}"), N_("prepare the payment again")),
    "payee_version": Text(
        N_("it names record {found} for the payee, and {expected} is the one in force"), N_("prepare the payment again")
    ),
    "payee_held": Text(
        N_("{about} is not to be paid now: {reason}"), N_("`subsidy pay prepare --dry-run` says what it waits for")
    ),
    "wallet_short": Text(
        N_("{needed} fen are to go out, and {there} are there to pay from"),
        N_("enter what was moved there: `subsidy pay fund PAYER YUAN --on DAY --document NO`"),
    ),
    "reveal_differs": Text(
        N_("clear text of {about} may not be shown so: {reason}"), N_("ask who holds the post that may look")
    ),
    "payee_not_recipient": Text(
        N_("{found} is not whom the notice pays for {about}"), N_("name a payee of the one whom the notice pays")
    ),
    "fail_presumed": Text(
        N_("{about} was not paid by the channel's word of {day} alone, and is not paid again before it is sure"),
        N_(
            "somebody who neither sent it nor brought that answer imports the account's statement to {day}, or "
            "decides: `subsidy pay resolve {about} --state {state} --reason TEXT`"
        ),
    ),
    "lifted_by_silence": Text(
        N_("{about} stands against payments until a row says otherwise, and falls without one"),
        N_("bring a row that says what holds now; silence lifts nothing"),
    ),
    "return_presumed": Text(
        N_("{about} came back by one person's word of {day} alone, and is not paid again before it is sure"),
        N_(
            "somebody who neither sent it nor brought that answer imports the account's statement and matches its "
            "line, or decides: `subsidy pay resolve {about} --state {state} --reason TEXT`"
        ),
    ),
    "year_end_missing": Text(
        N_("{about} is drawn from what the appropriation of {year} left, and the end of {year} is not booked"),
        N_("`subsidy budget year-end {year} --document NO`"),
    ),
    "paid_elsewhere": Text(
        N_("{about} pays for what {other} may have paid: its channel contradicts itself"),
        N_("resolve {other} first, by a statement line or `subsidy pay resolve`"),
    ),
    "claims_exceed": Text(N_("it takes {found} fen of record {award}, of which {open} are open"), _REPORT),
    "claim_repeated": Text(N_("it takes something of record {award} more than once"), _REPORT),
    "claims_differ": Text(N_("it takes or gives back otherwise than follows from what it says: {found}"), _REPORT),
    "amount_differs": Text(N_("it says {found} fen, and {expected} follow"), N_("correct the amount")),
    "payout_unknown": Text(
        N_("there is no batch and no payout {about}"), N_("write its number as in `subsidy pay status`")
    ),
    "source_missing": Text(
        N_("what is said of {about} names no hash of the order or answer that it rests on"), _REPORT
    ),
    "step_illegal": Text(
        N_("{about} cannot go from {before} to {after} on the word of {source}"),
        N_("`subsidy pay status` shows where it stands"),
    ),
    "write_off_differs": Text(
        N_("nobody may write off what {about} owes by this: {reason}"),
        N_("two people decide it: `subsidy pay write-off {about} YUAN --document NO --reason TEXT`"),
    ),
    "contract_differs": Text(
        N_("contract {about} cannot take this step: {reason}"),
        N_("`subsidy pay bound` shows what it binds, and on which terms"),
    ),
    "opening_item_differs": Text(
        N_("the opening item {about} cannot be so: {reason}"),
        N_(
            "it is of an account to pay from, older than its first statement, and no less than lines have cleared of it"
        ),
    ),
    "succession_differs": Text(
        N_("this cannot be said of the firm {about}: {reason}"),
        N_("`subsidy entity show {about}` says what became of it"),
    ),
    "recall_differs": Text(
        N_("nobody may recall batch {about} by this: {reason}"),
        N_("two people recall a batch that nobody outside has answered: `subsidy pay recall {about} --reason TEXT`"),
    ),
    "maker_decides": Text(
        N_("{actor} prepared {about} and cannot approve it or decide what became of it"), N_("let somebody else do it")
    ),
    "day_in_future": Text(N_("{found} has not come yet"), N_("correct the day")),
    "day_before_order": Text(
        N_("it is said of {found}, and the order was handed over on {before}"), N_("correct the day")
    ),
    "day_before_payment": Text(N_("it came back on {found}, and was paid on {before}"), N_("correct the day")),
    "match_unknown": Text(N_("no match {about} has joined this payout"), _REPORT),
    "match_differs": Text(N_("the match does not fit the lines and payouts that it joins: {reason}"), _REPORT),
    "return_booked": Text(
        N_("the return of {about} rests on this match and has freed what it paid for"),
        N_("correct it with the bank: the money is asked for again, or paid again"),
    ),
    "settlement_differs": Text(
        N_("it does not settle as much as it says: payables {taken} fen, debts {settled} fen"), _REPORT
    ),
    "correction_differs": Text(N_("a correction and its entry do not fit, or move money: {reason}"), _REPORT),
    "payer_not_prefunded": Text(
        N_("{about} draws on the appropriation with each payment and holds no money"),
        N_("correct its funding in the register of payers if it does"),
    ),
    "refund_too_large": Text(
        N_("{found} fen were given back, and {expected} is what it was paid and has kept"), N_("check the amount")
    ),
    "not_returned": Text(
        N_("{about} is no payment of a prior year that came back"), N_("see `subsidy pay status {about}`")
    ),
    "envelope_not_current": Text(N_("{found} is not an envelope of {expected}"), N_("name a path of the current year")),
    # Statements
    "line_repeated": Text(N_("line {about} is on the book"), _REPORT),
    "line_key_differs": Text(N_("the key is not that of the line's day and account"), _REPORT),
    "day_of_no_statement": Text(
        N_("it has a line of {found}, and the statement goes from {first} to {last}"),
        N_("ask the bank for the statement of that day"),
    ),
    "added_differs": Text(N_("its lines come to {found}, and it says {expected}"), _REPORT),
    "statement_gap": Text(
        N_("the statements of {about} would not follow each other"), N_("bring the statement that lies between")
    ),
    "file_on_book": Text(N_("statements of file {about} are on the book"), _REPORT),
    "statement_needed": Text(N_("record {found} is no statement that stands"), _REPORT),
    # Months
    "period_differs": Text(
        N_("the sign-off of the month does not hold: {reason}"),
        N_("make it again: `subsidy reconcile sign-off --month MONTH`"),
    ),
    "period_moved": Text(
        N_("{account} is signed off up to {signed}, and this changes {day}"), N_("book it on a later day")
    ),
    # Public notice
    "public_notice_differs": Text(
        N_("the public notice or objection does not fit what stands before it: {reason}"),
        N_("`subsidy public-notice show` lists what is or was on notice"),
    ),
    "objection_day": Text(
        N_("{day} does not lie between {first} and today, {today}"),
        N_("write the day on which it was received or settled"),
    ),
    "held_line_paid": Text(
        N_("{about} pays for {line}, which was held up on that day: {reason}"),
        N_("prepare again once nothing stands against it any more"),
    ),
    # People
    "dates_reversed": Text(N_("the days of {about} end before they begin"), N_("correct the days")),
    "substitute_same": Text(N_("{person} cannot stand in for himself or herself"), N_("name somebody else")),
    "last_officer": Text(
        N_("with {about} nobody would be left in office without a last day"), N_("enter somebody else first")
    ),
    "actor_unknown": Text(
        N_("actor {actor} was not an officer when this was recorded"),
        N_("`subsidy people list` shows who is; two in office enter the others with `subsidy people enrol`"),
    ),
    "actor_not_in_office": Text(
        N_("actor {actor} was not in office on the day this was recorded"),
        N_("let somebody in office do it; `subsidy people list` shows the days"),
    ),
    "signature_wrong": Text(
        N_("the {field} is not by the key that was in force"),
        N_("sign with the key recorded last: --key FILE; `subsidy people list` shows its beginning"),
    ),
    "act_foreign": Text(
        N_("it was signed for the log {found}, and this is {expected}"),
        N_("sign it again from a challenge of this ledger"),
    ),
    "act_expired": Text(
        N_("it was recorded on {today}, and its signature counts until {day}; that day may lie as late as {latest}"),
        N_("make a new challenge and sign it again"),
    ),
    "act_head_differs": Text(
        N_("it was signed on a log of {size} records that this one never was"),
        N_("compare the head with the auditor's; then make a new challenge and sign it again"),
    ),
    "act_head_early": Text(
        N_("it was signed when the log had {size} records, before record {record} changed what was seen then"),
        N_("look at it as it is now, make a new challenge and sign it again"),
    ),
    "act_repeated": Text(
        N_("the same was signed and recorded before, as record {before}"),
        N_("a signature counts once; where it is meant again, make a new challenge and sign that"),
    ),
    "act_stale": Text(
        N_("it is about record {about}, which has a newer version, record {newer}"),
        N_("look at the newer version, make a new challenge and sign it again"),
    ),
    "act_missing": Text(
        N_("{actor} wrote this, and no act signed by {actor} covers it"),
        N_("sign what you write: --key FILE, or --challenge FILE for a key on another machine"),
    ),
    "act_covers": Text(
        N_("the act does not cover what was written before it: {reason}"),
        N_("give the command again, and sign what it writes"),
    ),
    "duty_differs": Text(
        N_("signature {step} of {act} is for {posts}, and {actor} ({post}) does not give it"),
        N_("it can be signed by: {able}; barred are: {barred}"),
    ),
    "duties_differ": Text(
        N_("this set of duties cannot be in force: {why}"),
        N_("`subsidy duties check` says what nobody could sign; enter people with `subsidy people enrol`"),
    ),
    "acts_open": Text(
        N_("record {number} ({act} by {maker}) waits for another person's signature and holds {about}"),
        N_(
            "it can be signed by: {able}; barred are: {barred}: `subsidy approve {number}`; or turn it down: "
            "`subsidy reject {number} --reason TEXT`"
        ),
    ),
    "undone_differs": Text(
        N_("{about} does not stand as it did before record {number}, which was turned down"), _REPORT
    ),
    "act_post": Text(
        N_("it was signed as {found}, which is no post of {actor}"), N_("make a new challenge and sign it again")
    ),
    "person_concerned": Text(
        N_("{person} is the person concerned"), N_("two others enter a person: let somebody else sign")
    ),
    "people_take_two": Text(
        N_("{actor} alone enters {person}, or gives {person} more, and here that takes two"),
        N_(
            "let somebody else than {person} enter the person with `subsidy people enrol {person} --post POST "
            "--document NO --public HEX`, and another approve"
        ),
    ),
    "act_differs": Text(
        N_("it was signed as {found}, and what it is about is {expected}"), N_("make a new challenge and sign it again")
    ),
    "approval_differs": Text(
        N_("this approval could not be given: {reason}"), N_("`subsidy approvals` shows what waits, and for whom")
    ),
    "approvals_missing": Text(
        N_("{subject} does not stand on the signatures that it needs, or on others"),
        N_("`subsidy approvals` shows what waits, and for whom"),
    ),
    "clawback_differs": Text(
        N_("claw-back {clawback} was not answered as it was requested, once: {reason}"),
        N_("`subsidy clawback list` shows how it stands"),
    ),
    "clawback_exceeds": Text(
        N_("{found} fen are asked back of {line}, and {expected} can be"),
        N_("ask for no more than the runs have posted and nobody has taken back"),
    ),
    "standing_differs": Text(
        N_("{about} does not stand on a decision of two people in force: {reason}"),
        N_("ask for one: `subsidy decide standing --about {about} --reason TEXT`, and let somebody else agree"),
    ),
    "mapping_differs": Text(
        N_("the mapping, or the import that names it, does not hold: {reason}"),
        N_("`subsidy import map --show LENDER` shows which is in force"),
    ),
    "evidence_differs": Text(N_("the evidence is not about the version that its key names"), _REPORT),
    # Accounts
    "account_differs": Text(N_("account {about} stands on another side, or in another chart"), _REPORT),
}
