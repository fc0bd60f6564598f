"""Answers that a view keeps while it lives: several questions of one request rest on the same batches and lines.

A view says the same as long as it is read, so what follows from it alone is worked out once. A writer's grows, and it
keeps nothing. What is kept is handed to everybody who asks, so nobody changes it.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, TypeVarTuple, Unpack

from ledger.store.views import View, Writer

AskedT = TypeVarTuple("AskedT")
AnswerT = TypeVar("AnswerT")


def remembered(ask: Callable[[View, Unpack[AskedT]], AnswerT]) -> Callable[[View, Unpack[AskedT]], AnswerT]:
    """A question to a view that is answered once per view, size and further arguments, which must be hashable."""

    @wraps(ask)
    def answer(view: View, *args: *AskedT) -> AnswerT:
        if isinstance(view, Writer):
            return ask(view, *args)
        key = (ask, view.size, args)
        if key not in view.answers:
            view.answers[key] = ask(view, *args)
        found: AnswerT = view.answers[key]
        return found

    return answer
