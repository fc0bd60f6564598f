"""Who may sign what under a set of duties, said once more and plainly: a model to hold the program against.

It reads the text of the set with nothing of ours, and knows of people only who is there, with which post, and who
stands in for whom.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import yaml


class Model(NamedTuple):
    """A set of duties as its text says it."""

    posts: Mapping[str, str]
    acts: Mapping[str, Any]
    never_both: list[list[str]]

    @classmethod
    def of(cls, text: str) -> "Model":
        said = yaml.safe_load(text)
        return cls(said["posts"], said["acts"], said["never_both"])

    def able(
        self, act: str, number: int, there: Mapping[str, str], stands_for: Mapping[str, str], barred: Iterable[str]
    ) -> set[str]:
        """Who can give signature `number` (from 0): of those there (staff number -> post), none who is barred.

        `stands_for` says in whose place somebody may sign; of those named all are in office.
        """
        step = self.acts[act]["steps"][number]
        found = set()
        for one in set(there) - set(barred):
            posts = {there[one]}
            other = stands_for.get(one)
            if other and self.acts[act]["exit"] == "substitute" and not self._never(there[one], there[other]):
                posts.add(there[other])
            words = {self.posts[name] for name in step if name in self.posts}
            if {"any", "self", "others"} & set(step) or posts & words:
                found.add(one)
        return found

    def _never(self, post: str, other: str) -> bool:
        return any({post, other} == {self.posts[name] for name in pair} for pair in self.never_both)

    def completed(
        self, act: str, there: Mapping[str, str], stands_for: Mapping[str, str], away: str = ""
    ) -> list[str] | None:
        """Different people who sign an act in order while somebody is away; None where it cannot be done."""

        def sign(number: int, signed: list[str]) -> list[str] | None:
            if number == len(self.acts[act]["steps"]):
                return signed
            for one in sorted(self.able(act, number, there, stands_for, {*signed, away})):
                done = sign(number + 1, [*signed, one])
                if done:
                    return done
            return None

        return sign(0, [])
