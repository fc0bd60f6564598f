"""The bytes of a record: one way to write it, and nothing else can be read."""

import random
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from ledger.log.canonical import NotCanonical, canonical, parse, parse_all

GOLDEN = Path(__file__).parent / "golden"


class Colour(StrEnum):
    RED = "red"


def record(**fields: Any) -> dict[str, Any]:
    return {"$schema": "subsidy/example/1", **fields}


def test_keys_are_sorted_and_nothing_is_spaced() -> None:
    assert (
        canonical(record(b=1, a=[True, "x", {"d": -2, "c": False}]))
        == b'{"$schema":"subsidy/example/1","a":[true,"x",{"c":false,"d":-2}],"b":1}'
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        # RFC 8785, 3.2.2.2: short escapes where JSON has them, lower-case \u00xx for other controls, all else as it is.
        ("\b\t\n\f\r", rb"\b\t\n\f\r"),
        ("\x00\x1f", rb"\u0000\u001f"),
        ('"\\/', rb"\"\\/"),
        ("\x7f", b"\x7f"),
        ("\u2028", b"\xe2\x80\xa8"),
        ("贴息", b"\xe8\xb4\xb4\xe6\x81\xaf"),
        ("\U0001f4b0", b"\xf0\x9f\x92\xb0"),
    ],
)
def test_strings_are_escaped_as_the_rfc_says(text: str, written: bytes) -> None:
    body = canonical(record(a=text))
    assert body == b'{"$schema":"subsidy/example/1","a":"' + written + b'"}'
    assert parse(body) == record(a=text)


@pytest.mark.parametrize("integer", [0, -1, 2**53 - 1, -(2**53) + 1])
def test_integers_below_2_to_53_are_taken(integer: int) -> None:
    assert parse(canonical(record(a=integer))) == record(a=integer)


@pytest.mark.parametrize(
    "value",
    [
        None,
        1.0,
        1e300,
        float("nan"),
        2**53,
        -(2**53),
        "e\u0301",  # e and a combining accent: NFC writes one sign
        "\ud800",
        date(2025, 6, 30),
        Colour.RED,
        {1: "x"},
        {"ключ": 1},
        {"a": None},
        [[1.5]],
        b"x",
        {1, 2},
    ],
    ids=repr,
)
def test_values_outside_the_profile_have_no_bytes(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical(record(a=value))
    with pytest.raises(NotCanonical):
        canonical(record(a=[{"deeper": value}], chinese="贴息"))


@pytest.mark.parametrize("obj", [{"a": 1}, {"$schema": "s", "!": 1}, {}])
def test_the_schema_comes_first(obj: dict[str, Any]) -> None:
    with pytest.raises(NotCanonical, match="first key"):
        canonical(obj)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b'{"$schema":"s","a":1,"a":1}', "duplicate key, equal value"),
        (b'{"$schema":"s","a":1,"a":2}', "duplicate key"),
        (b'{"$schema":"s","b":1,"a":2}', "order of keys"),
        (b'{"$schema":"s", "a":1}', "a blank"),
        (b'{"$schema":"s","a":1}\n', "a line end"),
        (b'\xef\xbb\xbf{"$schema":"s"}', "a byte order mark"),
        (b'{"$schema":"s","a":"\\u8d34"}', "an escape that need not be"),
        (b'{"$schema":"s","a":"\\/"}', "an escaped slash"),
        (b'{"$schema":"s","a":"\\u000A"}', "a long escape"),
        (b'{"$schema":"s","a":"\\u001F"}', "upper-case hex"),
        (b'{"$schema":"s","a":"e\xcc\x81"}', "not NFC"),
        (b'{"$schema":"s","a":1.0}', "a float"),
        (b'{"$schema":"s","a":1e2}', "an exponent"),
        (b'{"$schema":"s","a":-0}', "minus zero"),
        (b'{"$schema":"s","a":01}', "a leading zero"),
        (b'{"$schema":"s","a":9007199254740992}', "2^53"),
        (b'{"$schema":"s","a":null}', "null"),
        (b'{"a":1}', "no schema"),
        (b'["$schema"]', "an array"),
        (b'"s"', "a string"),
        (b"", "nothing"),
        (b'{"$schema":"s"', "cut off"),
        (b'{"$schema":"\xff"}', "not UTF-8"),
        (b'{"$schema":"\xed\xa0\x80"}', "a lone surrogate"),
        (b'{"$schema":' + b"[" * 5000 + b"]" * 5000 + b"}", "nested without end"),
        (b'{"$schema":' + b"[" * 400 + b"]" * 400 + b"}", "nested too deep to be written"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bytes_that_do_not_re_encode_to_themselves_are_refused(body: bytes, why: str) -> None:
    with pytest.raises(NotCanonical):
        parse(body)
    assert why
    # Of many, those types alone are left to who knows the fields (`test_kinds`).
    if why not in ("a float", "null"):
        for place in range(3):
            bodies = [b'{"$schema":"s","a":1}'] * 2
            bodies.insert(place, body)
            with pytest.raises(NotCanonical):
                parse_all(bodies)


def test_many_bodies_that_are_right_together_alone_are_refused() -> None:
    """One that ends within another: what stands between them is the comma of an array."""
    body = b'{"$schema":"s","a":[{"$schema":"t"},{"$schema":"u"}],"b":1}'
    assert parse_all([body, body]) == [parse(body), parse(body)]
    head, tail = body.split(b",{", 1)
    with pytest.raises(NotCanonical):
        parse_all([head, b"{" + tail])
    assert parse_all([]) == []


def test_any_changed_byte_is_refused_or_says_something_else() -> None:
    body = (GOLDEN / "entry.json").read_bytes()
    said = parse(body)
    seed = 20250601
    print(f"seed {seed}")
    dice = random.Random(seed)
    refused = 0
    for _ in range(3000):
        place = dice.randrange(len(body))
        changed = body[:place] + bytes([body[place] ^ dice.randrange(1, 256)]) + body[place + 1 :]
        try:
            assert parse(changed) != said
        except NotCanonical:
            refused += 1
    # Control bytes, broken quotes and broken UTF-8 alone are more than a third of all changes.
    assert refused > 1000
