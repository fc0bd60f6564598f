"""Templates filled in the reader's language, and how figures, days, times and hashes are written on a page."""

import re
import shlex
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from calculators.money import format_yuan
from ledger.labels.acts import act
from ledger.labels.moments import beijing_time
from ledger.registry.imports import REGISTERS
from ledger.words import ENGLISH, _, language, ngettext

HERE = Path(__file__).parent
# How much of a hash is shown beside a figure; the whole stands beside its proof.
_SIGNS = 12
# A command in a text, up to what cannot be of it.
_COMMAND = re.compile(r"(?<![\w/-])subsidy [a-z][^`\n,;\[\]()，；。、（）“”]*", re.ASCII)


def html(template: str, values: Mapping[str, object], status: int = 200) -> HTMLResponse:
    """A page; `values` are what the template names."""
    text = _templates().get_template(template).render(values, lang="en" if language() == ENGLISH else "zh-CN")
    return HTMLResponse(text, status)


def yuan(fen: int) -> str:
    """Yuan with two decimals, a true minus before a negative amount."""
    return format_yuan(fen).replace("-", "\N{MINUS SIGN}")


def last_day(ends_before: str) -> str:
    """The last day of a period whose exclusive end is given: the one that people say."""
    return (date.fromisoformat(ends_before) - timedelta(days=1)).isoformat()


def short(digest: str) -> str:
    """The beginning of a hash."""
    return f"{digest[:_SIGNS]}…"


def count(number: int) -> str:
    """A whole number with commas."""
    return f"{number:,}"


def address(path: str, **query: object) -> str:
    """A path of ours with its query; what is empty is left out."""
    asked = urlencode({name: str(value) for name, value in query.items() if value not in (None, "")})
    return quote(path) + (f"?{asked}" if asked else "")


def no_links(path: str, **query: object) -> str:
    """Addresses on a page that shows no moment of the ledger."""
    return address(path, **query)


def leads(line: str) -> str:
    """Where a command is filled in: the page of imports for a register's file, else the command's own form."""
    words = shlex.split(line)
    if words[:2] != ["subsidy", "import"] or words[2:3] == [] or words[2] not in REGISTERS:
        return address("/do", line=line)
    said = dict(pairwise(words))
    told = {name: said.get(f"--{name}", "") for name in ("mode", "lender", "through")}
    return address("/import", register=words[2], **{name: text for name, text in told.items() if not text.isupper()})


def _whole(line: str) -> bool:
    """Whether each quotation of a command ends."""
    try:
        shlex.split(line)
    except ValueError:
        return False
    return True


def told(text: str) -> Markup:
    """What a command printed, each command in it a link to its form."""
    made, end = Markup(""), 0
    for found in _COMMAND.finditer(text):
        line = found[0].rstrip(" .")
        # That of which only the help is wanted has no form to fill in, nor what is cut within a quotation: a lender's
        # name holds brackets.
        if "--help" in line or not _whole(line):
            continue
        made += escape(text[end : found.start()]) + Markup('<a href="{}">{}</a>').format(leads(line), line)
        end = found.start() + len(line)
    return made + escape(text[end:])


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(_globals())
    made.filters.update(yuan=yuan, moment=beijing_time, short=short, count=count, last_day=last_day, told=told)
    return made


def _globals() -> Mapping[str, object]:
    return {"_": _, "ngettext": ngettext, "link": no_links, "act": act, "leads": leads}
