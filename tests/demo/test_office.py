"""The invented year is that of three people with keys: whatever it holds, one of them has signed and two agreed to."""

from collections import Counter

from ledger.demo.office import CHECKER, DUTIES, MAKER, PAYER, POSTS, key_file
from ledger.demo.story import anchor_of
from ledger.log import kinds
from ledger.office.approvals import open_acts
from ledger.office.duties import text_of
from ledger.office.key_files import PrivateKey
from ledger.office.people import people
from ledger.office.signing import public_keys
from ledger.store.ledger import View
from tests.support.demo import Told


def test_it_is_founded_by_two_who_enter_a_third(view: View) -> None:
    genesis = view.body(kinds.GENESIS, 0)
    assert (genesis["purpose"], genesis["duties"]) == ("demo", text_of(DUTIES))
    assert {key: person.post for key, person in people(view).items()} == POSTS
    assert [row.body["act"] for row in view.records(kinds.PERSON)] == ["init.found", "init.open", "people.enrol"]


def test_their_keys_lie_beside_the_demo_for_their_owner_only(told: Told, view: View) -> None:
    for staff_no, key in public_keys(view).items():
        file = key_file(anchor_of(told.out), staff_no)
        assert file.stat().st_mode & 0o777 == 0o600
        assert PrivateKey.read(file, told.out / "ledger.db").public == key.public


def test_each_does_what_is_of_the_own_post(view: View) -> None:
    acts = Counter((row.body["act"], row.body["actor"]) for row in view.records(kinds.ACT))
    assert {actor for _act, actor in acts} == {MAKER, PAYER}
    assert all(actor == PAYER for act, actor in acts if act in ("pay", "pay.export", "pay.result", "payer.set"))
    assert all(actor == MAKER for act, actor in acts if act in ("run", "notice.add", "grant.set", "reconcile.import"))
    # Twelve months and three batches of two runs each.
    assert acts["run", MAKER] == 12 + 3 * 2
    assert {row.body["actor"] for row in view.records(kinds.APPROVAL)} == {CHECKER}


def test_nothing_waits_at_the_end(view: View) -> None:
    assert open_acts(view) == ()
