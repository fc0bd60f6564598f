"""The page of wrong inputs: it shows every message of the gallery."""

import pytest

from tests.support import gallery

FOLDERS = sorted(path.name for path in gallery.WRONG.iterdir() if path.is_dir())


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_page_shows_every_message(folder: str) -> None:
    assert gallery.section(folder) in gallery.PAGE.read_text(encoding="utf-8"), "run `python -m tests.support.gallery`"


def test_the_gallery_is_large_enough() -> None:
    assert sum(len(gallery.names(folder)) for folder in FOLDERS) >= 30
