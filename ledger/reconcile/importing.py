"""Take a statement file in: all of it, or none of it, and then say why in a record of its own.

`take` asks, in this order: whether the file itself holds (`integrity`), whose account it is, which lines are new, and
whether it joins what is on the book (`chain`). A file that fails any of these is put aside (`quarantine`): no line of
it counts. A statement that nothing proves complete waits for a standing decision. Nothing is matched here.

A line is known again by its key: account, day, and a hash over amount, marks, references and the balance after it; the
balance tells two equal lines of a day apart, also where they come with two files. Where no balances are shown, equal
lines of a day are numbered instead, and the n-th of a file is the n-th on the book: such files must hold whole days.
Where a file does not join by its keys, but does when its lines are told by what they say without the balance, it lists
the lines of a day in another order.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.book.periods import signed_off
from ledger.log import kinds
from ledger.office.standing import end_by_file, in_force, statements_of
from ledger.reconcile.chain import Span, break_between, together
from ledger.reconcile.imported import (
    ABOUT,
    NUMBER,
    SHORT,
    About,
    Accounts,
    Marks,
    keys_between,
    of_file,
    spans,
)
from ledger.reconcile.integrity import OK, UNPROVEN, Examined, Proved, examine, in_order
from ledger.reconcile.readers import Document
from ledger.reconcile.statements import Detail, Line, Statement
from ledger.store.ledger import Vault, View, Writer, local_day

# (key, line, balance after it) of lines.
Keyed = list[tuple[str, Line, int | None]]
IMPORTED, SAME, QUARANTINED = "imported", "same", "quarantined"
_MASKED = re.compile(r"\*+")
# What lists entries on their way to a statement, which lists them again: each with its statement.
_PASSING = {"camt.054": "camt.053", "mt942": "mt940"}


@dataclass(frozen=True)
class Taken:
    """One statement of a file: its account, the lines new to the book (key, line, balance after), how many are not."""

    examined: Examined
    key: str
    account: str
    number: str
    commitment: str
    new: Keyed
    same: int
    # The balances of the account on the book before it, and the standing decision on its account and format.
    chain: Span | None = None
    decision: int | None = None

    @property
    def integrity(self) -> str:
        """Its verdict, with what the book proves: an end of it that others on the book go beyond."""
        verdict, span = self.examined.integrity, self.span
        if verdict != UNPROVEN or self.chain is None or not self.chain.balanced:
            return verdict
        begins, ends = Proved.of(self.examined.statement)
        begins = begins or span.opens_on > self.chain.opens_on
        ends = ends or span.closes_on < self.chain.closes_on
        return OK if begins and ends else UNPROVEN

    def keeps(self, chain: Span | None) -> bool:
        """Whether it has lines, or balances of days, that the book with `chain` of its account does not have."""
        span = self.span
        further = span.balanced and span.closes_on and (chain is None or span.extends(chain))
        return bool(self.new or further)

    @property
    def span(self) -> Span:
        """Its balances around what it adds."""
        statement = self.examined.statement
        added = sum(line.amount_fen for _key, line, _balance in self.new)
        return Span(statement.opening_fen, statement.closing_fen, statement.opens_on, statement.closes_on, added)


@dataclass(frozen=True)
class Result:
    """What became of a file: `imported`, `same` or `quarantined`, with why, and which standing decisions it ended."""

    state: str
    taken: list[Taken] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)


def short(document: Document) -> str:
    """The beginning of the file's hash, by which people name the file."""
    return document.source.sha256[:SHORT]


def take(writer: Writer, vault: Vault, document: Document, number: str = "") -> Result:
    """Take a file in; `number` is the account's where the file does not say it in full.

    Refuses `notification`, `account_missing`, `account_masked`, `account_differs`, `day_in_future`, `standing_needed`:
    nothing is written then.
    """
    if of_file(writer, document.source.sha256):
        return Result(SAME)
    examined = examine(document.source.name, document.statements)
    if document.format in _PASSING:
        raise _notification(document)
    numbers = _numbers(document, examined, number)
    _check_days(document, examined, local_day(writer.now).isoformat())
    faults = [problem for one in examined if one.faulty for problem in one.problems]
    taken, kept, breaks = _compare(writer, vault, document, examined, numbers) if not faults else ([], [], [])
    if faults or breaks:
        _put_aside(writer, document, faults or breaks)
        ended = _end_standing(writer, vault, document, numbers, faults or breaks)
        return Result(QUARANTINED, problems=faults or breaks, ended=ended)
    _check_standing(document, kept)
    if kept:
        _write(writer, vault, document, kept)
    return Result(IMPORTED if kept else SAME, taken)


def _numbers(document: Document, examined: list[Examined], number: str) -> list[str]:
    """The number of the account of each statement; refuses what is not known for certain, all of it at once."""
    problems, numbers = [], []
    for checked in examined:
        statement = checked.statement
        named = plain_number(statement.account)
        place = Place(document.source.name, statement.place, 1 if statement.place else 0, statement.name)
        masked = "*" in named
        if number and named and not _fits(named, number):
            problems.append(
                Problem(
                    "account_differs",
                    N_("the statement is that of another account than --account names"),
                    N_("leave out --account, or bring the statement of that account"),
                    place,
                )
            )
        elif not number and masked:
            problems.append(
                Problem(
                    "account_masked",
                    N_("the file shows only a part of the account's number"),
                    N_("name the account with --account, by its number or its key in the register of payers"),
                    place,
                )
            )
        elif not number and not named:
            problems.append(
                Problem(
                    "account_missing",
                    N_("the file does not say whose account it is"),
                    N_("name the account with --account, by its number or its key in the register of payers"),
                    place,
                )
            )
        numbers.append(named if named and not masked else number)
    if problems:
        raise Refused(problems)
    return numbers


def plain_number(account: str) -> str:
    """An account's number alike in every format: without spaces, and without the bank before a slash."""
    return account.replace(" ", "").rpartition("/")[2]


def _fits(named: str, number: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in _MASKED.split(named))
    return re.fullmatch(pattern, number) is not None


def _check_days(document: Document, examined: list[Examined], today: str) -> None:
    """No bank has booked on a day that has not come: the file is wrong about its days, or the clock here is."""
    problems = [
        Problem(
            "day_in_future",
            N_("{day} has not come yet"),
            N_("download the statement again, or set the clock of this machine right; nothing of the file was taken"),
            Place(document.source.name, line.place, 1 if line.place else 0, one.statement.name),
            {"day": line.booked_on},
        )
        for one in examined
        for line in one.statement.lines
        if line.booked_on > today
    ]
    if problems:
        raise Refused(problems)


def _notification(document: Document) -> Refused:
    return refuse(
        "notification",
        N_("this is {format}, which lists entries that the statement lists again"),
        N_("bring the statement ({statement}); look into this file with `subsidy reconcile read`"),
        Place(document.source.name, 1, 1),
        format=document.format,
        statement=_PASSING[document.format],
    )


def _compare(
    view: View, vault: Vault, document: Document, examined: list[Examined], numbers: list[str]
) -> tuple[list[Taken], list[Taken], list[Problem]]:
    """Every statement against the book and those of the file before it: all, those to keep, where they do not join."""
    accounts, chains, signed = Accounts(view, vault), spans(view), signed_off(view)
    counts: Counter[str] = Counter()
    taken: dict[int, Taken] = {}
    kept: list[Taken] = []
    problems: list[Problem] = []
    for place in _ordered(examined, numbers):
        statement = examined[place].statement
        account, commitment = accounts.find(numbers[place])
        chain = chains.get((account, statement.currency))
        keyed = list(_keyed(account, statement, counts))
        on_book = _on_book(view, account, statement)
        new = [line for line in keyed if line[0] not in on_book]
        candidate = Taken(
            examined[place],
            f"{short(document)}/{place + 1}",
            account,
            numbers[place],
            commitment,
            new,
            len(keyed) - len(new),
            chain,
            _standing(view, account, document.format),
        )
        if chain is not None and candidate.keeps(chain) and together(chain, candidate.span) is None:
            candidate = _in_another_order(view, candidate, keyed, on_book, chain) or candidate
        taken[place] = candidate
        late = _signed_off(document, candidate, signed.get(account))
        if late:
            problems += late
        elif candidate.keeps(chain):
            kept.append(candidate)
            both = together(chain, candidate.span)
            if both is None and chain is not None:
                problems.append(_break(document, chain, candidate))
            elif both is not None:
                chains[account, statement.currency] = both
    return [taken[place] for place in sorted(taken)], kept, problems


def _standing(view: View, account: str, form: str) -> int | None:
    row = in_force(view, account, form)
    return row.seq if row else None


def _check_standing(document: Document, kept: list[Taken]) -> None:
    """Refuse statements that nothing proves complete, where no two people have decided to take them so."""
    problems = [_standing_needed(document, taken) for taken in kept if taken.integrity != OK and taken.decision is None]
    if problems:
        raise Refused(problems)


def _standing_needed(document: Document, taken: Taken) -> Problem:
    statement = taken.examined.statement
    return Problem(
        "standing_needed",
        N_("nothing outside its rows proves the statement complete, and nobody has decided to take such a one")
        if taken.integrity == UNPROVEN
        else N_("it shows no balances, so nothing proves it complete, and nobody has decided to take such a one"),
        N_(
            "bring one that states its balances, or let two people decide: "
            "`subsidy decide standing --about {about} --reason TEXT`"
        )
        if taken.account.startswith("payer/")
        else N_("import its account with the register of payers; then two people may decide to take it"),
        Place(document.source.name, statement.place, 1 if statement.place else 0, statement.name),
        {"about": statements_of(taken.account, document.format)},
    )


def _end_standing(
    writer: Writer, vault: Vault, document: Document, numbers: list[str], problems: list[Problem]
) -> list[str]:
    """End the standing decisions on the accounts of a file that is put aside; what they were about."""
    accounts = Accounts(writer, vault)
    codes = ", ".join(dict.fromkeys(problem.code for problem in problems))
    return [
        statements_of(account, document.format)
        for account in dict.fromkeys(accounts.find(number)[0] for number in numbers)
        if end_by_file(writer, account, document.format, short(document), codes)
    ]


def _break(document: Document, chain: Span, taken: Taken) -> Problem:
    statement = taken.examined.statement
    if chain.balanced != taken.span.balanced:
        return _mixed(document, statement)
    return break_between(document.source.name, chain, statement, taken.span, taken.same)


def _signed_off(document: Document, taken: Taken, signed: date | None) -> list[Problem]:
    """The first line that is new on a day which is signed off."""
    late = [line for _key, line, _balance in taken.new if signed and line.booked_on <= signed.isoformat()]
    if signed is None or not late:
        return []
    return [
        Problem(
            "month_signed_off",
            N_("it has new lines ({count}), and the account is signed off up to {signed}"),
            N_("ask the bank; where they belong here: `subsidy reconcile sign-off --month {month} --reopen`"),
            Place(document.source.name, late[0].place, 1 if late[0].place else 0, taken.examined.statement.name),
            {"count": len(late), "signed": signed, "month": f"{signed:%Y-%m}"},
        )
    ]


def _mixed(document: Document, statement: Statement) -> Problem:
    return Problem(
        "balances_mixed",
        N_("of this account's statements some show balances and some do not, so nothing proves that they join"),
        N_("bring statements of the account from one source, best one that shows balances"),
        Place(document.source.name, statement.place, 1 if statement.place else 0, statement.name),
    )


def _ordered(examined: list[Examined], numbers: list[str]) -> Iterator[int]:
    """The places of the statements, account by account, each account's as they follow each other."""
    groups: dict[tuple[str, str], list[int]] = {}
    for place, checked in enumerate(examined):
        groups.setdefault((numbers[place], checked.statement.currency), []).append(place)
    for places in groups.values():
        for place in in_order([examined[number].statement for number in places]):
            yield places[place]


def _on_book(view: View, account: str, statement: Statement) -> dict[str, int]:
    """Key -> log index of the lines on the book of the days that the statement has lines of."""
    days = [line.booked_on for line in statement.lines]
    return keys_between(view, account, min(days), max(days)) if days else {}


def _in_another_order(view: View, taken: Taken, keyed: Keyed, on_book: dict[str, int], chain: Span) -> Taken | None:
    """The statement with its lines told by what they say alone, where the balances agree then; None where they do not.

    A file without a balance in each line may list the lines of a day in another order than the one before it: the
    balances after them, and so their keys, are others then.
    """
    statement = taken.examined.statement
    if not taken.span.balanced:
        return None
    there: Counter[tuple[object, ...]] = Counter()
    balances = set()
    for seq in on_book.values():
        body = view.body(kinds.STATEMENT_LINE, seq)
        source = view.current(kinds.STATEMENT, body["statement"])
        if source is not None and source.body["currency"] == statement.currency:
            marks = body["booked_on"], body["amount_fen"], body["reversal"], body["returned"]
            there[*marks, *body["references"]] += 1
            balances.add((body["booked_on"], body.get("balance_fen")))
    new = set()
    # Lines that are on the book as they stand come first: what is left of equal ones is new under its own key.
    for key, line, _balance in sorted(keyed, key=lambda each: each[0] not in on_book):
        said = line.booked_on, line.amount_fen, line.reversal, line.returned, *line.references
        if there[said]:
            there[said] -= 1
        else:
            new.add(key)
    other = replace(taken, new=[each for each in keyed if each[0] in new], same=len(keyed) - len(new))
    if other.keeps(chain):
        return other if together(chain, other.span) is not None else None
    return other if (statement.lines[-1].booked_on, statement.closing_fen) in balances else None


def _keyed(account: str, statement: Statement, counts: Counter[str]) -> Iterator[tuple[str, Line, int | None]]:
    """Every line with its key and the balance after it. `counts` runs through the file."""
    balance = statement.opening_fen if statement.closing_fen is not None else None
    for line in statement.lines:
        if balance is not None:
            balance += line.amount_fen
        after = "" if balance is None else balance
        marks = Marks(line.amount_fen, line.reversal, line.returned, statement.currency, after)
        stem = f"{account}/{line.booked_on}/{marks.content(line.references)}"
        counts[stem] += 1
        yield f"{stem}/{counts[stem]}", line, balance


def _write(writer: Writer, vault: Vault, document: Document, kept: list[Taken]) -> None:
    commitments: dict[str, str] = {}
    for taken in kept:
        commitment = taken.commitment or commitments.get(taken.number) or vault.commit(NUMBER, taken.number)
        commitments[taken.number] = commitment
        lines = writer.extend(kinds.STATEMENT_LINE, _line_records(vault, taken)) if taken.new else []
        writer.append(kinds.STATEMENT, _statement(taken, document, commitment, lines[0].seq if lines else 0))


def _statement(taken: Taken, document: Document, commitment: str, first: int) -> kinds.StatementBody:
    """The `statement` record; `first` is the log index of its first new line, 0 where none is new."""
    statement = taken.examined.statement
    body = kinds.StatementBody(
        key=taken.key,
        account=taken.account,
        number=commitment,
        currency=statement.currency,
        format=document.format,
        file=document.source.name,
        sha256=document.source.sha256,
        integrity=taken.integrity,
        lines=len(statement.lines),
        added=len(taken.new),
        added_fen=taken.span.added_fen,
        first=first,
    )
    if taken.integrity != OK and taken.decision is not None:
        body["decision"] = taken.decision
    if statement.name:
        body["name"] = statement.name
    if statement.opens_on:
        body["opens_on"] = statement.opens_on
    if statement.closes_on:
        body["closes_on"] = statement.closes_on
    if statement.opening_fen is not None:
        body["opening_fen"] = statement.opening_fen
    if statement.closing_fen is not None:
        body["closing_fen"] = statement.closing_fen
    return body


def _line_records(vault: Vault, taken: Taken) -> Iterable[kinds.StatementLineBody]:
    abouts = [
        About(
            line.counterparty,
            line.number,
            line.text,
            tuple((detail.counterparty, detail.number, detail.text) for detail in line.details),
        )
        for _key, line, _balance in taken.new
    ]
    commitments = iter(vault.commit_many((ABOUT, about.as_text()) for about in abouts if about.filled))
    for (key, line, balance), about in zip(taken.new, abouts, strict=True):
        record = kinds.StatementLineBody(
            key=key,
            statement=taken.key,
            booked_on=line.booked_on,
            amount_fen=line.amount_fen,
            reversal=line.reversal,
            returned=line.returned,
            references=list(line.references),
        )
        if balance is not None:
            record["balance_fen"] = balance
        if about.filled:
            record["about"] = next(commitments)
        if line.details:
            record["details"] = [_detail_record(detail) for detail in line.details]
        yield record


def _detail_record(detail: Detail) -> kinds.Detail:
    said = kinds.Detail(reversal=detail.reversal, returned=detail.returned, references=list(detail.references))
    if detail.amount_fen is not None:
        said["amount_fen"] = detail.amount_fen
    if detail.currency:
        said["currency"] = detail.currency
    if detail.reason:
        said["reason"] = detail.reason
    return said


def _put_aside(writer: Writer, document: Document, problems: list[Problem]) -> None:
    """Record that a file was put aside and why; the same file for the same reasons only once."""
    told = [_told(problem, document.source.name) for problem in problems]
    before = writer.current(kinds.QUARANTINE, short(document))
    if before is None or before.body["problems"] != told:
        body = kinds.QuarantineBody(
            key=short(document),
            file=document.source.name,
            sha256=document.source.sha256,
            format=document.format,
            problems=told,
        )
        writer.append(kinds.QUARANTINE, body)


def _told(problem: Problem, file: str) -> kinds.QuarantineProblem:
    """What a problem says, with the figures that make it one."""
    said = kinds.QuarantineProblem(code=problem.code, place=str(problem.place) or file)
    if "difference" in problem.values:
        said["difference"] = str(problem.values["difference"])
    if "declared" in problem.values:
        said["declared"] = str(problem.values["declared"])
    if "listed" in problem.values:
        said["listed"] = str(problem.values["listed"])
    return said
