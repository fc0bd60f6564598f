"""The insurance premium subsidy (保险补贴): a share of the premium that counts, following what the firm finally bears.

One part per day on which premium is paid or returned. The cumulative award of a day is

    share x min(paid - returned, rate x liability that counts)

rounded once; a part is the difference of two of them, negative where premium came back. That a return first lowers what
was paid beyond the ceiling is an assumption. Premium paid beyond what the policy asks for is that of an endorsement and
counts as paid. The ceiling on the premium is rounded down to the fen.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from calculators.awards.conditions import Condition
from calculators.awards.item import Calculator
from calculators.awards.lines import ItemLine, ItemPart, Outside, Proportion, Row, clause_label
from calculators.facts.model import Policy
from calculators.money import Exact, Rounding, format_percent, format_yuan, round_fen
from calculators.notices.premium import InsurancePremiumNotice, LiabilityAtMost, PremiumShare
from calculators.problems import N_

__all__ = ["INSURANCE_PREMIUM"]


@dataclass(frozen=True, slots=True)
class _Borne:
    """What of a premium was paid and returned up to the end of a day, and the tax in both; fen, none below zero."""

    on: date
    paid_fen: int
    paid_tax_fen: int
    returned_fen: int
    returned_tax_fen: int

    def paid(self, net: bool) -> int:
        return self.paid_fen - (self.paid_tax_fen if net else 0)

    def returned(self, net: bool) -> int:
        return self.returned_fen - (self.returned_tax_fen if net else 0)

    def borne(self, net: bool) -> int:
        return self.paid(net) - self.returned(net)


def _conditions(line: ItemLine) -> Iterator[Condition]:
    """That a share fits, that the figures it needs are there, and that the premium is what sum, rate and units make."""
    notice, policy = _notice(line), _policy(line)
    fitting, shares = _fitting(line), tuple(dict.fromkeys(share.share for share in notice.shares))
    clause = clause_label(notice, fitting or notice.shares[-1])
    found: object = fitting.share if fitting else "-"
    yield Condition("share", "share_missing", fitting is not None, found, "in", shares, clause)
    limit = notice.counted.liability_at_most
    if limit and limit.contract_times is not None:
        contract = "-" if policy.contract_fen is None else format_yuan(policy.contract_fen)
        met = bool(policy.contract_fen)
        yield Condition("contract", "contract_missing", met, contract, ">", format_yuan(0), clause_label(notice, limit))
    if policy.rating:
        step = notice.rounding.premium
        rated_fen = round_fen(policy.rating.sum_insured_fen * policy.rating.rate * policy.rating.units, step.mode)
        met, asked, rated = rated_fen == policy.premium_fen, format_yuan(policy.premium_fen), format_yuan(rated_fen)
        yield Condition("premium", "premium_differs", met, asked, "=", rated, clause_label(notice, step))
    bases = {False, notice.counted.tax.deducted}
    borne = [day.borne(net) for day in _days(policy) for net in bases]
    lowest_fen = min(borne, default=0)
    clause = clause_label(notice, notice.returned)
    yield Condition(
        "borne", "returned_above_paid", lowest_fen >= 0, format_yuan(lowest_fen), ">=", format_yuan(0), clause
    )


def _calculate(lines: Sequence[ItemLine], outside: Sequence[Outside]) -> Mapping[str, Sequence[ItemPart]]:
    """The parts of each policy; no policy's premium depends on another's, or on what was paid outside."""
    del outside
    return {line.id: list(_parts(line)) for line in lines}


def _parts(line: ItemLine) -> Iterator[ItemPart]:
    notice, policy = _notice(line), _policy(line)
    before_fen = borne_before_fen = 0
    asked_fen = policy.premium_fen
    own_fen = asked_fen
    if notice.counted.paid == "own_share":
        own_fen -= list(_cumulative(line, _Borne(date.min, asked_fen, 0, 0, 0)))[-1].amount_fen
    for day in _days(policy):
        if notice.counted.paid != "as_paid" and day.paid_fen < own_fen:
            continue
        if notice.counted.paid == "own_share":
            # What the firm leaves is the fund's to pay, and the insurer has it as soon as it is awarded.
            day = replace(day, paid_fen=max(asked_fen, day.paid_fen))
        rows = list(_cumulative(line, day))
        cumulative_fen = rows[-1].amount_fen
        claim_fen = cumulative_fen - before_fen
        if before_fen:
            values = {"before": format_yuan(before_fen)}
            rows.append(Row("", N_("less {before} of earlier events"), values, claim_fen))
        borne_fen = day.borne(notice.counted.tax.deducted)
        part = ItemPart(notice, day.on, borne_fen, claim_fen, rows)
        if notice.returned.rule == "award_proportional" and borne_fen < borne_before_fen:
            part.proportion = Proportion(Exact(borne_fen, borne_before_fen), 0)
        yield part
        before_fen, borne_before_fen = cumulative_fen, borne_fen


def _cumulative(line: ItemLine, day: _Borne) -> Iterator[Row]:
    """The rows that lead to the award of all that was paid and returned; the last one has its amount."""
    notice, policy, share = _notice(line), _policy(line), _fitting(line)
    assert share is not None, f"{line.id} is not eligible"
    counted = notice.counted
    paid_fen, counted_fen = day.paid(counted.tax.deducted), day.borne(counted.tax.deducted)
    clause = clause_label(notice, counted)
    values: dict[str, object] = {"paid": format_yuan(day.paid_fen), "tax": format_yuan(day.paid_tax_fen)}
    text = N_("paid {paid} less tax {tax}") if counted.tax.deducted else N_("paid {paid}")
    if counted.paid == "own_share":
        text = N_("premium {paid}, of which the firm has paid its part")
    yield Row("counted", text, values, paid_fen, clause)
    if counted_fen < paid_fen:
        values = {"returned": format_yuan(paid_fen - counted_fen)}
        text = N_("less {returned} returned")
        yield Row("returned", text, values, counted_fen, clause_label(notice, notice.returned))
    if counted.max_rate:
        liability_fen = policy.liability_fen
        if counted.liability_at_most:
            row = _liability(counted.liability_at_most, policy, clause_label(notice, counted.liability_at_most))
            liability_fen = row.amount_fen
            yield row
        bound_fen = round_fen(counted.max_rate.rate * liability_fen, Rounding.DOWN)
        values = {"rate": format_percent(counted.max_rate.rate), "liability": format_yuan(liability_fen)}
        clause = clause_label(notice, counted.max_rate)
        yield Row("max_rate", N_("{rate} of the liability {liability}"), values, bound_fen, clause)
        counted_fen = min(counted_fen, bound_fen)
    values = {"share": format_percent(share.share), "premium": format_yuan(counted_fen), "year": policy.cover_year}
    text = N_("{share} of {premium}, cover year {year}")
    award_fen = notice.rounding.award.rounded(share.share * counted_fen)
    yield Row("shares", text, values, award_fen, clause_label(notice, share))


def _liability(limit: LiabilityAtMost, policy: Policy, clause: str) -> Row:
    """The liability that counts: the lowest of the policy's own and what the notice allows."""
    bounds = [policy.liability_fen]
    values: dict[str, object] = {"liability": format_yuan(policy.liability_fen)}
    text = N_("{liability}, at most {amount}")
    if limit.contract_times is not None:
        assert policy.contract_fen is not None, f"{policy.key} is not eligible"
        bounds.append(limit.contract_times * policy.contract_fen)
        values |= {"times": limit.contract_times, "contract": format_yuan(policy.contract_fen)}
        text = N_("{liability}, at most {times} x {contract}")
    if limit.amount is not None:
        bounds.append(limit.amount)
        values["amount"] = format_yuan(limit.amount)
        if limit.contract_times is not None:
            text = N_("{liability}, at most {times} x {contract} and {amount}")
    return Row("liability", text, values, min(bounds), clause)


def _days(policy: Policy) -> Iterator[_Borne]:
    """Paid and returned up to each day on which something was, in order of time."""
    paid = paid_tax = returned = returned_tax = 0
    in_order = sorted(policy.premiums, key=lambda premium: premium.on)
    for on, premiums in groupby(in_order, key=lambda premium: premium.on):
        for premium in premiums:
            if premium.amount_fen >= 0:
                paid, paid_tax = paid + premium.amount_fen, paid_tax + premium.tax_fen
            else:
                returned, returned_tax = returned - premium.amount_fen, returned_tax - premium.tax_fen
        yield _Borne(on, paid, paid_tax, returned, returned_tax)


def _fitting(line: ItemLine) -> PremiumShare | None:
    """The share for the policy's year of cover and attributes; the notice's shares exclude each other."""
    year = _policy(line).cover_year
    for share in _notice(line).shares:
        if (not share.years or year in share.years) and line.fits(share.when):
            return share
    return None


def _notice(line: ItemLine) -> InsurancePremiumNotice:
    assert isinstance(line.notice, InsurancePremiumNotice), line.ref
    return line.notice


def _policy(line: ItemLine) -> Policy:
    assert isinstance(line.item, Policy), line.id
    return line.item


INSURANCE_PREMIUM = Calculator("insurance_premium/2", _conditions, _calculate)
