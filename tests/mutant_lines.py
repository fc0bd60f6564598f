"""Which lines a test must reach to notice a mutant: those of the statement that it changes, in the unchanged function.

mutmut writes both into the changed module, one after the other; line numbers are those of that file.
"""

import ast
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from textwrap import dedent

from mutmut.mutation.data import LineSpan, MutantLineSpans

ORIGINAL = "_orig"


def changed_lines(module: str, names: Iterable[str]) -> dict[str, list[int]]:
    """Mutant's name -> the lines of what it changes; of a function's own line, those of all of it."""
    index = MutantLineSpans.load(module)
    assert index, f"{module} has no mutants"
    spans = index.span_by_function_name
    short = {name: name.rpartition(".")[2] for name in names}
    texts = dict(zip(spans, index.read_function_sources([*spans]), strict=True))
    found = {}
    for name, function in short.items():
        original = function.rpartition("_")[0] + ORIGINAL
        before, after = texts[original].splitlines(), texts[function].splitlines()
        changed = {line for line in _differing(before, after) if line}
        first = spans[original].start
        found[name] = [first + line for line in _whole(texts[original], changed)]
    return found


def _differing(before: list[str], after: list[str]) -> Iterator[int]:
    """The lines, from 0, that another text has otherwise; 0 is the function's own, which bears its name."""
    for what, start, end, *_ in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what != "equal":
            yield from range(start, max(end, start + 1))


def _whole(text: str, changed: set[int]) -> list[int]:
    """The lines, from 0, of the statements that stand at some of them; all where it is the function's head."""
    heads = [span for node in ast.walk(ast.parse(dedent(text))) if (span := _head(node))]
    lines: set[int] = set()
    for line in changed:
        around = [span for span in heads if span.start <= line <= span.end]
        if around:
            closest = max(around, key=lambda span: span.start)
            lines |= {*range(closest.start, closest.end + 1)}
    return sorted(lines) or [*range(len(text.splitlines()))]


def _head(node: ast.AST) -> LineSpan | None:
    """A statement, or what stands before the statements in it; none for a function."""
    if isinstance(node, ast.FunctionDef):
        return None
    if isinstance(node, ast.match_case):
        return LineSpan(node.pattern.lineno - 1, node.body[0].lineno - 2)
    if not isinstance(node, ast.stmt | ast.ExceptHandler):
        return None
    body = node.cases[0].pattern if isinstance(node, ast.Match) else next(iter(getattr(node, "body", ())), None)
    end = node.end_lineno or node.lineno
    return LineSpan(node.lineno - 1, (max(node.lineno, body.lineno - 1) if body else end) - 1)
