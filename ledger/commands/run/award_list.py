"""The applications of a batch as people read them: a table, JSON, and the list for publication (公示)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import click

from calculators.digest import Withheld
from calculators.money import format_yuan, plain_yuan
from calculators.problems import N_, Say
from ledger.commands.ui.context import money, table
from ledger.runs.reports.assessment import Assessed, Refusal
from ledger.runs.reports.reasons import CLAUSES, REFUSALS
from ledger.sheets.files import Target
from ledger.sheets.lists import write_list
from ledger.words import _, in_chinese, listed

OUTCOMES = {
    "granted": N_("granted"),
    "open": N_("not decided"),
    "refused": N_("refused"),
    "declined": N_("declined by decision"),
}
# What bounds a line beside caps.
BOUNDS = {
    "grant_ceiling": N_("the grant's ceiling"),
    "meeting": N_("a meeting granted less"),
    "shortage": N_("allotted of a short budget"),
}
# The list goes to Chinese firms whatever language its officer reads: its words are no messages.
HEADINGS = (
    "序号",
    "申报编号",
    "企业名称",
    "统一社会信用代码",
    "申报事项",
    "申报日期",
    "评审名次",
    "测算金额（元）",
    "拟支持金额（元）",
    "受限上限",
    "结果",
    "不予支持原因及依据",
)
_TITLE = "拟支持名单"
_RESULTS = {"granted": "已批复", "open": "拟支持", "refused": "不予支持", "declined": "决定不予支持"}


def applications_json(found: Sequence[Assessed]) -> list[dict[str, Any]]:
    """The applications as `--json` prints them."""
    return [
        {
            "place": place,
            "application": assessed.application,
            "uscc": assessed.uscc,
            "firm": assessed.firm,
            "item": assessed.item,
            "applied_on": assessed.applied_on.isoformat(),
            **({"rank": assessed.rank} if assessed.rank is not None else {}),
            "outcome": assessed.outcome,
            **({"grant": assessed.grant} if assessed.grant else {}),
            "computed": plain_yuan(assessed.computed_fen),
            "award": plain_yuan(assessed.award_fen),
            "caps": list(assessed.caps),
            "withheld": [limit_json(limit) for limit in assessed.withheld],
            "conditions": list(assessed.conditions),
            "refused": list(assessed.refused),
        }
        for place, assessed in enumerate(found, 1)
    ]


def limit_json(limit: Withheld) -> dict[str, Any]:
    """What a ceiling or decision cut off, as `--json` prints it."""
    document = {"document": limit["document"]} if "document" in limit else {}
    figures = {"limit": plain_yuan(limit["limit_fen"]), "amount": plain_yuan(limit["amount_fen"])}
    return {"code": limit["code"], **document, **figures}


def print_applications(found: Sequence[Assessed]) -> None:
    """The applications in order, then who is refused and why."""
    if not found:
        return
    click.echo(_("Applications, what each comes to when it is carried out:"))
    table(
        [
            money(_("No.")),
            _("Application"),
            _("Firm"),
            _("Item"),
            money(_("Rank")),
            money(_("Computed")),
            money(_("Award")),
            _("Bound by"),
            _("Outcome"),
        ],
        [
            (
                place,
                assessed.application,
                assessed.firm,
                assessed.item,
                assessed.rank or "-",
                format_yuan(assessed.computed_fen),
                format_yuan(assessed.award_fen),
                listed(bounds(assessed)),
                _(OUTCOMES[assessed.outcome]),
            )
            for place, assessed in enumerate(found, 1)
        ],
    )
    refused = [(assessed, code) for assessed in found for code in assessed.refused]
    if refused:
        click.echo(_("Refused applications:"))
        table(
            [_("Application"), _("Rule"), _("Clause"), _("Why")],
            [(assessed.application, code["code"], _clause(code, _), _sentence(code, _)) for assessed, code in refused],
        )


def bounds(assessed: Assessed) -> list[str]:
    """What cut an award: the caps by their ids, then ceiling and decisions by their codes."""
    return [*assessed.caps, *(str(limit["code"]) for limit in assessed.withheld)]


def write_award_list(target: Target, found: Sequence[Assessed], made_on: date) -> None:
    """The list for publication: who gets how much, who is refused and why; no payee and no account."""
    rows = [
        (
            str(place),
            assessed.application,
            assessed.firm,
            assessed.uscc,
            assessed.item,
            assessed.applied_on.isoformat(),
            str(assessed.rank or ""),
            plain_yuan(assessed.computed_fen),
            plain_yuan(assessed.award_fen),
            "、".join(in_chinese(BOUNDS.get(bound, bound)) for bound in bounds(assessed)),
            _RESULTS[assessed.outcome],
            "；".join(f"{_sentence(code, in_chinese)}（{_clause(code, in_chinese)}）" for code in assessed.refused),
        )
        for place, assessed in enumerate(found, 1)
    ]
    write_list(target, _TITLE, HEADINGS, rows, made_on)


def _sentence(code: Refusal, say: Say) -> str:
    return code.get("reason") or say(REFUSALS[code["code"]])


def _clause(code: Refusal, say: Say) -> str:
    """Where the rule stands; a document's number or clause is the same in every language."""
    return say(CLAUSES.get(code["clause"], code["clause"]))
