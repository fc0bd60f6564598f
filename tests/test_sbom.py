"""The list of what the product is made of: all of the lock, hash by hash, and nothing that may not be shipped."""

import re
import tomllib

import pytest

from tests import sbom
from tests.sbom import LOCK, PROJECT, Locked, licence, locked, normal

HASH = "0123456789abcdef" * 4


def test_every_package_and_every_hash_of_the_lock_is_in_the_list() -> None:
    text = LOCK.read_text("utf-8")
    components = sbom.sbom()["components"]
    named = re.findall(r"^(\S+)==(\S+)", text, re.MULTILINE)
    assert [(one["name"], one["version"]) for one in components] == [(normal(name), version) for name, version in named]
    listed = [one["content"] for component in components for one in component["hashes"]]
    assert listed == re.findall(r"--hash=sha256:(\w{64})", text)


def test_what_the_product_asks_for_is_required_and_its_tools_are_not() -> None:
    project = tomllib.loads(PROJECT.read_text("utf-8"))["project"]
    scopes = {one["name"]: one["scope"] for one in sbom.sbom()["components"]}

    def named(lines: list[str]) -> set[str]:
        return {normal(re.match(r"[\w.-]+", line)[0]) for line in lines}  # type: ignore[index] - each begins with a name

    assert {scopes[name] for name in named(project["dependencies"])} == {"required"}
    assert {scopes[name] for name in named(project["optional-dependencies"]["server"])} == {"optional"}
    # What these bring: cryptography its cffi, FastAPI its starlette; the tests their pytest.
    assert (scopes["cffi"], scopes["starlette"], scopes["pytest"]) == ("required", "optional", "excluded")


def test_the_list_is_the_same_each_time() -> None:
    assert sbom.sbom() == sbom.sbom()


def test_a_package_without_a_hash_is_no_lock() -> None:
    line = f"one==1.0 ; python_version < '3.12' \\\n    --hash=sha256:{HASH} \\\n    --hash=sha256:{HASH[::-1]}\n"
    assert locked(line) == [Locked("one", "1.0", "python_version < '3.12'", (HASH, HASH[::-1]))]
    for wrong in ("two==1.0\n", "two @ https://example.org/two.whl\n", "two>=1.0 \\\n    --hash=sha256:00\n"):
        with pytest.raises(ValueError, match="2 packages are named, and 1 have a version and hashes"):
            locked(line + wrong)


@pytest.mark.parametrize(
    ("patched", "value", "told"),
    [
        (
            "licence",
            lambda one: "GPL-3.0" if one.metadata["Name"] == "orjson" else licence(one),
            "orjson: licence GPL-3.0",
        ),
        ("locked", lambda text: [one for one in locked(text) if one.name != "lxml"], "lxml: is not in the lock"),
        (
            "locked",
            lambda text: [one._replace(version="0.1") if one.name == "click" else one for one in locked(text)],
            "click: .* is installed, 0.1 is locked",
        ),
    ],
)
def test_what_may_not_be_shipped_ends_it(
    patched: str, value: object, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sbom, patched, value)
    with pytest.raises(ValueError, match=f"^{told}$"):
        sbom.sbom()
