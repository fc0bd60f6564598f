"""What notices are called in the reader's language."""

from ledger.registry.notices import notices
from ledger.store.ledger import View
from ledger.words import CHINESE, language


def titles(view: View) -> dict[str, str]:
    """Notice id -> the title of its latest version."""
    chinese = language() == CHINESE
    return {
        key: versions[-1].notice.title.zh if chinese else versions[-1].notice.title.en
        for key, versions in notices(view).items()
    }
