"""Look-ups by name and key: told as records are taken, and filled from a source where nobody has told them yet."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, TypeVar

from ledger.rules.records import Source
from ledger.rules.values import VERSIONS

Begun = TypeVar("Begun")


class Lookups:
    """Everything that rules ask, by look-up and key."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known: dict[str, dict[Any, Any]] = defaultdict(dict)
        # What changes something that nobody has asked for yet, so that it was not loaded.
        self._since: dict[tuple[str, Any], list[Callable[[Any], Any]]] = {}

    def get(self, name: str, key: Any) -> Any:
        """What look-up `name` says under `key`; None where it says nothing."""
        known = self._known[name]
        if key in known:
            return known[key]
        if self._source.whole:
            return None
        self.prefetch(name, (key,))
        return known[key]

    def prefetch(self, name: str, keys: Iterable[Any]) -> None:
        """Load what is not known yet of these keys, at once; a source that was told everything has nothing to load.

        `version` stands for the look-ups of all registers, by (register, key).
        """
        if self._source.whole:
            return
        if name == "version":
            of_register: dict[str, list[str]] = {}
            for register, key in keys:
                of_register.setdefault(register, []).append(key)
            for register, own in of_register.items():
                self.prefetch(VERSIONS + register, own)
            return
        known = self._known[name]
        missing = {key for key in keys if key not in known}
        if missing:
            found = self._source.load(name, missing)
            known.update((key, found.get(key)) for key in missing)
            for key in missing if self._since else ():
                for change in self._since.pop((name, key), ()):
                    known[key] = change(known[key])

    def change(self, name: str, key: Any, change: Callable[[Any], Any]) -> None:
        """What look-up `name` says under `key` changes; what the tables say of it is loaded when somebody asks."""
        known = self._known[name]
        if self._source.whole or key in known:
            known[key] = change(known.get(key))
        else:
            self._since.setdefault((name, key), []).append(change)

    def add(self, name: str, key: Any, number: int) -> None:
        """Add to a number."""
        known = self._known[name]
        if key in known or self._source.whole:
            known[key] = (known.get(key) or 0) + number
        else:
            self.change(name, key, lambda before: (before or 0) + number)

    def moves(self, name: str, member: str, before: Any, now: Any) -> None:
        """A member of the sets of look-up `name` moves from the set under one key to that under another; None: none."""
        if before != now and before is not None:
            self.change(name, before, lambda known: tuple(other for other in known or () if other != member))
        if before != now and now is not None:
            self.change(name, now, lambda known: tuple(sorted({*known, member})) if known else (member,))

    def put(self, name: str, key: Any, value: Any) -> None:
        """What look-up `name` says under `key` from now on."""
        self._known[name][key] = value

    def body(self, seq: int) -> Any:
        """What record `seq` says."""
        return self._source.body(seq)

    @cached_property
    def origin(self) -> str:
        """The name of the log."""
        return str(self.body(0)["origin"])

    def whole(self, name: str) -> Any:
        """A look-up that is known whole."""
        return self.get(name, "")

    def _begun(self, name: str, key: str, begin: Callable[[], Begun]) -> Begun:
        """What stands under a key, which begins as nothing where nothing stands."""
        found: Begun | None = self.get(name, key)
        if found is None:
            found = begin()
            self.put(name, key, found)
        return found
