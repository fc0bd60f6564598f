"""What the parts of a notice owe each other: sources named and used, ids unique, shares that sum, dates that meet.

Everything here looks at the notice as written (texts, mappings, lists), where any part may be missing or malformed:
such a part has its own problem already and is passed over, so that all problems of a file come out at once.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from calculators.money import Exact, format_percent, parse_percent, parse_ratio
from calculators.notices.dimensions import LABELS
from calculators.notices.values import Fault, day, fault, nearest
from calculators.problems import N_

Raw = Mapping[str, Any]
Path = tuple[str | int, ...]


def rate(text: object) -> Exact | None:
    """The rate or share, where there is one."""
    try:
        return parse_percent(text) if isinstance(text, str) else None
    except ValueError:
        return None


def fraction(text: object) -> Exact | None:
    """The share as per cent or as a fraction, where there is one."""
    try:
        return parse_ratio(text) if isinstance(text, str) else None
    except ValueError:
        return rate(text)


def cap(raw: Raw) -> Iterator[Fault]:
    """The rules of one cap."""
    yield from cap_limits(raw, "share_of_drawdown")
    limits = [key for key in ("amount", "share_of_drawdown") if key in raw]
    per = [one for one in _list(raw, "per") if isinstance(one, str)]
    if "share_of_drawdown" in raw and "loan" not in per:
        yield fault(
            "per",
            "cap_share_not_per_loan",
            N_("a share of the drawdown is a limit of one loan"),
            N_("write per: [loan], or give the limit as amount"),
        )
    yield from cap_years(raw, "fund, due_date, accrual_day")
    when = raw.get("when_status")
    if (
        isinstance(when, dict)
        and len(limits) == 1
        and [key for key in ("amount", "share_of_drawdown") if key in when] != limits
    ):
        yield fault(
            "when_status",
            "cap_status_other_limit",
            N_("the limit after the status must be of the cap's own kind"),
            N_("write {limit}, and only that, in when_status"),
            limit=limits[0],
        )


def cap_limits(raw: Raw, other: str) -> Iterator[Fault]:
    """A cap has one limit: an amount, or the `other` that its type lets it say."""
    limits = [key for key in ("amount", other) if key in raw]
    if not limits:
        yield fault(
            "amount", "cap_without_limit", N_("the cap has no limit"), N_("add amount: or {other}:"), other=other
        )
    if len(limits) == 2:
        yield fault(
            other,
            "cap_with_two_limits",
            N_("the cap has two limits"),
            N_("keep amount or {other}, and make a second cap of the other"),
            other=other,
        )


def cap_years(raw: Raw, choices: str) -> Iterator[Fault]:
    """What the dimensions of a cap and its `year_of` owe each other; `choices` are what a type lets it say."""
    per = [one for one in _list(raw, "per") if isinstance(one, str)]
    if "year" in per and "year_of" not in raw:
        yield fault(
            "year_of",
            "year_of_missing",
            N_("a cap per year must say which year a due period falls into"),
            N_("add year_of: with one of {choices}"),
            choices=choices,
        )
    if "year_of" in raw and per and set(per) <= LABELS.keys() and "year" not in per:
        yield fault(
            "year_of", "year_of_idle", N_("the cap is not per year"), N_("take year_of out, or add year to per")
        )
    yield from repeated(per, ("per",))


def approval(raw: Raw) -> Iterator[Fault]:
    """The rules of the approval: it asks for something, and every step for another post."""
    if "public_notice" not in raw and not _list(raw, "steps"):
        yield fault(
            "steps",
            "approval_empty",
            N_("the approval asks for nothing"),
            N_("add steps: or public_notice:, or take approval out"),
        )
    yield from repeated([part.get("post") for _place, part in parts(raw, "steps")], ("steps",), "post")


def common(raw: Raw) -> Iterator[Fault]:
    """The rules between the parts of a notice of any type."""
    yield from _sources(raw)
    yield from _ids(raw)
    yield from _dates(raw)
    yield from _amendment(raw)
    yield from _money(raw)


def loan(raw: Raw) -> Iterator[Fault]:
    """The rules between the parts that only a notice for loans has."""
    yield from _components(raw)
    yield from _paid_once(raw)
    yield from _earned(raw)
    yield from _paid_days(raw)


def _sources(raw: Raw) -> Iterator[Fault]:
    known = {part["id"]: place for place, part in parts(raw, "basis") if isinstance(part.get("id"), str)}
    used = list(_references(raw))
    for path, name in used:
        if name not in known:
            meant = nearest(name, known)
            yield fault(
                path,
                "basis_unknown",
                N_("the list of sources has no {name}"),
                N_("did you mean {meant}?") if meant else N_("add it to basis, or name one of: {known}"),
                name=name,
                meant=meant,
                known=", ".join(known),
            )
    named = {name for _path, name in used}
    for name, place in known.items():
        if name not in named:
            yield fault(
                ("basis", place, "id"),
                "basis_unused",
                N_("nothing rests on the source {name}"),
                N_("name it where it applies, or take it out"),
                name=name,
            )


def _references(part: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every (key path, source id) that a part or one below it rests on."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key in ("basis", "retroactive_basis") and isinstance(value, str):
                yield (*path, key), value
            elif (*path, key) != ("basis",):
                yield from _references(value, (*path, key))
    elif isinstance(part, list):
        for place, value in enumerate(part):
            yield from _references(value, (*path, place))


def _ids(raw: Raw) -> Iterator[Fault]:
    for key in ("basis", "components", "caps"):
        yield from repeated([part.get("id") for _place, part in parts(raw, key)], (key,), "id")
    yield from repeated([part.get("level") for _place, part in parts(raw, "payers")], ("payers",), "level")
    yield from repeated(_list(raw, "order"), ("order",))
    for place, part in parts(raw, "caps"):
        if isinstance(raw.get("id"), str) and raw["id"] in _list(part, "shared_with"):
            yield fault(
                ("caps", place, "shared_with"),
                "cap_shared_with_itself",
                N_("a notice shares its own caps already"),
                N_("name only other notices"),
            )


def _dates(raw: Raw) -> Iterator[Fault]:
    effective = raw.get("effective")
    first, last = _span(effective) if isinstance(effective, dict) else (None, None)
    for place, window in parts(raw, "windows"):
        opens, closes = _span(window)
        if window.get("on") != raw.get("governed_by") or not (first and opens):
            continue
        if (last and opens > last) or (closes and closes < first):
            yield fault(
                ("windows", place, "from"),
                "window_never_open",
                N_("no {on} date inside this window is governed by the notice"),
                N_("let the window and effective share a day"),
                on=window["on"],
            )
    year = _year(raw)
    if year and not 2000 <= int(year) <= 2099:
        yield fault(
            "fund_year",
            "fund_year_implausible",
            N_("{year} is not a fund year"),
            N_("write four digits, such as 2025"),
            year=year,
        )


def _amendment(raw: Raw) -> Iterator[Fault]:
    retroactive = raw.get("retroactive") == "true"
    if retroactive and "amends" not in raw:
        yield fault(
            "retroactive",
            "retroactive_idle",
            N_("only an amendment reaches back"),
            N_("add amends: with the hash of the version changed, or take retroactive out"),
        )
    if retroactive != ("retroactive_basis" in raw):
        yield fault(
            "retroactive_basis" if retroactive else "retroactive",
            "retroactive_without_source",
            N_("reaching back needs both retroactive: true and a source that orders it"),
            N_("add the missing one of retroactive and retroactive_basis, or take both out"),
        )
    if "amends" in raw and "published" not in raw:
        yield fault(
            "published",
            "amendment_unpublished",
            N_("an amendment must say when it was published"),
            N_("add published: with the day"),
        )
    effective = raw.get("effective")
    published = day(raw.get("published"))
    first = _span(effective)[0] if isinstance(effective, dict) else None
    if "amends" in raw and not retroactive and published and first and first < published:
        yield fault(
            ("effective", "from"),
            "amendment_reaches_back",
            N_("the amendment changes days before its publication on {published}"),
            N_("let it begin on that day or later, or add retroactive: true and retroactive_basis:"),
            published=raw["published"],
        )


def _components(raw: Raw) -> Iterator[Fault]:
    count = len(_list(raw, "components"))
    combine = raw.get("combine")
    kind = combine.get("kind") if isinstance(combine, dict) else None
    if count and ((kind == "single" and count != 1) or (kind in ("lowest", "sum") and count < 2)):
        yield fault(
            ("combine", "kind"),
            "combine_count",
            N_("{kind} does not fit the number of components, {count}"),
            N_("write single for one component, lowest or sum for several"),
            kind=kind,
            count=count,
        )
    base = raw.get("base")
    kinds = set(_kinds(_list(raw, "components")))
    if isinstance(base, dict) and base.get("interest") == "paid" and kinds and "interest_share" not in kinds:
        yield fault(
            ("base", "interest"),
            "interest_unused",
            N_("receipts are asked for, but no component counts the interest paid"),
            N_("write interest: accrued, or add a component of kind interest_share"),
        )


def _paid_once(raw: Raw) -> Iterator[Fault]:
    """What is paid once rests on no interest: the notice says so, and a cap on principal limits something else."""
    base = raw.get("base")
    for place, part in parts(raw, "components"):
        kind = next((kind for kind in _kinds(part.get("rule")) if kind in ("one_off", "grant_equivalent")), None)
        if kind is None:
            continue
        if "not_bounded_by_interest" not in raw:
            yield fault(
                ("components", place, "rule", "kind"),
                "paid_once_bounded",
                N_("{kind} is paid at once, and no interest to date would reach it"),
                N_("add not_bounded_by_interest: with the basis that lets it exceed the interest"),
                kind=kind,
            )
        if isinstance(base, dict) and "principal_cap" in base:
            yield fault(
                ("base", "principal_cap"),
                "principal_cap_idle",
                N_("a cap on principal does not limit {kind}"),
                N_("limit the award in caps, and take principal_cap out"),
                kind=kind,
            )


def _earned(raw: Raw) -> Iterator[Fault]:
    """A component that is earned later can be added, but not compared with others on the way."""
    combine = raw.get("combine")
    for place, part in parts(raw, "components"):
        if "earned" in part and isinstance(combine, dict) and combine.get("kind") == "lowest":
            yield fault(
                ("components", place, "earned"),
                "earned_compared",
                N_("a component that is earned later cannot be the lowest before"),
                N_("write combine: with kind: sum, or take earned out"),
            )


def _paid_days(raw: Raw) -> Iterator[Fault]:
    """Days of payment matter where receipts count."""
    base = raw.get("base")
    for place, window in parts(raw, "windows"):
        if window.get("on") == "paid_day" and isinstance(base, dict) and base.get("interest") == "accrued":
            yield fault(
                ("windows", place, "on"),
                "paid_day_unused",
                N_("no receipt counts, so the day of payment says nothing"),
                N_("write interest: paid in base, or on: accrual_day"),
            )


def _kinds(part: object) -> Iterator[str]:
    if isinstance(part, list):
        for element in part:
            yield from _kinds(element)
    elif isinstance(part, dict):
        if isinstance(part.get("kind"), str):
            yield part["kind"]
        for value in part.values():
            yield from _kinds(value)


def _money(raw: Raw) -> Iterator[Fault]:
    envelope, year = raw.get("envelope"), _year(raw)
    path = envelope.get("path") if isinstance(envelope, dict) else None
    if path and isinstance(path, str) and year and path.split("/")[0] != year:
        yield fault(
            ("envelope", "path"),
            "envelope_other_year",
            N_("{envelope} is not an envelope of the fund year {year}"),
            N_("begin the path with {year}/, or correct fund_year"),
            envelope=path,
            year=year,
        )
    shares = [fraction(part.get("share")) for _place, part in parts(raw, "payers")]
    known = [share for share in shares if share is not None]
    if known and len(known) == len(shares) and sum(known) != 1:
        yield fault(
            "payers",
            "payers_not_whole",
            N_("the payers' shares sum to {total}"),
            N_("let them sum to 100%"),
            total=format_percent(sum(known, Exact(0))),
        )


def repeated(values: list[Any], path: Path, key: str = "") -> Iterator[Fault]:
    """A value that stands twice in a list, or under the same key of two parts of a list."""
    seen: set[str] = set()
    for place, value in enumerate(values):
        if isinstance(value, str) and value in seen:
            yield fault(
                (*path, place, key) if key else (*path, place),
                "name_twice",
                N_("{value} stands here a second time"),
                N_("give it another name, or take one of the two out"),
                value=value,
            )
        seen.add(str(value))


def _year(raw: Raw) -> str:
    """The fund year as written, where it is a number at all; else empty."""
    year = raw.get("fund_year")
    return year if isinstance(year, str) and year.isascii() and year.isdigit() and len(year) <= 6 else ""


def _span(part: Raw) -> tuple[date | None, date | None]:
    return day(part.get("from")), day(part.get("to"))


def _list(raw: Raw, key: str) -> list[Any]:
    value = raw.get(key)
    return value if isinstance(value, list) else []


def parts(raw: Raw, key: str) -> list[tuple[int, dict[str, Any]]]:
    """(place, part) for every part in a list of parts."""
    return [(place, one) for place, one in enumerate(_list(raw, key)) if isinstance(one, dict)]
