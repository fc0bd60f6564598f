"""Every refusal that the source can name: its code, what it says, and how to remedy it, read from the source itself.

A problem is made where its code and its two marked texts stand next to each other:
`refuse("envelope_unknown", N_("no budget was issued to this path"), N_("issue one ..."), ...)`, or in a table,
`"holder_differs": (N_("..."), N_("..."))`. A text may be one of two (`a if b else c`), a name for such a text, or one
out of a table of them; where a function takes it as an argument, its calls give it.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ledger.rules.codes import CODES
from ledger.runs.reports.reasons import HOLDS, REFUSALS
from tests.support.sources import PRODUCT, ROOT, tree

CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

# The sections of the page: where a refusal is met.
ROOMS = {
    "notices": "In a notice and its cases",
    "facts": "In files of facts and of accrual",
    "registers": "In registers",
    "runs": "In runs, batches and awards",
    "office": "In signatures, offices, decisions and public notices",
    "payments": "In payments, returns and claw-backs",
    "statements": "In statements and reconciling",
    "book": "In the book and its budget",
    "ledger": "In the ledger, its keys and its audit",
    "rules": "By the rule book, before an improper record is written",
    "commands": "On the command line",
}
# Which module belongs where; the first that fits decides.
PLACES = {
    "calculators/notice": "notices",
    "calculators/files/accrual": "facts",
    "calculators/files/facts": "facts",
    "calculators/files": "notices",
    "calculators/awards": "runs",
    "calculators/": "facts",
    "ledger/registry": "registers",
    "ledger/sheets": "registers",
    "ledger/commands/registry": "registers",
    "ledger/runs": "runs",
    "ledger/commands/run": "runs",
    "ledger/office": "office",
    "ledger/commands/office": "office",
    "ledger/payouts": "payments",
    "ledger/commands/pay": "payments",
    "ledger/reconcile": "statements",
    "ledger/commands/reconcile": "statements",
    "ledger/book": "book",
    "ledger/commands/b": "book",
    "ledger/store": "ledger",
    "ledger/log": "ledger",
    "ledger/audit": "ledger",
    "ledger/": "commands",
    "cli.py": "commands",
}


@dataclass(frozen=True)
class Refusal:
    """A code of one room with the texts that it comes with there, in the order of the source."""

    code: str
    room: str
    what: tuple[str, ...]
    remedy: tuple[str, ...]


@dataclass(frozen=True)
class Parameter:
    """A text that a function is given: the function's name, the parameter's, and its place among the arguments."""

    function: str
    name: str
    place: int


@dataclass(frozen=True)
class Module:
    """A module of the product: its nodes, what names stand for, in which function a node stands, calls by name."""

    nodes: Sequence[ast.AST] = field(repr=False)
    named: Mapping[str, ast.expr]
    within: Mapping[ast.AST, ast.FunctionDef] = field(repr=False)
    calls: Mapping[str, Sequence[Sequence[ast.expr]]] = field(repr=False)

    @classmethod
    def of(cls, path: Path) -> "Module":
        """Read a module."""
        nodes = list(ast.walk(tree(path)))
        named: dict[str, ast.expr] = {}
        within: dict[ast.AST, ast.FunctionDef] = {}
        calls: dict[str, list[Sequence[ast.expr]]] = defaultdict(list)
        for node in nodes:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    named[name] = value
                case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                    named |= {
                        name.id: value for name, value in zip(names, values, strict=True) if isinstance(name, ast.Name)
                    }
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    named[name] = value
                case ast.For(target=target, iter=ast.Call(func=ast.Attribute(value=ast.Name() as table, attr="items"))):
                    # Out of a table, like a subscript of it.
                    chosen = ast.Subscript(table, ast.Constant(""))
                    named |= {name.id: chosen for name in ast.walk(target) if isinstance(name, ast.Name)}
                case ast.FunctionDef():
                    # Walked from the outside in: the innermost function is the last to claim a node.
                    within |= dict.fromkeys(ast.walk(node), node)
                case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args):
                    calls[name].append(args)
        return cls(nodes, named, within, calls)

    def texts(self, node: ast.expr) -> Iterator[str | Parameter]:
        """The marked texts that an expression may come to; nothing where it is no text."""
        match node:
            case ast.Call(func=ast.Name(id="N_"), args=[argument]):
                yield ast.literal_eval(argument)
            case ast.IfExp(body=body, orelse=orelse):
                yield from (*self.texts(body), *self.texts(orelse))
            case ast.Name(id=name) if name in self._parameters(node):
                function = self.within[node]
                yield Parameter(function.name, name, self._parameters(node).index(name))
            case ast.Name(id=name) if name in self.named:
                yield from self.texts(self.named[name])
            case ast.Subscript(value=ast.Name(id=name)) if name in self.named:
                marked = (part for part in ast.walk(self.named[name]) if isinstance(part, ast.Call))
                yield from (text for part in marked for text in self.texts(part))

    def _parameters(self, node: ast.expr) -> Sequence[str]:
        function = self.within.get(node)
        return (
            [argument.arg for argument in function.args.args if argument.arg not in ("self", "cls")] if function else ()
        )


Made = tuple[str, Sequence[str | Parameter], Sequence[str | Parameter]]


def made_in(module: Module) -> Iterator[Made]:
    """(code, what it may say, how it may be remedied) for every problem that a module makes."""
    for node in module.nodes:
        match node:
            case ast.Call(args=parts) | ast.Tuple(elts=parts):
                for code, what, remedy in zip(parts, parts[1:], parts[2:], strict=False):
                    yield from _made(module, code, what, remedy)
            case ast.Dict(keys=codes, values=values):
                for code, value in zip(codes, values, strict=True):
                    if isinstance(value, ast.Tuple) and len(value.elts) == 2 and code is not None:
                        yield from _made(module, code, *value.elts)


def _made(module: Module, code: ast.expr, what: ast.expr, remedy: ast.expr) -> Iterator[Made]:
    if isinstance(code, ast.IfExp):
        yield from (*_made(module, code.body, what, remedy), *_made(module, code.orelse, what, remedy))
    elif isinstance(code, ast.Constant) and isinstance(code.value, str) and CODE.fullmatch(code.value):
        whats, remedies = [*module.texts(what)], [*module.texts(remedy)]
        if whats and remedies:
            yield code.value, whats, remedies


def given(modules: Iterable[Module], wanted: Parameter) -> Iterator[str]:
    """The marked texts that calls of a function give to one of its parameters."""
    for module in modules:
        for args in module.calls.get(wanted.function, ()):
            for argument in args[wanted.place : wanted.place + 1]:
                yield from (text for text in module.texts(argument) if isinstance(text, str))


@cache
def catalogue() -> tuple[Refusal, ...]:
    """Every refusal of every room, by code."""
    modules = {path.relative_to(ROOT).as_posix(): Module.of(path) for path in PRODUCT}
    found: dict[tuple[str, str], tuple[dict[str, None], dict[str, None]]] = defaultdict(lambda: ({}, {}))
    for name, module in modules.items():
        for code, *both in made_in(module):
            for texts, kept in zip(both, found[code, place(name)], strict=True):
                for text in texts:
                    said = [text] if isinstance(text, str) else given(modules.values(), text)
                    kept |= dict.fromkeys(said)
    of_the_book = [Refusal(code, "rules", (text.what,), (text.remedy,)) for code, text in sorted(CODES.items())]
    made = [Refusal(*key, tuple(what), tuple(remedy)) for key, (what, remedy) in sorted(found.items()) if what]
    return (*made, *of_the_book)


def place(module: str) -> str:
    """The room that a module's refusals are met in."""
    return next(room for prefix, room in PLACES.items() if module.startswith(prefix))


# Codes that stand in the log: a line is refused under its notice, or a due period waits. No remedy belongs to them.
IN_THE_LOG = {"Why a line is not supported": REFUSALS, "What a due period waits for": HOLDS}
