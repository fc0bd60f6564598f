"""The documentation: what its pages show is what the program prints, and what they name is there.

A page is typed in, as a reader would, in a fresh folder with the shipped `fixtures/` in it and a home of its own. A
```console block holds commands after `$ ` and below each what it must answer; `...` stands for one word of it, such as
a hash, a key, a time or a path. A ```python block with a file name after it is saved under that name. A line
"JSON: `shape`" says what the last `subsidy` command prints with `--json`. Nothing fixes the clock: what a page shows
must hold on any day.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote

import pytest
from click.testing import CliRunner, Result

from cli import cli
from ledger.audit.damage import DAMAGE
from ledger.sheets.practice import WORD
from tests.catalogues import commands

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]

# A fenced block (language, file name, content), or the shape of JSON.
PART = re.compile(r"^```(\w*) ?(\S*)\n(.*?)^```$|^JSON: `([^`\n]+)`$", re.MULTILINE | re.DOTALL)
# The page that a page goes on from: its commands are typed in first.
GOES_ON = re.compile(r"<!-- goes on from (\S+) -->")
LINK = re.compile(r"\]\(([^)#:]*)(#[^)]*)?\)")
# What stands for itself and needs no shell: quick, because the program is loaded already.
PLAIN = r"subsidy [^|<>;&*`()]*"
# Such a call, or one for each of some words; what is printed may go through other programs.
CALLED = re.compile(
    rf"(?:(?P<once>{PLAIN})|for (?P<name>\w+) in (?P<words>[^;$]+); do (?P<each>{PLAIN}); done)(?: \| (?P<pipe>.+))?",
    re.DOTALL,
)
# Modules and what stands in them.
NAMED = re.compile(r"(?<![\w/.-])(?:calculators|ledger)(?:\.(?!db\b)[A-Za-z_]\w*)+")
# Calls of the program, in a sentence or on a line of their own.
CODE = re.compile(r"`(subsidy [^`]+)`|^(?:\$ )?(subsidy .+)$", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """A command of a page with the answer that stands below it, a file to be saved, or a shape of JSON."""

    line: int
    command: str = ""
    answer: str = ""
    file: str = ""
    shape: str = ""


def steps(page: Path) -> Iterator[Step]:
    """What a reader of the page does, in order."""
    text = page.read_text(encoding="utf-8")
    if before := GOES_ON.search(text):
        yield from steps(page.parent / before[1])
    for part in PART.finditer(text):
        language, name, content, shape = part.groups()
        first = text.count("\n", 0, part.start()) + 2
        if language == "console":
            yield from typed(content, first)
        elif language == "python" and name:
            yield Step(first, answer=content, file=name)
        elif shape:
            yield Step(first - 1, shape=shape)


def typed(content: str, first: int) -> Iterator[Step]:
    """The commands of a block; one that ends with a backslash goes on in the next line."""
    found: list[tuple[int, str, list[str]]] = []
    for number, line in enumerate(content.splitlines(), first):
        if line.startswith("$ "):
            found.append((number, line[2:], []))
        elif found and not found[-1][2] and found[-1][1].endswith("\\"):
            number, command, _answer = found.pop()
            found.append((number, command[:-1] + line.strip(), []))
        else:
            assert found, f"line {number}: a console block begins with a command"
            found[-1][2].append(line)
    for number, command, answer in found:
        yield Step(number, command, answer="\n".join(answer))


class Reader:
    """Somebody at a terminal: a folder, variables, the last call of `subsidy`, and the last exit code."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.folder = home / "work"
        self.folder.mkdir(parents=True)
        (self.folder / "fixtures").symlink_to(ROOT / "fixtures")
        self.code = 0
        self.last_call = ""
        self.variables = {
            "HOME": str(home),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "SUBSIDY_LANG": "en",
            # The program of these files, whichever other one is installed.
            "PYTHONPATH": str(ROOT),
        }

    def types(self, command: str) -> str:
        """Type a command; what is printed."""
        if command.startswith("subsidy "):
            self.last_call = command.split(" | ")[0]
        called = CALLED.fullmatch(command)
        printed = self._called(called) if called else self._shell(command)
        # The pages say once that a ledger for practice says this with every command.
        return "\n".join(line.rstrip() for line in printed.rstrip().splitlines() if line != WORD)

    def _called(self, called: re.Match[str]) -> str:
        if called["once"]:
            results = [self._calls(called["once"])]
        else:
            results = []
            for word in shlex.split(called["words"]):
                self.variables[called["name"]] = word
                results.append(self._calls(called["each"]))
        if called["pipe"] is None:
            return "".join(result.output for result in results)
        told = "".join(result.stderr for result in results)
        return told + self._shell(called["pipe"], "".join(result.stdout for result in results))

    def saves(self, file: str, content: str) -> None:
        """Save a file."""
        (self.folder / file).write_text(content, encoding="utf-8")

    def asks_for_json(self) -> Any:
        """What the last call prints with `--json`."""
        return json.loads(self._calls(f"{self.last_call} --json").stdout)

    def _calls(self, command: str) -> Result:
        with self.monkeypatch.context() as patch:
            patch.chdir(self.folder)
            for name, value in self.variables.items():
                patch.setenv(name, value)
            words = [os.path.expanduser(os.path.expandvars(word)) for word in shlex.split(command)[1:]]
            result = CliRunner().invoke(cli, words, prog_name="subsidy")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code = result.exit_code
        return result

    def _shell(self, command: str, given: str | None = None) -> str:
        kept = self.folder.parent / "variables"
        script = f"(exit {self.code}); {command}\ncode=$?; env -0 > {shlex.quote(str(kept))}; exit $code"
        result = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self.variables,
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        self.code = result.returncode
        self.variables = dict(entry.split("=", 1) for entry in kept.read_text(encoding="utf-8").split("\0") if entry)
        return result.stdout


def agrees(shown: str, printed: str) -> bool:
    """Whether a page's text is the printed one, `...` standing for any one word or part of it."""
    return re.fullmatch(r"\S+".join(re.escape(part) for part in shown.split("...")), printed) is not None


def differences(shape: str, value: Any) -> list[str]:
    """Where a JSON value is not of a shape `{name, name?, name[] {name}}`: `[]` a list, `?` what may be absent."""
    is_list, fields = shape.startswith("[]"), shape.removeprefix("[]").strip()
    if is_list:
        if not isinstance(value, list):
            return ["no list"]
        return [found for one in value for found in differences(fields, one)]
    if not fields:
        return []
    if not isinstance(value, dict):
        return [f"no object of {fields}"]
    wanted = dict(named(fields[1:-1]))
    found = [f"unnamed: {name}" for name in value if name not in wanted and f"{name}?" not in wanted]
    for name, inner in wanted.items():
        plain = name.removesuffix("?")
        if plain in value:
            found += [f"{plain}: {what}" for what in differences(inner, value[plain])]
        elif plain == name:
            found.append(f"absent: {name}")
    return found


def named(fields: str) -> Iterator[tuple[str, str]]:
    """The names of an object's shape, each with the shape of its value."""
    depth, places = 0, [-1]
    for place, sign in enumerate(fields):
        depth += (sign == "{") - (sign == "}")
        if sign == "," and not depth:
            places.append(place)
    for before, after in pairwise([*places, len(fields)]):
        name, inner = re.fullmatch(r"(\w+\??)(.*)", fields[before + 1 : after].strip(), re.DOTALL).groups()
        yield name, inner.strip()


@pytest.mark.parametrize(
    ("shape", "value", "found"),
    [
        ("{a, b?}", {"a": 1}, []),
        ("{a, b?}", {"b": 1}, ["absent: a"]),
        ("{a}", {"a": 1, "c": 2}, ["unnamed: c"]),
        ("[] {a[] {b, c}, d}", [{"a": [{"b": 1}], "d": 0}], ["a: absent: c"]),
        ("{a[]}", {"a": {}}, ["a: no list"]),
    ],
)
def test_the_shape_of_json(shape: str, value: Any, found: list[str]) -> None:
    assert differences(shape, value) == found


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("root ...", "root 99827c37", True),
        ("root ...", "root", False),
        ("root ...", "root of evil 9", False),
        ("award 394,050.00", "award 394,050.01", False),
        ("a\nb", "a\nb\nc", False),
    ],
)
def test_the_dots_stand_for_one_word(shown: str, printed: str, same: bool) -> None:
    assert agrees(shown, printed) is same


RUNNING = [page for page in PAGES if any(steps(page))]


def test_pages_that_show_a_terminal() -> None:
    assert {page.name for page in RUNNING} >= {"README.md", "first-month.md", "commands.md", "audit.md"}


@pytest.mark.parametrize("page", RUNNING, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_shows_what_is_printed(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUBSIDY_ANCHOR")
    monkeypatch.delenv("SUBSIDY_WIDE")
    reader = Reader(tmp_path / "home", monkeypatch)
    for step, after in pairwise([*steps(page), Step(0)]):
        where = f"{page.name}:{step.line}: {step.command}"
        if step.file:
            reader.saves(step.file, step.answer)
        elif step.shape:
            assert differences(step.shape, reader.asks_for_json()) == [], where
        else:
            printed = reader.types(step.command)
            # When they part, comparing the texts themselves shows where.
            assert agrees(step.answer, printed) or printed == step.answer, where
            assert reader.code == 0 or after.command == "echo $?", f"{where} ends with {reader.code}"


def test_links_lead_somewhere() -> None:
    leading = [(page, target, anchor) for page in PAGES for target, anchor in LINK.findall(page.read_text("utf-8"))]
    lost = [f"{page.name}: {target}{anchor}" for page, target, anchor in leading if not there(page, target, anchor)]
    assert lost == []


def there(page: Path, target: str, anchor: str) -> bool:
    """Whether what a page links to is there, down to the heading."""
    file = page.parent / unquote(target) if target else page
    return file.exists() and (not anchor or anchor[1:] in anchors(file))


@cache
def anchors(page: Path) -> set[str]:
    """The places of a page that a link can name: its headings, as they are written into addresses."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_commands_and_options_that_the_pages_name_exist() -> None:
    known = dict(commands())
    called = [(page.name, "".join(found).split()) for page in PAGES for found in CODE.findall(page.read_text("utf-8"))]
    for page, words in called:
        # What comes before a command belongs to the program; capitals stand for any command.
        if words[1].startswith("-") or words[1].isupper():
            continue
        name = next((" ".join(words[:n]) for n in (3, 2) if " ".join(words[:n]) in known), None)
        assert name, f"{page}: {' '.join(words)}"
        options = {option for param in known[name].params for option in param.opts} | {"--help"}
        wanted = {word.rstrip(",.;") for word in words if word.startswith("--") and word != "--"}
        assert wanted <= options, f"{page}: {' '.join(words)}"


def test_the_auditors_page_explains_every_damage() -> None:
    text = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
    table = text[text.index("### What a damage means") : text.index("## Recompute")]
    assert {
        code for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for code in re.findall(r"`(.+?)`", row)
    } == {*DAMAGE}


def test_the_map_of_the_house_is_the_house() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    house = text[text.index("## The house") : text.index("## Where things are")]
    drawn = re.findall(r"^( *)(\w+)/", house, re.MULTILINE)
    rooms = {path.parent.name for path in (ROOT / "ledger").glob("*/__init__.py")}
    assert {name for indent, name in drawn if indent} == rooms
    assert all((ROOT / name).is_dir() for indent, name in drawn if not indent)


def test_what_the_pages_name_of_the_code_is_there() -> None:
    named = {
        (page.name, name)
        for page in PAGES
        for code in re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8"))
        for name in NAMED.findall(code)
    }
    assert len(named) > 80
    assert [f"{page}: {name}" for page, name in sorted(named) if not is_there(name)] == []


def is_there(name: str) -> bool:
    """Whether a dotted name is a module, or what a module has, down to its last part."""
    module, _dot, last = name.rpartition(".")
    return bool(find_module(name)) or hasattr(find_module(module), last)


def find_module(name: str) -> ModuleType | None:
    """The module of that name, where there is one."""
    file = ROOT / name.replace(".", "/")
    return import_module(name) if file.with_suffix(".py").exists() or (file / "__init__.py").exists() else None


def test_the_first_page_is_read_in_one_go() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 100


def test_every_page_is_reached_from_the_first() -> None:
    seen: set[Path] = set()
    ahead = {ROOT / "README.md"}
    while ahead:
        seen |= (here := ahead)
        ahead = {link for reached in here for link in links(reached)} - seen
    assert sorted(set((ROOT / "docs").rglob("*.md")) - seen) == []


def links(page: Path) -> Iterator[Path]:
    """The pages that a page links to."""
    for target, _anchor in LINK.findall(page.read_text(encoding="utf-8")):
        if target.endswith(".md"):
            yield (page.parent / unquote(target)).resolve()
