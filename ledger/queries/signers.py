"""Who can sign: the officers whom the rule of signing would not refuse for person or post on a day."""

from datetime import date

from ledger.office.approvals import given, subject, who_signs
from ledger.office.people import people
from ledger.office.signing import by_acts
from ledger.store.ledger import View


def next_post(view: View, seq: int) -> str:
    """The post of the next signature of what waits at log index `seq`; empty where any officer may give it."""
    return subject(view, seq).steps[len(given(view, seq))]


def able_next(view: View, seq: int, today: date) -> tuple[str, ...]:
    """Staff numbers of who can give that signature on a day, by the notice's steps or the duties in force."""
    return tuple(who_signs(subject(view, seq), given(view, seq), people(view), today))


def newcomer(view: View, post: str) -> str:
    """The command that enters an officer for a post: two do it from the first on whom two have entered."""
    if by_acts(view):
        return f"subsidy people enrol STAFFNO --post {post} --document NO --public HEX"
    return f"subsidy people add STAFFNO --post {post} --document NO"


def others_in_office(view: View, actor: str, today: date) -> tuple[str, ...]:
    """Staff numbers of everybody in office on a day but `actor`."""
    return tuple(sorted(one for one, person in people(view).items() if one != actor and person.in_office(today)))
