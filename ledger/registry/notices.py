"""The register of notices: texts recorded for ever by content hash; a change is a version that says what it amends.

Nothing here chooses amounts: `calculators.awards.versions` says which version governs a loan.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from calculators.awards.lines import Version
from calculators.awards.versions import NoticeVersion, ambiguous, clashes, governing_versions
from calculators.facts.model import Application
from calculators.files.yaml import load_notice, notice_ref, read_yaml
from calculators.interest.loan import Loan
from calculators.money import Exact
from calculators.notices.item import ItemCap
from calculators.notices.loan import LoanCap
from calculators.notices.model import Cap, Notice
from calculators.notices.sharing import sides_differ
from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.log import kinds
from ledger.registry.agreements import in_effect
from ledger.store.ledger import Row, View, Writer

__all__ = [
    "Added",
    "NoticeVersion",
    "add_notice",
    "add_notices",
    "changed_by",
    "highest_limits",
    "id_of",
    "notice_of",
    "notice_rows",
    "notice_text",
    "notices",
    "public_notice_days",
    "versions_for",
]

_PLAIN = re.compile(r"[a-z_]+:( |$)")
_WORD = re.compile(r"[a-z0-9][a-z0-9-]*")
# An amendment must leave alone what lines are sorted and grouped by before any version is chosen.
_FIXED = ("type", "programme", "governed_by", "exclusion_group")


class Added(NamedTuple):
    """What became of a notice: its reference, its record, and whether it was there before."""

    ref: str
    seq: int
    same: bool


def notices(view: View) -> dict[str, list[NoticeVersion]]:
    """Every notice by id, its versions in the order they were recorded."""
    found: dict[str, list[NoticeVersion]] = {}
    for row in notice_rows(view):
        notice = _parsed(row.body["text"])
        found.setdefault(notice.id, []).append(NoticeVersion(f"{notice.id}@sha256:{row.body['sha256']}", notice))
    return found


def notice_rows(view: View) -> list[Row[kinds.NoticeBody]]:
    """The versions of all notices, in log order; one that was turned down is none, and none stands twice."""
    found: dict[tuple[str, str], Row[kinds.NoticeBody]] = {}
    for row in in_effect(view, kinds.NOTICE):
        found.setdefault((row.key, row.body["sha256"]), row)
    return list(found.values())


def versions_for(
    known: Mapping[str, Sequence[NoticeVersion]], application: Application, loan: Loan
) -> tuple[Version, ...]:
    """The versions of the application's notice that govern the loan, by the accrual days they govern.

    Raises `Refused`: `notice_ambiguous` where two match, `notice_not_in_force` where none does; `KeyError` for a notice
    that is not among `known`.
    """
    return governing_versions(known[application.notice], application, loan)


def notice_text(view: View, name: str) -> tuple[NoticeVersion, str]:
    """The latest version of a notice by its id, or one version by its reference, with its text.

    Raises `Refused` with `notice_unknown`.
    """
    for row in reversed(notice_rows(view)):
        ref = f"{row.key}@sha256:{row.body['sha256']}"
        if name in (row.key, ref):
            return NoticeVersion(ref, _parsed(row.body["text"])), row.body["text"]
    raise refuse(
        "notice_unknown",
        N_("no notice {name} is registered"),
        N_("see the registered ones with: subsidy notice list"),
        name=name,
    )


def notice_of(text: str) -> Notice:
    """The notice of a recorded text."""
    return _parsed(text)


def public_notice_days(text: str) -> int:
    """How many business days of public notice a recorded text of a notice asks for; 0 for none."""
    # Verification asks this of every notice, and reading one takes longer than looking for a word.
    approval = _parsed(text).approval if "public_notice" in text else None
    return approval.public_notice.days if approval and approval.public_notice else 0


def id_of(text: str) -> str:
    """The id that a recorded text of a notice has; empty where it is none."""
    # Where every line that is not indented begins with a plain key, one of them alone is the id and need not be
    # parsed: verification asks this of every notice.
    outer = [line for line in text.splitlines() if line and not line.startswith("#")]
    keys = [line for line in outer if not line.startswith(" ")]
    named = [line.removeprefix("id: ") for line in keys if line.startswith("id:")]
    plain = outer[:1] == keys[:1] and all(map(_PLAIN.match, keys))
    if plain and len(named) == 1 and _WORD.fullmatch(named[0]):
        return named[0]
    try:
        return _parsed(text).id
    except Refused:
        return ""


def changed_by(amended: Notice, notice: Notice) -> list[str]:
    """What an amendment changes and may not."""
    changed = [key for key in _FIXED if getattr(amended, key) != getattr(notice, key)]
    if notice.governed_by == "accrual_day" and _payers(amended) != _payers(notice):
        changed.append("payers")
    return changed


def add_notice(writer: Writer, text: str, source: str) -> Added:
    """Record one notice, as `add_notices` does."""
    return add_notices(writer, [(text, source)])[0]


def add_notices(writer: Writer, files: Sequence[tuple[str, str]]) -> list[Added]:
    """Record notices, each given as text and source; the same text again records nothing.

    Raises `Refused`: everything `load_notice` finds; `notice_exists` for other content under a registered id;
    `amends_unknown`, `amendment_changes` and `notice_ambiguous` for an amendment that does not fit the versions
    registered; `cap_sides_differ` where the latest versions of two notices that name each other in a cap state it
    differently once all of them stand.
    """
    added = [_add(writer, text, source) for text, source in files]
    latest = {name: versions[-1].notice for name, versions in notices(writer).items()}
    problems = [
        problem
        for addition, (text, source) in zip(added, files, strict=True)
        if not addition.same
        for problem in _sides_differ(latest, text, source)
    ]
    if problems:
        raise Refused(problems)
    return added


def _sides_differ(latest: Mapping[str, Notice], text: str, source: str) -> Iterator[Problem]:
    notice = load_notice(text, source)
    for sides in sides_differ(notice, [other for name, other in sorted(latest.items()) if name != notice.id]):
        yield Problem(
            "cap_sides_differ",
            N_("this cap is {ours}, and {other}, which shares it, states {theirs}"),
            N_("write the same in both notices; where both change, add both files in one command"),
            read_yaml(text, source).place(("caps", sides.place)),
            {"ours": sides.ours, "other": sides.other, "theirs": sides.theirs},
        )


def _add(writer: Writer, text: str, source: str) -> Added:
    notice = load_notice(text, source)
    ref = notice_ref(notice, text)
    versions = notices(writer).get(notice.id, [])
    for row in notice_rows(writer):
        if row.key == notice.id and row.body["text"] == text:
            return Added(ref, row.seq, same=True)
    _check_function(notice, text, source)
    _check_versions(NoticeVersion(ref, notice), versions, source)
    body = kinds.NoticeBody(key=notice.id, sha256=sha256(text.encode()).hexdigest(), text=text)
    if notice.amends:
        body["amends"] = notice.amends.removeprefix("sha256:")
    return Added(ref, writer.append(kinds.NOTICE, body), same=False)


def _check_function(notice: Notice, text: str, source: str) -> None:
    """The budget is executed on the last level of the functional classification; notices of before stand."""
    if len(notice.classification.function) < 7:
        raise refuse(
            "function_above_item",
            N_("function {function} is not given to its last level (项)"),
            N_("write its 7 digits, for example 2150517"),
            read_yaml(text, source).place(("classification", "function")),
            function=notice.classification.function,
        )


def _check_versions(new: NoticeVersion, versions: Sequence[NoticeVersion], source: str) -> None:
    notice = new.notice
    by_hash = {version.hash: version for version in versions}
    if versions and notice.amends is None:
        raise refuse(
            "notice_exists",
            N_("{ref} is registered with other content and stays as it is"),
            N_("write amends: {latest} for a new version, or give the notice another id"),
            Place(source, key="id"),
            ref=versions[-1].ref,
            latest=versions[-1].hash,
        )
    if notice.amends is None:
        return
    if notice.amends not in by_hash:
        raise refuse(
            "amends_unknown",
            N_("no registered version of {notice} has this hash"),
            N_("see the registered versions with: subsidy notice list"),
            Place(source, key="amends"),
            notice=notice.id,
        )
    amended = by_hash[notice.amends].notice
    changed = changed_by(amended, notice)
    if changed:
        raise refuse(
            "amendment_changes",
            N_("an amendment cannot change {keys}"),
            N_("write them as in the version amended, or register a notice with another id"),
            Place(source, key=changed[0]),
            keys=", ".join(changed),
        )
    for day, first, second in clashes([*versions, new]):
        raise Refused(ambiguous(first, second, day, Place(source, key="effective")))


def _payers(notice: Notice) -> list[tuple[str, Exact]]:
    """Who bears what share. Where two versions govern days of one line, it is split over one set of payers."""
    return [(payer.level, payer.share) for payer in notice.payers]


def highest_limits(texts: Iterable[str]) -> Mapping[str, int | None]:
    """Cap -> the highest limit that versions of a notice state, None where it is a share of something.

    Nothing where one of them is of a release whose notices said other things.
    """
    found: dict[str, int | None] = {}
    for notice in readable(texts):
        for cap in notice.caps:
            limit_fen = _highest(cap)
            before_fen = found.get(cap.id, 0)
            found[cap.id] = None if limit_fen is None or before_fen is None else max(before_fen, limit_fen)
    return found


def readable(texts: Iterable[str]) -> list[Notice]:
    """Versions of a notice by their texts; none where one is of a release whose notices said other things."""
    try:
        return [_parsed(text) for text in texts]
    except Refused:
        return []


def _highest(cap: Cap) -> int | None:
    amounts = [cap.amount]
    if isinstance(cap, LoanCap) and cap.when_status:
        amounts.append(cap.when_status.amount)
    shared = isinstance(cap, ItemCap) and cap.share_of_figure
    return None if shared or None in amounts else max(amount for amount in amounts if amount is not None)


@lru_cache(maxsize=256)
def _parsed(text: str) -> Notice:
    """A recorded text was checked before it was recorded: it loads, or the ledger is damaged."""
    return load_notice(text, "record")
