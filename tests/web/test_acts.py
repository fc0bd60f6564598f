"""What a page says of a command in words, and where it leads."""

import re

import pytest

from cli import cli
from ledger.labels.acts import ACTS, act
from ledger.web.render import leads, told
from tests.support.sources import ROOT
from tests.test_hints import resolved

PRINTED = re.compile(r'"subsidy ([a-z][^"]*)"')


@pytest.mark.parametrize("named", sorted(ACTS))
def test_what_is_put_in_words_is_a_command(named: str) -> None:
    command, left = resolved(named.split())
    assert (command is not cli, left) == (True, [])


def test_every_command_that_a_month_or_an_inbox_names_is_put_in_words() -> None:
    texts = [(ROOT / f"ledger/queries/{name}.py").read_text("utf-8") for name in ("month", "inbox")]
    printed = {line for text in texts for line in PRINTED.findall(text)}
    assert len(printed) > 15
    assert [line for line in sorted(printed) if act(f"subsidy {line}") == f"subsidy {line}"] == []


def test_a_file_of_a_register_is_brought_on_the_page_of_imports() -> None:
    line = "subsidy import loans FILE --mode full --lender LENDER"
    assert leads(line) == "/import?register=loans&mode=full"
    assert leads("subsidy import holds") == "/do?line=subsidy+import+holds"


def test_a_command_in_what_was_printed_is_a_link_and_the_rest_is_text() -> None:
    said = str(told("<b> Next, by somebody else: subsidy approve 36; or `subsidy month`."))
    assert '&lt;b&gt; Next, by somebody else: <a href="/do?line=subsidy+approve+36">subsidy approve 36</a>; or' in said
    assert said.endswith('`<a href="/do?line=subsidy+month">subsidy month</a>`.')
    assert "href" not in str(told("use subsidy month --help for help"))


def test_a_command_that_is_cut_within_a_quotation_stays_text() -> None:
    said = "subsidy import loans FILE --lender '示例银行（中国）' --mode full"
    assert str(told(said)) == said.replace("'", "&#39;")
    assert str(told("subsidy entity find O'Neill")) == "subsidy entity find O&#39;Neill"
