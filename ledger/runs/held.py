"""Lines that something beside their facts stops: calculated on the standing facts, and nothing is posted on them.

A bad row of a register file stops the lines of its item; days that the lender has not reported stop those of which the
run would move what is posted for them; an opening that facts moved away from all due days of its line stops that one,
and so does the item of a line that something is posted on, where it fell with an import that was taken back.
Such a line keeps its room in caps as a line of another run does. Its digest and the proposal say what it waits for.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from calculators.awards.digests import AwardResult
from calculators.awards.failed import failed, held_whole
from calculators.awards.unsure import Absent, Unsure
from calculators.digest import Digest, Held
from calculators.money import format_yuan
from ledger.book.balances import Award
from ledger.log import kinds
from ledger.registry import holds
from ledger.registry.items import register_of
from ledger.runs.lines import Granted, Unready
from ledger.store.ledger import View
from ledger.store.rules import one_grant

ROW_HELD = "row_held"
UNREPORTED = "lender_not_reported"
# Holds that stop a line whole: what was posted on it stays, and nothing is added.
WHOLE = frozenset({"line_failed", ROW_HELD, UNREPORTED})
# What a line without its item is refused with; where a row of the item is held nobody can say that it is missing.
_MISSING = frozenset({"loan_unknown", "item_unknown"})
# Nor whether the firm's lines reach together what they do not reach with what is known of a held one.
_TOGETHER = frozenset({"firm_loans_too_small", "firm_interest_too_small", "firm_total_too_small"})


class Stopped(NamedTuple):
    """The holds in force, as digests have them: of rows by register and key of what they are about, others by line."""

    by_item: Mapping[tuple[str, str], Sequence[Held]]
    by_line: Mapping[str, Sequence[Held]] = {}

    def of(self, type_: str, item: str, line: str) -> Sequence[Held]:
        """Those of a line and its item, by the type of support that it is for."""
        return [*self.by_item.get((register_of(type_).register, item), ()), *self.by_line.get(line, ())]

    def more(self, held: Mapping[str, Held]) -> "Stopped":
        """These, and one more of each of some lines."""
        return self._replace(
            by_line={**self.by_line, **{line: [*self.by_line.get(line, ()), item] for line, item in held.items()}}
        )


def stopped(view: View) -> Stopped:
    """What the holds of `view` stop."""
    found: dict[tuple[str, str], list[Held]] = defaultdict(list)
    for row in holds.standing(view):
        body = row.body
        found[body["of"], body["about"]].append(
            Held(
                code=ROW_HELD,
                cause=body["problems"][0]["code"],
                fact=body["about"],
                values={"register": body["register"], "file": body["file"], "row": str(body["row"])},
            )
        )
    return Stopped(found)


def taken_back(view: View, unready: Iterable[Unready], posted: Mapping[tuple[str, date], Award]) -> dict[str, Held]:
    """By line id what holds the lines whose item fell with an import that was taken back, while something is posted.

    That the file was wrong does not say that the item is gone.
    """
    amounts: Counter[str] = Counter()
    for (line, _due), award in posted.items():
        amounts[line] += award.amount_fen
    asked = [one for one in unready if one.code in _MISSING and amounts[one.line]]
    if not asked:
        return {}
    # By what an import was taken back, or by whom the act over it was turned down.
    withdrawn = {row.seq for row in view.records(kinds.IMPORT_WITHDRAWAL)}
    withdrawn |= {row.seq for row in view.records(kinds.APPROVAL)}
    found: dict[str, Held] = {}
    for missing in asked:
        history = view.history(register_of(missing.type), missing.item)
        if history and history[-1][1] and history[-1][0].body["import"] in withdrawn:
            cause = failed("item_taken_back", amount=format_yuan(amounts[missing.line]))
            found[missing.line] = held_whole(missing.item, cause)
    return found


def beside(view: View, granted: Granted, posted: Mapping[tuple[str, date], Award]) -> dict[str, Held]:
    """By line id what holds the lines of an item that another grant supports under the same notice.

    A ledger may hold such grants from before they were refused. The line with money goes on, of several the one decided
    first; it is the one that the rule book lets be awarded.
    """
    lines: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in granted.lines:
        lines[line.notice_id, line.application.item].append(line.id)
    for unready in granted.unready:
        lines[unready.notice, unready.item].append(unready.line)
    doubled = {about: ids for about, ids in lines.items() if len(ids) > 1}
    if not doubled or one_grant(view) is None:
        return {}
    amounts: Counter[str] = Counter()
    for (line_id, _due), award in posted.items():
        amounts[line_id] += award.amount_fen
    decided = {row.key: row.body["granted_on"] for row in view.rows(kinds.GRANT)}
    found: dict[str, Held] = {}
    for (_notice, item), ids in doubled.items():
        first, *others = sorted(ids, key=lambda line_id: (amounts[line_id] <= 0, decided[line_id], line_id))
        found |= {other: held_whole(item, failed("item_granted", other=first)) for other in others}
    return found


def unsure(granted: Granted, by: Stopped) -> Unsure:
    """What is not to be relied on where lines of a firm are counted together: those that are stopped."""
    return Unsure(
        frozenset(line.id for line in granted.lines if by.of(line.notices[0].type, line.application.item, line.id)),
        tuple(
            Absent(unready.line, unready.item, unready.uscc, unready.notice, unready.supports)
            for unready in granted.unready
            if unready.code in _MISSING and by.of(unready.type, unready.item, unready.line)
        ),
    )


def held_results(results: Iterable[AwardResult], by: Stopped) -> list[AwardResult]:
    """The results, with what stops their lines in their digests."""
    found: list[AwardResult] = []
    for result in results:
        line = result.line
        rows = by.of(line.notices[0].type, line.application.item, line.id)
        found.append(result.with_digest(with_holds(result.digest, rows)) if rows else result)
    return found


def with_holds(digest: Digest, rows: Sequence[Held]) -> Digest:
    """A digest with the holds of its item first; it is not refused for what they leave open."""
    if not rows:
        return digest
    refused = [refused_code for refused_code in digest["refused"] if refused_code["code"] not in _MISSING | _TOGETHER]
    return {**digest, "refused": refused, "held": [*rows, *digest["held"]]}
