"""The shapes that YAML files of ours are made of: texts that become amounts, rates, dates, and parts with known keys.

Every value of a file arrives as its text, so that numbers are exact. A value that cannot be taken is a
`PydanticCustomError` whose type is the problem's code and whose context holds the English templates and their values;
`load` turns it into a `Problem` with its place. A part's rules are checked on what was written, beside its values, so
that all problems of a file come out at once.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated, Any, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError
from pydantic_core.core_schema import ErrorType

from calculators.money import Exact, parse_exact, parse_percent, parse_ratio, parse_yuan
from calculators.problems import N_

__all__ = [
    "HAN",
    "LABEL",
    "LABEL_WIDTH",
    "Amount",
    "Count",
    "Day",
    "Factor",
    "Flag",
    "Fraction",
    "Label",
    "Name",
    "Positive",
    "Shape",
    "Share",
    "Spread",
    "Text",
    "day",
    "fault",
    "fen",
    "nearest",
    "patterned",
    "width",
    "wrong",
]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LARGEST_FACTOR = 10
_FIRST_YEAR, _LAST_YEAR = 1990, 2099
_BUILTIN = frozenset(get_args(ErrorType))

# What a part says is wrong with itself: the key path below the part (empty = the part itself), and the error.
Fault = tuple[tuple[str | int, ...], PydanticCustomError]


def wrong(code: str, what: str, remedy: str, **values: object) -> PydanticCustomError:
    """An error that `load` can say in the reader's language: a code, two templates and the values that fill them."""
    return PydanticCustomError(code, what, {**values, "what": what, "remedy": remedy})


def fault(path: str | tuple[str | int, ...], code: str, what: str, remedy: str, **values: object) -> Fault:
    """A broken rule of a part, at one of its keys or further below."""
    return (path,) if isinstance(path, str) else path, wrong(code, what, remedy, **values)


def fen(text: object) -> int | None:
    """The amount as written, where there is one: for rules between parts that may be malformed."""
    try:
        return parse_yuan(text) if isinstance(text, str) else None
    except ValueError:
        return None


def day(text: object) -> date | None:
    """The day as written, where there is one, and in the one form that is taken."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) and _DAY.fullmatch(text) else None
    except ValueError:
        return None


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was probably meant to be."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1)), None)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise wrong("value_not_plain", N_("a single value belongs here, not a list or a part"), N_("write one value"))
    return value


def _words(value: object) -> str:
    text = _text(value)
    if not text.strip():
        raise wrong("value_missing", N_("there is no value"), N_("write one, or take the key out"))
    return text


def _amount(value: object) -> int:
    text = _text(value)
    try:
        fen = parse_yuan(text)
    except ValueError:
        fen = -1
    if fen < 0:
        raise wrong(
            "amount_malformed",
            N_("{value!r} is not an amount of yuan"),
            N_("write yuan with at most two decimals and no unit, such as 10,000,000 or 0.50"),
            value=text,
        )
    return fen


def _positive(value: object) -> int:
    fen = _amount(value)
    if fen == 0:
        raise wrong(
            "amount_malformed",
            N_("{value!r} is not an amount above 0 in yuan"),
            N_("write digits with at most two decimals, for example 1,234,567.89"),
            value=value,
        )
    return fen


def _rate(value: object) -> Exact:
    text = _text(value)
    try:
        return parse_percent(text)
    except ValueError:
        pass
    try:
        parse_exact(text)
    except ValueError:
        raise wrong(
            "rate_malformed",
            N_("{value!r} is not a rate or share"),
            N_("write a number with its unit, such as 2.0% or 150BP"),
            value=text,
        ) from None
    raise wrong(
        "rate_without_unit",
        N_("{value!r} has no unit"),
        N_("write {value}% for per cent or {value}BP for basis points (100BP = 1%)"),
        value=text,
    )


def _share(value: object) -> Exact:
    rate = _rate(value)
    if not 0 < rate <= 1:
        raise wrong(
            "share_out_of_range",
            N_("{value} is not above 0% and at most 100%"),
            N_("write a share or a rate in that range"),
            value=value,
        )
    return rate


def _factor(value: object) -> Exact:
    rate = _rate(value)
    if not 0 < rate <= _LARGEST_FACTOR:
        raise wrong(
            "factor_out_of_range",
            N_("{value} is not above 0% and at most 1000%"),
            N_("write a factor in that range, such as 130%"),
            value=value,
        )
    return rate


def _fraction(value: object) -> Exact:
    try:
        return parse_ratio(_text(value))
    except ValueError:
        if re.fullmatch(r"\s*\d+\s*/\s*\d+\s*", _text(value)):
            raise wrong(
                "share_out_of_range",
                N_("{value} is not above 0% and at most 100%"),
                N_("write the part first and the whole second, such as 45/85, or a share in per cent"),
                value=_text(value),
            ) from None
        return _share(value)


def _day(value: object) -> date:
    text = _text(value)
    found = day(text)
    if found is None or not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise wrong(
            "date_malformed",
            N_("{value!r} is not a day of the calendar from {first} to {last}"),
            N_("write year, month and day as YYYY-MM-DD, such as 2025-06-30"),
            value=text,
            first=_FIRST_YEAR,
            last=_LAST_YEAR,
        )
    return found


def _flag(value: object) -> bool:
    text = _text(value)
    if text not in ("true", "false"):
        raise wrong("flag_malformed", N_("{value!r} is neither true nor false"), N_("write true or false"), value=text)
    return text == "true"


def _count(value: object) -> int:
    text = _text(value)
    if not text.isascii() or not text.isdigit() or len(text) > 6 or int(text) == 0:
        raise wrong(
            "count_malformed",
            N_("{value!r} is not a whole number from 1 to 999999"),
            N_("write it in digits, such as 24"),
            value=text,
        )
    return int(text)


# Chinese characters, as far as names are written in them.
HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
_HAN = re.compile(f"[{HAN}]")
LABEL_WIDTH = 24


def width(text: str) -> int:
    """The places that a name takes in a table: a Chinese character takes two."""
    return len(text) + len(_HAN.findall(text))


def patterned(pattern: str, longest: int, form: str) -> BeforeValidator:
    """A text that must match `pattern` in full; `form` shows how it looks (it is data, not prose).

    `longest` is in places of a table.
    """

    def check(value: object) -> str:
        text = _words(value)
        if width(text) > longest or not re.fullmatch(pattern, text):
            raise wrong(
                "text_malformed",
                N_("{value!r} does not have the form asked for here"),
                N_("write at most {longest} characters (a Chinese one counts two) of the form {form}"),
                value=text,
                longest=longest,
                form=form,
            )
        return text

    return BeforeValidator(check)


# Text with something in it; yuan as fen, 0 or more; the same above 0; a share or rate above 0 and at most 100%; a
# factor above 0% and at most 1000%; a share in per cent or as a fraction such as 45/85; basis points or per cent of
# either sign; a day; true/false; a whole number from 1; a name such as `innovative_sme`.
Text = Annotated[str, BeforeValidator(_words)]
Amount = Annotated[int, BeforeValidator(_amount)]
Positive = Annotated[int, BeforeValidator(_positive)]
Share = Annotated[Exact, BeforeValidator(_share)]
Factor = Annotated[Exact, BeforeValidator(_factor)]
Fraction = Annotated[Exact, BeforeValidator(_fraction)]
Spread = Annotated[Exact, BeforeValidator(_rate)]
Day = Annotated[date, BeforeValidator(_day)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Count = Annotated[int, BeforeValidator(_count)]
Name = Annotated[str, patterned(r"[a-z][a-z0-9_]*", 24, "innovative_sme")]
# A name that nothing but the notice and its worksheets know: of a component, a stage, a cap. It may be Chinese.
LABEL = rf"[a-z{HAN}][a-z0-9_{HAN}]*"
Label = Annotated[str, patterned(LABEL, LABEL_WIDTH, "mid_term")]


class Shape(BaseModel):
    """Base of every part of a file: unknown keys are refused, values are frozen, rules and values checked together."""

    # Validators are made when a notice is first read: most commands read none.
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True)

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """What is wrong between the keys of this part as written (texts, mappings and lists); nothing by default."""
        del raw
        return iter(())

    @model_validator(mode="wrap")
    @classmethod
    def _all_at_once(cls, raw: Any, take: ModelWrapValidatorHandler["Shape"]) -> "Shape":
        faults: list[Fault] = []
        meant: dict[str, str] = {}
        if isinstance(raw, dict):
            meant = cls._meant(raw)
            faults += cls._unknown_keys(raw, meant)
            # Rules look at the part as if its slips were corrected, so that one slip is one problem.
            corrected = {**{key: key for key in raw}, **meant}
            faults += cls.rules({corrected[key]: value for key, value in raw.items()})
        details = [InitErrorDetails(type=error, loc=path, input=None) for path, error in faults]
        taken = None
        try:
            taken = take(raw)
        except ValidationError as error:
            details += [
                _again(found)
                for found in error.errors(include_url=False)
                if not (found["type"] == "extra_forbidden" and len(found["loc"]) == 1)
                and not (found["type"] == "missing" and found["loc"][0] in meant.values())
            ]
        if taken is None or details:
            raise ValidationError.from_exception_data(cls.__name__, details)
        return taken

    @classmethod
    def _keys(cls) -> list[str]:
        return [field.alias or name for name, field in cls.model_fields.items()]

    @classmethod
    def _meant(cls, raw: Mapping[str, Any]) -> dict[str, str]:
        """Unknown key -> the free key it was probably meant to be."""
        free = [key for key in cls._keys() if key not in raw]
        found = ((key, nearest(key, free)) for key in raw if key not in cls._keys())
        return {key: meant for key, meant in found if meant is not None}

    @classmethod
    def _unknown_keys(cls, raw: Mapping[str, Any], meant: Mapping[str, str]) -> Iterator[Fault]:
        what = N_("there is no such key here")
        for key in raw:
            if key in meant:
                yield fault(key, "key_unknown", what, N_("did you mean {meant}?"), meant=meant[key])
            elif key not in cls._keys():
                known = ", ".join(cls._keys())
                yield fault(key, "key_unknown", what, N_("take it out; the keys here are {known}"), known=known)


def _again(found: Any) -> InitErrorDetails:
    """An error of a part inside this one, to be raised together with this part's own."""
    kind, context = found["type"], found.get("ctx", {})
    return InitErrorDetails(
        type=kind if kind in _BUILTIN else PydanticCustomError(kind, found["msg"], context),
        loc=found["loc"],
        input=found["input"],
        ctx=context,
    )
