"""People and duties: who is in office with which key, who signs what, and what nobody could sign."""

from collections import defaultdict

from fastapi import APIRouter
from starlette.responses import Response

from ledger.labels.duties import EFFECTS
from ledger.office.acts import act_words
from ledger.office.duty import step_words
from ledger.queries.as_of import Moment
from ledger.queries.officers import OfficersAnswer, officers
from ledger.queries.signers import newcomer
from ledger.web.asked import Asks
from ledger.words import _, listed

router = APIRouter()


@router.get("/people")
def people(asks: Asks) -> Response:
    """Everybody, and the acts of the set of duties in force."""
    with asks.read() as seen:
        found = officers(Moment(seen.view, seen.vault, seen.today))
        return asks.page(
            "people.html",
            seen,
            "people",
            found=found,
            here=[person for person in found.people if person.in_office],
            acts=_acts(found),
            gaps=_gaps(found),
            enter=newcomer(seen.view, next(iter(found.unheld), "POST")),
        )


def _acts(found: OfficersAnswer) -> list[dict[str, object]]:
    duties = found.duties
    if duties is None:
        return []
    return [
        {
            "name": act_words(act.act),
            "effect": _(EFFECTS[act.effect]),
            "steps": [
                (step_words(duties, posts), listed(able) or _("nobody"))
                for posts, able in zip(act.steps, act.able, strict=True)
            ],
        }
        for act in found.acts
    ]


def _gaps(found: OfficersAnswer) -> list[tuple[str, str, list[str]]]:
    """(who is away, as which posts nobody signs then, which acts); what nobody could sign anyhow is said once."""
    duties = found.duties
    if duties is None:
        return []
    always = {(gap.act, gap.step) for gap in found.gaps if not gap.absent}
    alike: dict[tuple[str, str], list[str]] = defaultdict(list)
    for gap in found.gaps:
        if not gap.absent or (gap.act, gap.step) not in always:
            alike[gap.absent, step_words(duties, gap.posts)].append(act_words(gap.act))
    return [(absent, posts, acts) for (absent, posts), acts in alike.items()]
