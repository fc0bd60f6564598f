"""What a kind of record is: its name, the fields it declares, and where its records stand among the registers.

Code names a kind by its constant (`GRANT`), which carries the type of its records: `view.current(GRANT, key)` gives a
`Row[GrantBody]`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, NotRequired, TypedDict, TypeVar

from ledger.log import shapes
from ledger.log.kinds.values import ADDED, REF, UNSIGNED, Count, Day, Hash, Signature, Text, Time, fields_of, marked

BodyT = TypeVar("BodyT", bound=Mapping[str, Any])


class Record(TypedDict):
    """What every record has besides its own fields and `$schema`: the writer adds them, so code may leave them out.

    actor: staff number of who wrote it
    recorded_at: the write's time, UTC
    """

    actor: NotRequired[Annotated[Text, ADDED]]
    recorded_at: NotRequired[Annotated[Time, ADDED, UNSIGNED]]


class Signed(Record):
    """A record that may carry its actor's signature over the others of its fields."""

    signature: NotRequired[Signature]


class Head(TypedDict):
    """The head of the log that a signer saw.

    root: of the tree over its records
    size: how many there were
    """

    root: Hash
    size: Count


# `for` is a word of Python's, so it is declared in a call.
_For = TypedDict("_For", {"for": NotRequired[Text]})


class Act(Signed, _For):
    """What a person does, as that person signs it: on this log, on what was seen of it, up to a day.

    act: which act it is
    post: as which post it is done
    for: for whom a substitute acts
    origin: name of the log
    head: what the signer saw of the log
    valid_until: last day on which it may be recorded
    """

    act: NotRequired[Annotated[Text, ADDED]]
    post: NotRequired[Annotated[Text, ADDED]]
    origin: NotRequired[Annotated[Text, ADDED]]
    head: NotRequired[Annotated[Head, ADDED]]
    valid_until: NotRequired[Annotated[Day, ADDED]]


SignedT = TypeVar("SignedT", bound=Signed)
ActT = TypeVar("ActT", bound=Act)
COMMON = tuple(Record.__annotations__)


def own(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a record says itself, without its schema, who wrote it and when."""
    return {name: value for name, value in body.items() if name != "$schema" and name not in COMMON}


@dataclass(frozen=True, eq=False)
class Kind(Generic[BodyT]):
    """One kind of record, or the records of one register of facts.

    `keyed`: its records are versions of what their `key` names, in the register of the same name. `version` stands in
    `$schema`; changed bytes are a new one. `since` names the fields that came with a later version than the first: with
    it, records of the earlier versions are read as well. `register` differs from the name where several share a kind.
    `unsigned` are the fields that a signature of an act leaves out, `refs` those that name an earlier record.
    """

    name: str
    body: type[BodyT]
    keyed: bool = False
    version: int = 1
    register: str = ""
    since: Mapping[str, int] = field(default_factory=dict)
    fields: Mapping[str, shapes.Check] = field(init=False, repr=False)
    check: shapes.Check = field(init=False, repr=False)
    unsigned: frozenset[str] = field(init=False, repr=False)
    refs: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "register", self.register or self.name)
        declared = fields_of(self.body)
        own = {name: check for name, check in declared.items() if name not in COMMON}
        object.__setattr__(self, "fields", own)
        object.__setattr__(self, "unsigned", frozenset(marked(self.body, UNSIGNED)))
        object.__setattr__(self, "refs", marked(self.body, REF))
        checks = {self.schema_of(version): self._shape(version, declared) for version in self._versions}
        check = shapes.ByField("$schema", checks) if self.since else checks[self.schema]
        object.__setattr__(self, "check", check)

    @property
    def _versions(self) -> range:
        return range(1 if self.since else self.version, self.version + 1)

    @property
    def read(self) -> list[str]:
        """The `$schema` of every form of its records that is read."""
        return [self.schema_of(version) for version in self._versions]

    @property
    def schema(self) -> str:
        """The `$schema` of its records as they are written now."""
        return self.schema_of(self.version)

    def schema_of(self, version: int) -> str:
        """The `$schema` of its records of a version."""
        return f"subsidy/{self.name}/{version}"

    def _shape(self, version: int, declared: Mapping[str, shapes.Check]) -> shapes.Check:
        fields = {
            name: check for name, check in declared.items() if self.since.get(name.removesuffix("?"), 1) <= version
        }
        return shapes.ObjectOf({"$schema": shapes.one_of(self.schema_of(version)), **fields})
