"""Read a notice back in plain sentences, each with its source, so that a leader can sign what the software will do.

One sentence per rule, in the order in which they are applied. What no source says is marked as our assumption, and a
source that nobody has checked as such; both are listed again before the place to sign.
"""

from collections.abc import Callable, Iterator
from typing import Any

from calculators.awards.versions import NoticeVersion
from calculators.explain.incentive_sentences import IncentiveReader
from calculators.explain.item_sentences import AllocatedSubsidyReader, InsurancePremiumReader
from calculators.explain.loan_sentences import LoanReader
from calculators.explain.sentences import Reader
from calculators.problems import N_, Say

__all__ = ["READERS", "read_back"]

# By the `type` of a notice.
READERS: dict[str, Callable[[Any, Say], Reader]] = {
    "loan_interest_discount": LoanReader,
    "insurance_premium": InsurancePremiumReader,
    "incentive": IncentiveReader,
    "allocated_subsidy": AllocatedSubsidyReader,
}


def read_back(version: NoticeVersion, title: str, say: Say = str) -> Iterator[str]:
    """The lines to print: heading, numbered sentences with their sources, what is not certain, a place to sign."""
    notice = version.notice
    reader = READERS[notice.type](notice, say)
    yield title
    yield version.ref
    yield ""
    assumed: list[str] = []
    resting: dict[str, list[str]] = {}
    for number, (sentence, part) in enumerate(reader.sentences(), 1):
        yield f"{number}. {sentence} [{reader.source(part)}]"
        if part.basis is None:
            assumed.append(str(number))
        else:
            resting.setdefault(part.basis, []).append(str(number))
    if notice.retroactive_basis:
        resting.setdefault(notice.retroactive_basis, [])
    yield ""
    yield say(N_("Sources:"))
    for basis in notice.basis:
        checked = say(N_("checked")) if basis.verified else say(N_("NOT CHECKED"))
        clause = say(N_("clause not read")) if basis.clause == "unknown" else basis.clause
        yield f"- {basis.id}: {basis.document}; {clause}; {checked}"
        if basis.quote:
            yield f'  "{basis.quote}"'
    yield ""
    unchecked = [number for basis in notice.basis if not basis.verified for number in resting[basis.id]]
    yield say(N_("Sentences that no source says (our assumptions): {numbers}")).format(numbers=_listed(assumed))
    yield say(N_("Sentences whose source nobody has checked: {numbers}")).format(numbers=_listed(unchecked))
    yield ""
    yield say(N_("Read and confirmed: ______________  Date: ______________"))


def _listed(numbers: list[str]) -> str:
    return ", ".join(sorted(numbers, key=int)) or "-"
