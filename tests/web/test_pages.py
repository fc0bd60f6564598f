"""The pages over the invented year: what they say, where their figures lead, and what they must not show."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape

import pytest

from ledger.audit.ledger import Ledger
from ledger.demo.story import anchor_of
from ledger.log import kinds
from tests.support.demo import Told
from tests.support.reader import Reader, words
from tests.support.sources import ROOT

LINK = re.compile(r'(?:href|src)="([^"]+)"')
# The day on which the year is looked at.
SEEN = datetime(2026, 4, 2, 3, tzinfo=UTC)
FIRM = "91110108MA00000487"
PAGES = (
    "/inbox",
    "/month/2025-06",
    "/month/2026-02",
    "/firms",
    "/firms?q=示例",
    "/firms?q=nobody",
    f"/firm/{FIRM}",
    f"/firm/{FIRM}?only=money",
    "/line/PF0006",
    "/entry/main/PF0006/1",
    "/line/PF0063",
    "/line/PF-BD1",
    "/runs",
    "/run/2025-06",
    "/run/example-allocated-60-40",
    "/payments",
    "/reconcile",
    "/reconcile?as_of=2025-08-02",
    "/notices",
    "/notice/bj-first-loan-2025",
    "/budget",
    "/budget?month=2025-06",
    "/reconcile?as_of=2025-08-02&older=4",
    "/import",
    "/import?register=receipts",
    "/public-notices",
    "/what-if",
    "/people",
    "/audit",
    "/log",
    "/log?before=51",
    "/log/0",
    "/log/2133",
)


@pytest.fixture(scope="module")
def url(told: Told) -> str:
    return f"sqlite:///{told.out.resolve()}/ledger.db"


@pytest.fixture(scope="module")
def reader(url: str, told: Told) -> Reader:
    return Reader(url, anchor_of(told.out), clock=lambda: SEEN)


@pytest.fixture(scope="module")
def pages(reader: Reader) -> dict[str, str]:
    """Every page in Chinese."""
    return {path: reader.page(within(path, "lang=zh_CN")) for path in PAGES}


def within(path: str, more: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{more}"


def own_links(page: str) -> Iterator[str]:
    for found in LINK.findall(page):
        address = unescape(found)
        # A part of the same page.
        if not address.startswith("#"):
            yield address.partition("#")[0]


def test_every_page_says_which_records_it_shows(pages: dict[str, str]) -> None:
    for path, page in pages.items():
        assert re.search(r"截至日志第 [\d,]+ 条记录，\d{4}-\d\d-\d\d \d\d:\d\d（北京时间）", page), path
        assert "与签名检查点一致" in page or "as_of" in path, path
        assert page.count("<h1>") == 1 or path.startswith("/line"), path


def test_every_link_leads_somewhere(reader: Reader, pages: dict[str, str]) -> None:
    """One of each kind from each page: thousands of lines and records differ only in their number."""
    asked: dict[str, str] = {}
    for page in pages.values():
        for address in own_links(page):
            asked.setdefault(re.sub(r"[^/?&=]*\d[^/?&=]*", "N", address), address)
    assert len(asked) > 30
    assert [address for address in asked.values() if reader.ask(address).status_code not in (200, 303)] == []


def test_links_within_a_page_have_their_place(pages: dict[str, str]) -> None:
    for path, page in pages.items():
        places = set(re.findall(r'id="([^"]+)"', page))
        missing = set(re.findall(r'href="#([^"]+)"', page)) - places
        assert missing == set(), path


def test_no_page_has_a_script_or_a_style_of_its_own(pages: dict[str, str]) -> None:
    for path, page in pages.items():
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", page), path
        outside = [address for address in own_links(page) if not address.startswith("/")]
        assert outside == [], path


def test_no_page_shows_a_whole_number_of_an_account(reader: Reader, url: str, pages: dict[str, str]) -> None:
    ledger = Ledger.open(url)
    with ledger.read() as view:
        named = {row.body["number"]: row.key for register in (kinds.PAYEE, kinds.PAYER) for row in view.rows(register)}
        numbers = set(ledger.vault.reveal_many(named).values())
    assert len(numbers) > 60
    every = {**pages, "digits": reader.page("/firms?q=1326")}
    shown = [(path, number) for path, page in every.items() for number in numbers if number in page]
    assert shown == []


def test_no_text_of_a_page_is_a_code(pages: dict[str, str]) -> None:
    """Codes are said in words; only what a notice itself names, such as its caps, stands as the notice has it."""
    code = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
    notices = (path.read_text(encoding="utf-8") for path in (ROOT / "fixtures" / "notices").glob("*.yaml"))
    # Values, not keys and kinds of rules.
    value = re.compile(r"(?<!kind: )\b([a-z]+(?:_[a-z]+)+)\b(?!:)")
    named = {name for text in notices for name in value.findall(text)}
    for path, page in pages.items():
        if path.startswith("/log/"):
            continue
        text = re.sub(r'<(pre|code|dd class="code"|td class="code")[^>]*>.*?</', "</", page, flags=re.DOTALL)
        assert set(code.findall(words(text))) - named == set(), path


def test_both_languages_say_the_same_figures(reader: Reader, pages: dict[str, str]) -> None:
    amount = re.compile(r"[\d,]+\.\d\d")
    for path in (f"/firm/{FIRM}", "/line/PF0006", "/month/2025-06", "/run/2025-06", "/budget?month=2025-06"):
        english = reader.page(within(path, "lang=en"))
        assert 'lang="en"' in english
        # A sentence may name them in another order.
        assert sorted(amount.findall(words(english))) == sorted(amount.findall(words(pages[path]))), path


def test_why_this_amount_step_by_step(pages: dict[str, str]) -> None:
    """The notice: 20 % of interest before the firm became an innovative SME on 2025-06-10, 40 % from then on.

    Of the receipt of June, 36,166.67, 73 of 84 parts were before: 36,166.67 x 73 / 84 = 31,430.5583..., 31,430.56.
    Before: 20 % of 4,391.67 + 31,430.56 = 35,822.23 is 7,164.446, so 7,164.45. From then on in June:
    36,166.67 x 11 / 84 = 4,736.11, of which 40 % are 1,894.44. To date 9,058.89, of which 878.33 (20 % of 4,391.67) had
    been posted in March.
    """
    text = words(pages["/entry/main/PF0006/1"])
    for part in ("31,430.56", "4,736.11", "7,164.45", "1,894.44", "9,058.89"):
        assert part in text
    assert "为什么是 8,180.56 元" in text
    # Every step leads to its clause, and the entry to its record, its payment and its firm.
    page = pages["/entry/main/PF0006/1"]
    assert 'href="#c-first-loan"' in page
    assert 'id="c-first-loan"' in page
    for kind in ("/payout/", "/log/", "/run/", "/firm/", "/notice/bj-first-loan-2025"):
        assert f'href="{kind}' in page


def test_a_firm_that_a_payment_came_back_to_was_paid_in_the_end(pages: dict[str, str]) -> None:
    """In July 2025 the bank returned June's 1,666.67 of PF0102: 2,000,000 drawn on 2025-04-02."""
    text = words(pages[f"/firm/{FIRM}"])
    assert "北京示例48号智能装备有限公司" in text
    assert re.search(r"PF0102 的支付 \w+：退回 .*?−1,666.67", text)
    assert "没有在途的款项" in text
    assert "****1326" in text
    only = words(pages[f"/firm/{FIRM}?only=money"])
    assert "提款" in text
    assert "提款" not in only


def test_the_page_as_it_was_then_stays_there(reader: Reader) -> None:
    """On 2025-07-03 the payment had come back and nobody had prepared it again."""
    page = reader.page(f"/firm/{FIRM}?as_of=2025-07-03&lang=zh_CN")
    text = words(page)
    assert "1,666.67 元未到账" in text
    assert "现在" in text
    assert "2025-10-02" not in text
    inner = [address for address in own_links(page) if address.startswith(("/line", "/log/", "/firms", "/month"))]
    assert inner
    assert all("as_of=2025-07-03" in address for address in inner)


@pytest.mark.parametrize("text", ["示例48", FIRM[:17], "HT0042", "SB0042", "PF0042", "1326"])
def test_a_firm_is_found_by_whatever_is_known_of_it(reader: Reader, text: str) -> None:
    answer = reader.ask(f"/firms?q={text}")
    assert (answer.status_code, answer.headers.get("location")) == (303, f"/firm/{FIRM}")


def test_what_nobody_knows_is_a_refusal_with_its_remedy(reader: Reader) -> None:
    for path in ("/firm/nobody", "/line/nobody", "/notice/nobody", "/batch/nobody", "/payout/nobody", "/run/1"):
        answer = reader.ask(within(path, "lang=zh_CN"))
        assert answer.status_code == 404, path
        assert "怎么办：" in answer.text, path
    assert reader.ask("/log/999999").status_code == 404
    assert reader.ask("/inbox?as_of=tomorrow").status_code == 422


def test_the_chart_and_its_table_say_the_same(pages: dict[str, str]) -> None:
    page = pages["/month/2025-06"]
    chart, table = page.partition("</svg>")[0].partition("<svg")[2], page.partition("</svg>")[2]
    # June: the run posted 2,818,074.91, in units of 10,000 yuan 281.81; the bars are drawn to one scale from zero.
    assert ">281.81<" in chart
    assert "2,818,074.91" in table
    widths = [int(width.replace(".", "")) for width in re.findall(r'class="c1"[^>]*width="([\d.]+)"', chart)]
    posted = re.findall(r'href="/month/2025-\d\d">2025-\d\d</a></th><td[^>]*>([\d,.]+)<', table)
    fen = [int(text.replace(",", "").replace(".", "")) for text in posted]
    assert len(widths) == len(fen) == 12
    # 1 in 4200 is a tenth of a unit of the drawing.
    assert all(abs(width * max(fen) - own * max(widths)) <= max(fen) for width, own in zip(widths, fen, strict=True))
