"""The gallery of wrong drafts: one file per mistake, each calculated against the ledger of the wrong commands."""

import pytest

from tests.support import gallery
from tests.support.office import Office
from tests.test_gallery_command import decision_office, size_of

FOLDER = gallery.WRONG / "what-if"
FILES = {path.stem: path.name for path in sorted(FOLDER.glob("*.yaml"))}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return decision_office(tmp_path_factory.mktemp("office"), tmp_path_factory.mktemp("anchor"))


@pytest.mark.parametrize("name", FILES)
def test_a_wrong_draft_is_refused_in_these_words(name: str, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    before = size_of(office)
    answer = office.say("what-if", "--notice", FILES[name])
    assert answer.stderr == gallery.expected("what-if", name)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert size_of(office) == before


def test_every_draft_has_its_message_and_every_message_its_draft() -> None:
    assert list(FILES) == gallery.names("what-if")
    assert len(FILES) >= 5
