"""Who can sign: the officers who would not be refused for person or post on a day."""

from collections.abc import Collection
from datetime import date

from ledger.office.approvals import ANY_POST
from ledger.office.people import people
from ledger.store.ledger import View


def able(view: View, post: str, barred: Collection[str], today: date) -> tuple[str, ...]:
    """Staff numbers of who may sign as `post`: holders and their substitutes, but for `barred`, who acted before."""
    found = set()
    for person in people(view).values():
        if not person.in_office(today) or post not in (ANY_POST, person.post):
            continue
        found.add(person.staff_no)
        stands_in = person.substitute
        if stands_in and stands_in.starts_on <= today <= stands_in.last_day:
            found.add(stands_in.by)
    return tuple(sorted(found - set(barred)))
