"""Somebody who has the office's own key: appends whatever he likes, hashed and signed as the office would.

A forgery is written as steps, joined by ` & `:

    add SELECTOR: field=value; field=value      a copy of a record, changed, at the end
    new KIND: field=value; ...                  a record of this kind at the end; an act as it is signed at once
    alter SELECTOR: field=value; ...            a record is changed where it stands
    reverse SELECTOR                            the exact inverse of an entry at the end

A selector is a kind, then its reason, state or register, then which of them it is (`entry paid`, `outcome success 2`,
`entity`); `end` is the last record. A field may lie deeper (`postings.0.amount_fen`); a value is JSON, `-` takes the
field away. In values `{SELECTOR}` is a log index, `{SELECTOR.field}` a field, `{leaf SELECTOR}` a leaf hash, `{here}`
the log index of the record that is changed, `{next}` that of the one after it.
"""

import json
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from ledger.book.posting import entry_fields, reversal_of
from ledger.log.canonical import canonical
from ledger.log.checkpoint import Checkpoint, SignerKey, sign
from ledger.log.kinds import KINDS, kind_of
from ledger.log.tree import leaf_hash, root
from ledger.office.acts import act_of
from ledger.rules.groups import Found
from ledger.rules.judge import Judge
from ledger.rules.records import Logged, LogOnly, day_of
from ledger.rules.state import Fold
from ledger.store.anchor import Anchor
from tests.audit.attacker import Body, compute_again

_TOLD_BY = ("reason", "state", "register")


def forge(log: list[Body], steps: str) -> None:
    """Change a log as the steps say."""
    for step in steps.split(" & "):
        head, _, said = step.partition(": ")
        how, _, selector = head.partition(" ")
        if how == "add":
            log.append({**json.loads(json.dumps(log[find(log, selector)])), "recorded_at": log[-1]["recorded_at"]})
            place = len(log) - 1
        elif how == "new":
            common = {"actor": "1001", "recorded_at": log[-1]["recorded_at"]}
            log.append({"$schema": KINDS[selector].schema, **common})
            place = len(log) - 1
        elif how == "reverse":
            log.append(_reversal(log, find(log, selector)))
            continue
        else:
            place = find(log, selector)
        for one in filter(None, said.split("; ")):
            name, _, value = one.partition("=")
            _put(log[place], name.split("."), _value(log, place, value))
        if how == "new" and "act" in KINDS[selector].fields:
            log[place] = {**_act(log, log[place]), **log[place]}


def _act(log: Sequence[Body], body: Body) -> Body:
    """What an act says that somebody signs at once who has seen nothing but the first record."""
    about = body.get("about", len(log))
    return {
        "act": (act_of(log[about]) if about < len(log) else "") or "run",
        "origin": log[0]["origin"],
        "head": {"root": leaf_hash(canonical(log[0])).hex(), "size": 1},
        "valid_until": day_of(body["recorded_at"]).isoformat(),
    }


def seen_again(log: list[Body]) -> None:
    """Every act says that its signer saw the log as it is now; nobody has signed that."""
    for seq, body in enumerate(log):
        if "act" in body:
            size = min(body["head"]["size"], seq)
            body["head"] = {"root": root([leaf_hash(canonical(one)) for one in log[:size]]).hex(), "size": size}


def find(log: Sequence[Body], selector: str) -> int:
    """The log index of the record that a selector names."""
    if selector == "end":
        return len(log) - 1
    words = selector.split()
    number = int(words.pop()) if words[-1].isdecimal() else 1
    kind, *told = words
    found = [
        seq
        for seq, body in enumerate(log)
        if kind_of(body) == kind and (not told or any(body.get(name) == told[0] for name in _TOLD_BY))
    ]
    return found[number - 1]


def _value(log: Sequence[Body], place: int, text: str) -> Any:
    def fill(found: re.Match[str]) -> str:
        selector, _, field = found[1].partition(".")
        if selector in ("here", "next"):
            return str(place + (selector == "next"))
        if selector.startswith("leaf "):
            return leaf_hash(canonical(log[find(log, selector.removeprefix("leaf "))])).hex()
        seq = find(log, selector)
        return str(_get(log[seq], field.split("."))) if field else str(seq)

    filled = re.sub(r"\{([a-z][^{}\"]*)\}", fill, text)
    return None if filled == "-" else json.loads(filled)


def _get(body: Any, names: Sequence[str]) -> Any:
    for name in names:
        body = body[int(name) if isinstance(body, list) else name]
    return body


def _put(body: Any, names: Sequence[str], value: Any) -> None:
    inner = _get(body, names[:-1])
    name: Any = int(names[-1]) if isinstance(inner, list) else names[-1]
    if value is None:
        del inner[name]
    else:
        inner[name] = value


def _reversal(log: Sequence[Body], seq: int) -> Body:
    last = log[-1]
    common = {name: last[name] for name in ("actor", "recorded_at")}
    day = date.fromisoformat(last["recorded_at"][:10])
    body: Any = log[seq]
    return {"$schema": body["$schema"], **common, **entry_fields(reversal_of(body, seq, day))}


def logged(log: Sequence[Body]) -> list[Logged[Any]]:
    """The records of a log as rules see them."""
    return [Logged(seq, kind_of(body), body, leaf_hash(canonical(body))) for seq, body in enumerate(log)]


def faults(log: Sequence[Body]) -> list[tuple[str, int]]:
    """(code, record) of everything that the rule book finds in a log, as if what comes before it had been proper."""
    judge = Judge(Fold(LogOnly(log.__getitem__)))
    found: list[Found | None] = []
    for record in logged(log):
        found += [*judge.faults(record), judge.know(record)]
    found.append(judge.end())
    return [(one.fault.code, one.record.seq) for one in found if one]


def judged(log: Sequence[Body]) -> Found | None:
    """What the rule book finds in a log: the first record that is improper."""
    judge = Judge(Fold(LogOnly(log.__getitem__)))
    found = next(filter(None, map(judge.take, logged(log))), None)
    return found or judge.end()


def first_fault(log: Sequence[Body]) -> tuple[str, int] | None:
    """(code, record) of it."""
    found = judged(log)
    return (found.fault.code, found.record.seq) if found else None


def put_in_place(path: Path, anchor: Path, log: list[Body]) -> None:
    """Make a file of this log, every table to match, and sign its head with the office's key."""
    leaves = compute_again(path, log)
    home = Anchor(anchor, path)
    key = SignerKey.parse(home.key_file.read_text(encoding="utf-8"))
    head = Checkpoint(log[0]["origin"], len(log), root(leaves))
    home.checkpoint_file.write_text(sign(head, key), encoding="utf-8")
