"""Rules and effects of registers: imports and the rows that they announce, notices, accounts."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from calculators.problems import Refused
from ledger.log import kinds
from ledger.log.kinds import kind_of
from ledger.office.approvals import REJECT, Subject
from ledger.office.people import Person
from ledger.office.turned_down import ACTOR, Undo, in_order, said
from ledger.payouts.postings import PREFUNDED
from ledger.payouts.reveal import POST as REVEALS
from ledger.reconcile.chain import Span, together
from ledger.reconcile.chain import whole as whole_chain
from ledger.registry.days import TOLD_BY, ahead
from ledger.registry.happened import ITEMS, item_of
from ledger.registry.notices import changed_by, id_of, notice_of
from ledger.registry.operators import is_code, shipped, shown_code
from ledger.registry.payees import PERSONAL_WALLETS, is_cnaps
from ledger.registry.successions import GOES_ON, places
from ledger.registry.uscc import check_of
from ledger.registry.voids import CONFIRMED
from ledger.rules import facts, withdrawals
from ledger.rules.awarded import awarded, granted_on, granted_under, stays
from ledger.rules.codes import Faults, fault
from ledger.rules.groups import Differs, Opened, whole
from ledger.rules.records import Logged, day_of
from ledger.rules.state import Fold
from ledger.rules.values import FILE, Chain, Moved, Version
from ledger.runs.grants import moved, reservation

# Kinds whose records stand only in an import or in what takes one back, and those of them from which nothing follows.
ROWS = frozenset({"entity", "payee", "payer", "application", "grant", "inspection", "fact", "wallet", "wallet_request"})
PLAIN = ROWS - {"grant"}
# What awards are posted on.
_ITEMS = frozenset({"loan", "policy", "claim", "project"})
# What an import may have behind the rows that it announces: rows that were held, and those that came well.
HOLD = "hold"
# What a write may begin with by itself: rules of this release, a run that was interrupted.
_BEFORE_RESTORE = frozenset({"rules", "run_aborted", "log_key"})
AGAINST = "approval"
OPENERS = frozenset({"import", "import_withdrawal", AGAINST})


def opened(state: Fold, record: Logged[Any]) -> Opened:
    """What an import, or what takes one back, announces; of an approval against an act, what falls with it."""
    body = record.body
    if record.kind == AGAINST:
        falling = undoes(state, record)
        return Opened(record, {"undone": len(falling)}, len(falling), undoes=deque(falling))
    if record.kind == "import":
        left = {"new": body["new"], "changed": body["changed"], "void": body["void"]}
        return Opened(record, left, sum(left.values()))
    left = {"restored": body["restored"], "void": body["voids"]}
    return Opened(record, left, sum(left.values()), brought=withdrawals.brought_by(state, body["import"]))


def undoes(state: Fold, record: Logged[kinds.ApprovalBody]) -> list[Undo]:
    """What falls with an approval: nothing, but where it is against an act."""
    subject: Subject | None = state.get("subject", record.body["about"])
    against = subject is not None and subject.done and record.body["opinion"] == REJECT
    return in_order(state.undone(record.body["about"])) if against else []


def again(group: Opened | None) -> bool:
    """Whether what comes follows from a signature against an act: its rules were asked when it was recorded first."""
    return group is not None and group.open and group.record.kind == AGAINST


def row(state: Fold, record: Logged[Any], group: Opened) -> Faults:
    """A row of an import: of its register and lender, and as new, changed or void as was announced."""
    if group.record.kind == AGAINST:
        yield from _undone(state, record, group)
        return
    announced, body = group.record.body, record.body
    register = body["register"] if record.kind in ("fact", "void") else record.kind
    if register != announced["register"] and (register != HOLD or group.record.kind == "import"):
        yield fault("row_of_other_register", found=register, expected=announced["register"])
    # A void names the version that falls, and that one its lender.
    elif record.kind == "fact" and "lender" in announced and body.get("lender", "") != announced["lender"]:
        yield fault("row_of_other_lender", found=body.get("lender", "-"), expected=announced["lender"])
    before = state.stands_in(register, body["key"])
    word = "changed" if before else "new"
    if group.record.kind != "import":
        word = "restored"
    if record.kind == "void":
        word = "void"
    if not group.left[word]:
        yield fault("import_counts", expected=group.expected, word=word)
    group.left[word] -= 1
    if group.record.kind == "import_withdrawal":
        yield from withdrawals.taken_back(state, record, group)
    elif record.kind != "void":
        yield from _come(state, record, register, announced.get("through", "9999"))
    if record.kind == "void":
        yield from _void(record, before, group.record.seq)
        yield from _unused(state, record)
        if group.record.kind == "import":
            yield from _posted_on(state, record)
            yield from _silent(state, record)
    elif record.kind in _OWN:
        yield from _OWN[record.kind](state, record, before)
    if record.kind in ("fact", "void") and group.record.kind == "import":
        yield from facts.given_back(state, record, before, group)


def _come(state: Fold, record: Logged[Any], register: str, through: str) -> Faults:
    """What a row says has happened, has: on a day that has come, and that its file speaks of."""
    body = record.body
    said = body["data"].get(TOLD_BY.get(register, ""), "") if record.kind == "fact" else ""
    for _column, day in ahead(register, body.get("data", body), day_of(body["recorded_at"])):
        if state.whole("in_its_day") is not None:
            yield fault("day_in_future", found=day)
    if said > through and state.whole("at_doors") is not None:
        yield fault("after_through", found=said, through=through)


def _undone(state: Fold, record: Logged[Any], group: Opened) -> Faults:
    """Of what an act wrote that was turned down, the next thing stands as it did before, or not at all."""
    undo, body, about = group.undoes.popleft(), record.body, group.record.body["about"]
    group.left["undone"] -= 1
    register = body["register"] if record.kind in ("fact", "void") else record.kind
    same = (register, body.get("key")) == (undo.register, undo.key)
    if register == ACTOR:
        same = same and state.get("were", about).get(undo.key) == Person.of(body)
    elif undo.before is not None:
        same = same and record.kind != "void" and said(body) == said(state.body(undo.before))
    else:
        same = same and record.kind == "void" and body["import"] == group.record.seq
    if not same:
        yield fault("undone_differs", about=undo.key, number=about)
    elif record.kind == "void":
        yield from _void(record, state.stands_in(register, undo.key), group.record.seq)
        yield from _unused(state, record)


def held(state: Fold, record: Logged[Any], opener: Logged[Any]) -> Faults:
    """A row that an import held, or one that it lets go of, behind the rows that it took in."""
    body, told = record.body, opener.body
    if record.kind == "void":
        stands = state.stands(kinds.HOLD, body["key"])
        yield from _void(record, stands, opener.seq)
        said: Mapping[str, Any] = stands.fields if stands else {}
    else:
        said = body
        if body["import"] != opener.seq:
            yield fault("void_of_other_import", found=body["import"], expected=opener.seq)
    if state.whole("in_its_day") is None:
        return
    # One file lets go of rows of its register, and where it is one lender's, of that one's.
    wrong = [name for name in ("register",) if said.get(name) != told[name]]
    wrong += [name for name in ("lender",) if name in said and name in told and said[name] != told[name]]
    if record.kind == HOLD:
        wrong += [name for name in ("mode", "file", "sha256") if body[name] != told[name]]
        wrong += [] if body["key"].startswith(f"{body['register']}/{body['about']}/") else ["key"]
    if wrong:
        yield fault("hold_differs", reason=", ".join(wrong))


def is_held(record: Logged[Any]) -> bool:
    """Whether a record holds a row of a file, or lets go of one."""
    return record.kind == HOLD or (record.kind == "void" and record.body["register"] == HOLD)


def _void(record: Logged[kinds.VoidBody], before: Version[Any] | None, opener: int) -> Faults:
    body = record.body
    if before is None or before.seq != body["of"]:
        yield fault("void_of_nothing", of=body["of"], key=body["key"])
    if body["import"] != opener:
        yield fault("void_of_other_import", found=body["import"], expected=opener)


def _unused(state: Fold, record: Logged[kinds.VoidBody]) -> Faults:
    """What others rest on does not fall, and of what was awarded nothing that somebody has not confirmed by its sum."""
    register, key = record.body["register"], record.body["key"]
    if state.get("resting", (register, key)):
        yield fault("still_used", about=key)


def _silent(state: Fold, record: Logged[kinds.VoidBody]) -> Faults:
    """What stands against payments does not fall with a file that says nothing of it."""
    register, key = record.body["register"], record.body["key"]
    if state.whole("silence") is None:
        return
    wallet = register == "wallet" and state.stands(kinds.PAYEE, key) is not None
    if wallet or (register == "dishonesty" and state.stands(kinds.ENTITY, key.partition("/")[0]) is not None):
        yield fault("lifted_by_silence", about=key)


def _posted_on(state: Fold, record: Logged[kinds.VoidBody]) -> Faults:
    register, key = record.body["register"], record.body["key"]
    if register in ITEMS and state.whole("in_its_day") is not None:
        key, fen, exactly = item_of(register, key), _posted_after(state, record), False
    elif register == "grant":
        fen, exactly = sum(state.line(key).dues.values()), True
    elif register in _ITEMS and state.whole("as_said") is not None:
        # What fell, or was refused since, may still have something posted, which is confirmed as well.
        fen, exactly = sum(fen for line in granted_on(state, key) for fen in state.line(line).dues.values()), False
    else:
        return
    if not fen:
        return
    confirmed = state.stands(kinds.DECISION, f"{CONFIRMED}/{register}/{key}")
    figures = state.body(confirmed.seq).get("figures") if confirmed else None
    if not figures or (figures != [fen] if exactly else sum(figures) < fen):
        yield fault("void_of_posted", about=key, found=fen)


def _posted_after(state: Fold, record: Logged[kinds.VoidBody]) -> int:
    """What is posted on lines of an item of which a row falls, where any of it is for days that the row tells of."""
    register = record.body["register"]
    data = state.body(record.body["of"])["data"]
    day = data.get("due") or data.get("paid_on") or data.get("date", "")
    lines = [state.line(line).dues for line in granted_on(state, item_of(register, record.body["key"]))]
    if not any(fen and due >= day for dues in lines for due, fen in dues.items()):
        return 0
    return sum(fen for dues in lines for fen in dues.values())


def _entity(state: Fold, record: Logged[kinds.EntityBody], _before: Version[kinds.EntityBody] | None) -> Faults:
    """What is said of the check digit of a firm's code is so: where it fails, somebody has to look at the licence."""
    said, right = record.body["check"], check_of(record.body["key"])
    if said != right and state.whole("as_said") is not None:
        yield fault("uscc_differs", found=said, expected=right)


def _payee(state: Fold, record: Logged[kinds.PayeeBody], before: Version[kinds.PayeeBody] | None) -> Faults:
    uscc = record.body["uscc"]
    if state.stands(kinds.ENTITY, uscc) is None:
        yield fault("entity_unknown", about=uscc)
    if before and before.fields["uscc"] != uscc:
        yield fault("payee_of_another", before=before.fields["uscc"], found=uscc)
    yield from _institution(state, record.body)


def _payer(state: Fold, record: Logged[kinds.PayerBody], before: Version[kinds.PayerBody] | None) -> Faults:
    """A payer stays the account that it is, and is filled as before as long as money is there or on its way."""
    body = record.body
    if state.whole("as_said") is None:
        return
    yield from _institution(state, body)
    if before is None or before.void:
        return
    for name in ("channel", "institution", "number"):
        if body[name] != before.fields[name]:
            yield fault("payer_moved", about=body["key"], field=name)
    if body["funding"] != before.fields["funding"]:
        moved: Moved = state.get("moved_on", body["key"]) or Moved()
        there_fen = sum(moved.entries.values()) if before.fields["funding"] == PREFUNDED else 0
        way_fen = (state.whole("waiting") or {}).get(body["key"], 0)
        if there_fen or way_fen:
            yield fault("payer_in_use", about=body["key"], there=there_fen, way=way_fen)


def _institution(state: Fold, body: Mapping[str, Any]) -> Faults:
    """A bank's code passes its check; a wallet is one of a firm, at an operator that is known."""
    code = body["institution"]
    if state.whole("as_said") is None:
        return
    if body["channel"] == "bank":
        if not is_cnaps(code):
            yield fault("cnaps_malformed", found=code)
    elif code not in shipped() and code not in (state.whole("operators") or {}):
        yield fault("institution_unknown", found=code)
    elif body.get("wallet_type") in PERSONAL_WALLETS:
        yield fault("wallet_personal", found=body["wallet_type"])


def _inspection(
    state: Fold, record: Logged[kinds.InspectionBody], _before: Version[kinds.InspectionBody] | None
) -> Faults:
    if state.version(kinds.GRANT, record.body["grant"]) is None:
        yield fault("grant_unknown", about=record.body["grant"])


def _application(
    state: Fold, record: Logged[kinds.ApplicationBody], before: Version[kinds.ApplicationBody] | None
) -> Faults:
    body = record.body
    for number in state.get("supporting", ("application", body["key"])) or ():
        grant = state.stands(kinds.GRANT, number)
        if grant and grant.fields["granted_on"] < body["applied_on"] and state.whole("as_said") is not None:
            yield fault("granted_before_applied", found=grant.fields["granted_on"], before=body["applied_on"])
    if state.stands(kinds.ENTITY, body["uscc"]) is None:
        yield fault("entity_unknown", about=body["uscc"])
    if state.stands(kinds.NOTICE, body["notice"]) is None:
        yield fault("notice_unknown", about=body["notice"])
    lines = (state.get("supporting", ("application", body["key"])) or ()) if before else ()
    if before and any(awarded(state, line) for line in lines) and state.whole("in_its_day") is not None:
        yield from stays(body["key"], before.fields, body, ("notice", "item", "uscc"))


def _grant(state: Fold, record: Logged[kinds.GrantBody], before: Version[kinds.GrantBody] | None) -> Faults:
    body = record.body
    if before and awarded(state, body["key"]) and state.whole("in_its_day") is not None:
        yield from stays(body["key"], before.fields, body, ("application",))
    application = state.stands(kinds.APPLICATION, body["application"])
    if application is None:
        yield fault("application_unknown", about=body["application"])
    elif body["granted_on"] < application.fields["applied_on"]:
        yield fault("granted_before_applied", found=body["granted_on"], before=application.fields["applied_on"])
    if "payee" in body and state.stands(kinds.PAYEE, body["payee"]) is None:
        yield fault("payee_unknown", about=body["payee"])


def _wallet(state: Fold, record: Logged[kinds.WalletBody], before: Version[kinds.WalletBody] | None) -> Faults:
    """A wallet of the register, seen on a day that has come."""
    body = record.body
    payee = state.stands(kinds.PAYEE, body["key"])
    if payee is None or payee.fields["channel"] != "ecny":
        yield fault("payee_unknown", about=body["key"])
    if date.fromisoformat(body["seen_on"]) > day_of(body["recorded_at"]):
        yield fault("day_in_future", found=body["seen_on"])
    if before and body["seen_on"] < before.fields["seen_on"] and state.whole("as_said") is not None:
        yield fault("wallet_seen_before", found=body["seen_on"], before=before.fields["seen_on"])
    if before and "wallet_class" in before.fields and "wallet_class" not in body and state.whole("silence") is not None:
        yield fault("lifted_by_silence", about=body["key"])


def _wallet_request(
    state: Fold, record: Logged[kinds.WalletRequestBody], before: Version[kinds.WalletRequestBody] | None
) -> Faults:
    """A wallet that a registered firm asked for, in a state of a day that has come; a process stays its firm's."""
    body = record.body
    if state.stands(kinds.ENTITY, body["uscc"]) is None:
        yield fault("entity_unknown", about=body["uscc"])
    if date.fromisoformat(body["state_on"]) > day_of(body["recorded_at"]):
        yield fault("day_in_future", found=body["state_on"])
    if before and before.fields["uscc"] != body["uscc"]:
        yield fault("payee_of_another", before=before.fields["uscc"], found=body["uscc"])


_OWN: dict[str, Callable[[Fold, Any, Version[Any] | None], Faults]] = {
    "entity": _entity,
    "payee": _payee,
    "payer": _payer,
    "application": _application,
    "grant": _grant,
    "wallet": _wallet,
    "wallet_request": _wallet_request,
    "fact": facts.fact,
    "inspection": _inspection,
}


def grant_effects(state: Fold, record: Logged[Any]) -> Iterator[Differs]:
    """What a version of a grant, or the void of one, moves between available and reserved."""
    body = record.body
    key = body["key"]
    last = state.version(kinds.GRANT, key)
    before = None if last is None or last.void else last.fields
    after = None if record.kind == "void" else body
    postings = tuple(moved(before, after, state.accrued(key)))
    if postings:
        today = day_of(body["recorded_at"])
        entry = reservation(key, last.versions if last else 0, record.seq, after, today, postings)
        yield whole(entry)


def cut(_state: Fold, record: Logged[kinds.CutBody]) -> Faults:
    """What was cut off stood where the record of it stands; nothing before it was."""
    if (record.body["key"], record.body["from"]) != (str(record.seq), record.seq):
        yield fault("cut_differs")


def restore(state: Fold, record: Logged[kinds.RestoreBody]) -> Faults:
    """What was put back stands before the record of it, but for what every write may begin with; less is never lost."""
    body = record.body
    first, last = body["from"], body["to"]
    between = range(first, record.seq)
    if body["key"] != str(record.seq):
        yield fault("restore_differs", reason="key")
    elif first > record.seq or any(kind_of(state.body(seq)) not in _BEFORE_RESTORE for seq in between):
        yield fault("restore_differs", reason="from")
    elif last < first:
        yield fault("restore_differs", reason="to")
    elif last == first and state.root(first) != bytes.fromhex(body["root"]):
        yield fault("restore_differs", reason="root")
    elif body["made_at"] > body["recorded_at"] and state.whole("in_its_day") is not None:
        yield fault("restore_differs", reason="made_at")


def notice(state: Fold, record: Logged[kinds.NoticeBody]) -> Faults:
    """The hash is that of the text, and what is amended stands before it."""
    body = record.body
    if sha256(body["text"].encode()).hexdigest() != body["sha256"]:
        yield fault("notice_hash_differs")
    named = id_of(body["text"])
    if named != body["key"] and state.whole("in_its_day") is not None:
        yield fault("notice_of_another", found=named)
    known = (state.whole("hashes") or {}).get(body["key"], ())
    if ("amends" in body) != bool(known) or ("amends" in body and body["amends"] not in known):
        yield fault("amends_differs")
    elif "amends" in body and state.whole("at_doors") is not None:
        amended: int = state.get("noticed", f"{body['key']}@sha256:{body['amends']}")
        try:
            changed = changed_by(notice_of(state.body(amended)["text"]), notice_of(body["text"]))
        except Refused as error:
            yield fault("improper", reason=error.problems[0].code)
            return
        if changed:
            yield fault("amends_differs")


def benchmark(state: Fold, record: Logged[kinds.BenchmarkBody]) -> Faults:
    """Rates are only added, of days after those that the table had been checked through."""
    body = record.body
    version = state.version(kinds.BENCHMARK, body["key"])
    if version is None:
        return
    before: kinds.BenchmarkBody = state.body(version.seq)
    today = day_of(body["recorded_at"]).isoformat()
    kept, added = body["rows"][: len(before["rows"])], body["rows"][len(before["rows"]) :]
    through = before["checked_through"]
    if kept != before["rows"] or body["checked_through"] < through or any(row[0] <= through for row in added):
        yield fault("rate_changed")
    if body["checked_through"] > today and state.whole("as_said") is not None:
        yield fault("day_in_future", found=body["checked_through"])


def opening(state: Fold, record: Logged[kinds.OpeningBody]) -> Faults:
    """It is of a notice that stands; what it says of a line is of one that was applied for under that notice."""
    body = record.body
    if state.stands(kinds.NOTICE, body["key"]) is None:
        yield fault("notice_unknown", about=body["key"])
    paid: dict[str, int] = {}
    for opening_row in body["rows"]:
        if opening_row["amount_fen"] < 0:
            yield fault("amount_not_positive", found=opening_row["amount_fen"])
        line, loan = opening_row.get("line"), opening_row.get("loan", "")
        if loan and not line and state.whole("at_doors") is not None and any(granted_under(state, body["key"], loan)):
            yield fault("opening_line_missing", about=loan)
        grant = state.stands(kinds.GRANT, line) if line else None
        application = state.stands(kinds.APPLICATION, grant.fields["application"]) if grant else None
        if line and (application is None or application.fields["notice"] != body["key"]):
            yield fault("opening_differs", about=line, notice=body["key"])
        elif line and application and application.fields["uscc"] != opening_row["uscc"]:
            yield fault(
                "opening_of_another", about=line, found=opening_row["uscc"], expected=application.fields["uscc"]
            )
        elif line and grant:
            paid[line] = paid.get(line, 0) + opening_row["amount_fen"]
            most_fen = grant.fields.get("ceiling_fen")
            if most_fen is not None and paid[line] > most_fen and state.whole("in_its_day") is not None:
                yield fault("above_ceiling", line=line, found=paid[line], expected=most_fen)


def quarantine(state: Fold, record: Logged[kinds.QuarantineBody]) -> Faults:
    """A file that is put aside has no statement on the book."""
    body = record.body
    if state.get("resting", (FILE, body["sha256"])):
        yield fault("file_on_book", about=body["key"])


def reveal(state: Fold, record: Logged[kinds.RevealBody]) -> Faults:
    """Who looks at clear text holds the post that may, and what is said to be shown is the version in force."""
    body = record.body
    payee = state.stands(kinds.PAYEE, body["about"])
    person = state.people.get(body["actor"])
    if payee is None or payee.seq != body["version"]:
        yield fault("reveal_differs", about=body["about"], reason="version")
    if person is None or person.post != REVEALS:
        yield fault("reveal_differs", about=body["about"], reason="post")


def operator(state: Fold, record: Logged[kinds.OperatorBody]) -> Faults:
    """An operator stands under a code, and its days are in order."""
    body = record.body
    if state.whole("at_doors") is None:
        return
    if not is_code(body["key"]):
        yield fault("operator_malformed", found=shown_code(body["key"]))
    if body.get("to", "9999") < body["from"]:
        yield fault("dates_reversed", about=body["key"])


def account(state: Fold, record: Logged[kinds.AccountBody]) -> Faults:
    """An account keeps its chart and side for ever."""
    body = record.body
    before = state.version(kinds.ACCOUNT, body["key"])
    said = {name: body[name] for name in ("chart", "code", "side")}
    if body["key"] != f"{body['chart']}/{body['code']}" or (before and dict(before.fields) != said):
        yield fault("account_differs", about=body["key"])


def statement_withdrawal(state: Fold, record: Logged[kinds.StatementWithdrawalBody]) -> Faults:
    """What is taken back are statements that stand, and what is left of their accounts still makes a chain."""
    falling: dict[tuple[str, str], set[str]] = {}
    for seq in record.body["statements"]:
        body = state.body(seq) if seq < record.seq else {}
        stands = state.stands(kinds.STATEMENT, body.get("key", ""))
        if stands is None or stands.seq != seq:
            yield fault("statement_needed", found=seq)
            return
        falling.setdefault((body["account"], body["currency"]), set()).add(body["key"])
    for about, keys in sorted(falling.items()):
        chain: Chain | None = state.get("chain", about)
        left = [span for key, span in chain.spans.items() if key not in keys] if chain else []
        if left and not whole_chain(left):
            yield fault("statement_gap", about=about[0])


def statement(state: Fold, record: Logged[kinds.StatementBody]) -> Faults:
    """What it says of balances joins what the statements of its account say that stand."""
    body = record.body
    if body.get("opens_on", "") > body.get("closes_on", "9999"):
        yield fault("dates_reversed", about=body["key"])
    chain: Chain | None = state.get("chain", (body["account"], body["currency"]))
    if together(chain.whole if chain else None, Span.of(body)) is None:
        yield fault("statement_gap", about=body["account"])


def succession(state: Fold, record: Logged[kinds.SuccessionBody]) -> Faults:
    """Registered firms, on a day that has come; nobody takes its own place, and who goes on had ended."""
    body = record.body
    firm, successor = body["key"], body.get("successor", "")
    for code in filter(None, (firm, successor)):
        if state.stands(kinds.ENTITY, code) is None:
            yield fault("entity_unknown", about=code)
    after = state.whole("ended") or {}
    if successor and firm in places(successor, after):
        yield fault("succession_differs", about=firm, reason="successor")
    if body["state"] == GOES_ON and (successor or firm not in after):
        yield fault("succession_differs", about=firm, reason="state")
    if date.fromisoformat(body["on"]) > day_of(body["recorded_at"]):
        yield fault("day_in_future", found=body["on"])
