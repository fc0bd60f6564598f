"""The console in a real Chromium: without script, by keyboard, at both widths, on paper, and for everybody."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from ledger.demo.story import anchor_of
from ledger.log import kinds
from tests.support.browser import Served, browser, served
from tests.support.demo import Told
from tests.support.sources import ROOT
from tests.support.three_office import MAKER, Three, three_office

SEEN = datetime(2026, 4, 2, 3, tzinfo=UTC)
FIRM = "/firm/91110108MA00000487"
PAGES = (
    *("/inbox", "/month/2025-06", "/import", "/reconcile?as_of=2025-08-02", "/public-notices"),
    *(FIRM, "/entry/main/PF0006/1", "/what-if", "/budget", "/people", "/audit", "/log"),
)
# What axe-core calls the faults that keep people out.
SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="module")
def console(told: Told) -> Iterator[Served]:
    url = f"sqlite:///{told.out.resolve()}/ledger.db"
    with served(url, anchor_of(told.out), lambda: SEEN) as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def page(console: Served, chromium: Browser) -> Page:
    """A window that has come in by the address."""
    window = chromium.new_page(viewport={"width": 1280, "height": 900})
    window.goto(console.enter)
    assert "token" not in window.url
    return window


def test_the_browser_complains_of_nothing(page: Page, console: Served) -> None:
    """Neither of the policy nor of anything that is missing; and nothing is asked of another address."""
    told: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES:
        page.goto(console.base + path)
    assert told == []
    assert len(asked) >= len(PAGES)
    assert [url for url in asked if not url.startswith(console.base)] == []


@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_is_wider_than_the_window(page: Page, console: Served, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    wide = {}
    for path in PAGES:
        page.goto(console.base + path)
        wide[path] = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
    assert {path: reached for path, reached in wide.items() if reached > width} == {}


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_axe_finds_no_serious_fault(page: Page, console: Served, lang: str) -> None:
    found = {}
    for path in PAGES:
        page.goto(f"{console.base}{path}{'&' if '?' in path else '?'}lang={lang}")
        faults = Axe().run(page).response["violations"]
        found[path] = [(fault["id"], fault["nodes"][0]["html"]) for fault in faults if fault["impact"] in SERIOUS]
    page.goto(f"{console.base}/inbox?lang=zh_CN")
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_a_firm_is_found_and_explained_by_keyboard_alone(page: Page, console: Served) -> None:
    page.goto(console.base + "/inbox")
    # The first stop leads past the menu; the search comes behind the name of the program.
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.focus("#q")
    page.keyboard.type("HT0102")
    page.keyboard.press("Enter")
    page.wait_for_url("**" + FIRM)
    assert "北京示例48号智能装备有限公司" in page.inner_text("h1")
    page.focus("table a[href='/line/PF0102']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/line/PF0102")
    assert page.locator("table.sheet tr").count() > 5


def test_the_menu_opens_without_a_script_on_a_narrow_window(page: Page, console: Served) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(console.base + "/inbox")
    assert not page.is_visible("#nav")
    page.click("a.menu")
    assert page.is_visible("#nav")
    page.click("a.close")
    assert not page.is_visible("#nav")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_line_prints_on_paper_with_a_place_to_sign(page: Page, console: Served) -> None:
    page.goto(console.base + "/entry/main/PF0006/1")
    page.emulate_media(media="print")
    assert page.is_visible(".sigs")
    assert not page.is_visible(".nav")
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.emulate_media(media="screen")


def test_the_checker_would_see_a_fault(page: Page, console: Served) -> None:
    page.goto(console.base + "/inbox")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    assert "html-has-lang" in {fault["id"] for fault in Axe().run(page).response["violations"]}


def test_a_file_is_looked_at_and_taken_in_and_an_act_is_signed_elsewhere(chromium: Browser, tmp_path: Path) -> None:
    """Two commands as forms: what an import would do, then that; a budget issued under a key that no page sees."""
    (tmp_path / "book").mkdir()
    office = three_office(tmp_path / "book").awake()
    firms = tmp_path / "entities.csv"
    firms.write_text((ROOT / "fixtures/first-month/entities.csv").read_text("utf-8"), "utf-8")
    with served(office.url) as found:
        window = chromium.new_page(viewport={"width": 390, "height": 900})
        window.goto(found.enter)
        window.goto(f"{found.base}/do?line=subsidy import entities FILE --mode delta --actor {MAKER}")
        window.set_input_files("#f-file", firms)
        window.click("button[name=show]")
        assert "新增 1" in window.inner_text("main")
        window.click("button[name=record]")
        sign(window, office, tmp_path / "first.challenge")
        assert "新增 1" in window.inner_text("main")
        window.goto(f"{found.base}/do?line=budget issue 2025 10.00 --document NO --actor {MAKER}")
        assert window.input_value("#f-document") == ""
        window.fill("#f-document", "示例指1号")
        window.click("button.go")
        assert "10.00 元（人民币壹拾元整）" in window.inner_text("main")
        faults = Axe().run(window).response["violations"]
        assert [fault["id"] for fault in faults if fault["impact"] in SERIOUS] == []
        assert window.evaluate("document.documentElement.scrollWidth") <= 390
        sign(window, office, tmp_path / "second.challenge")
        assert "示例指1号" in window.inner_text("main")
    with office.ledger.read() as view:
        [order] = view.records(kinds.ORDER)
        assert (order.body["path"], order.body["amount_fen"]) == ("2025", 1000)


def sign(window: Page, office: Three, challenge: Path) -> None:
    """Take the challenge that a page shows away, sign it with the tool, and bring the signature back."""
    with window.expect_download() as download:
        window.click("ol.plain a")
    download.value.save_as(challenge)
    window.set_input_files("#signature", office.signed(MAKER, challenge))
    window.click("button.go")
