"""What the product is made of: a CycloneDX 1.6 list of the locked dependencies, `python -m tests.sbom FILE`.

It is read from `requirements.lock` and from the packages as they are installed, without any network, and is the same to
the byte each time. What stands in the list is what `make test` has run with: a package whose installed version is not
the locked one, or that has no hash, or no licence that the product may be shipped beside, ends it.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

ROOT = Path(__file__).parents[1]
LOCK, PROJECT = ROOT / "requirements.lock", ROOT / "pyproject.toml"
_LOCKED = re.compile(
    r"^([A-Za-z0-9._-]+)==(\S+?)(?: ; ([^\\\n]+?))? \\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n?)+)", re.M
)
_HASH = re.compile(r"sha256:([0-9a-f]{64})")
_NEEDED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[([^\]]*)\])?[^;]*(?:;(.*))?$")
_EXTRA = re.compile(r"""extra == ['"]([^'"]+)['"]""")
# Licences of what is installed with the product; those of tools that only test it are not asked. A library under the
# Lesser GPL stays a package of its own, which anybody can replace.
FREE = re.compile(
    r"Apache|BSD|MIT|ISC|PSF|Python Software Foundation|MPL-2\.0|Mozilla|Unlicense|Zlib|Lesser General Public|LGPL",
    re.I,
)


class Locked(NamedTuple):
    """A package of the lock: where its marker holds, and the SHA-256 of each file that it may come as."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def normal(name: str) -> str:
    """The one way of writing a package's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(text: str) -> list[Locked]:
    """Every package of a lock, in order; `ValueError` for a line that is none."""
    found = [
        Locked(normal(name), version, (marker or "").strip(), tuple(_HASH.findall(hashes)))
        for name, version, marker, hashes in _LOCKED.findall(text)
    ]
    named = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
    if len(found) != len(named):
        raise ValueError(f"{len(named)} packages are named, and {len(found)} have a version and hashes")
    return found


def installed() -> dict[str, Distribution]:
    """The packages of this environment by name."""
    return {normal(one.metadata["Name"]): one for one in distributions()}


def needs(one: Distribution, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """The packages that another one asks for, each with the extras that it is asked for with."""
    for line in one.requires or ():
        yield from _needed(line, extras)


def _needed(line: str, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    found = _NEEDED.match(line.strip())
    assert found, line
    asked = set(_EXTRA.findall(found[3] or ""))
    if not asked or asked & extras:
        yield normal(found[1]), frozenset(filter(None, (found[2] or "").replace(" ", "").split(",")))


def reached(lines: list[str], there: Mapping[str, Distribution]) -> set[str]:
    """All packages that are installed because of these requirements."""
    open_, seen = [one for line in lines for one in _needed(line, frozenset())], set[tuple[str, frozenset[str]]]()
    while open_:
        one = open_.pop()
        if one not in seen and one[0] in there:
            seen.add(one)
            open_ += needs(there[one[0]], one[1])
    return {name for name, _extras in seen}


def licence(one: Distribution) -> str:
    """What a package says of its licence."""
    said = one.metadata
    classes = [line.rpartition(" :: ")[2] for line in said.get_all("Classifier") or () if line.startswith("License ::")]
    return said.get("License-Expression") or "; ".join(classes) or (said.get("License") or "").split("\n")[0]


def sbom() -> dict[str, Any]:
    """The list; `ValueError` where a package is not what the lock says, or may not be shipped."""
    text, project = LOCK.read_text("utf-8"), tomllib.loads(PROJECT.read_text("utf-8"))["project"]
    there = installed()
    shipped = reached(project["dependencies"], there)
    extra = reached([line for lines in project["optional-dependencies"].values() for line in lines], there) - shipped
    components, wrong = [], []
    for package in locked(text):
        found = there.get(package.name)
        scope = "required" if package.name in shipped else "optional" if package.name in extra else "excluded"
        said = licence(found) if found else ""
        components.append(_component(package, scope, said))
        if found is None or scope == "excluded":
            continue
        if not FREE.search(said):
            wrong.append(f"{package.name}: licence {said or 'unknown'}")
        versions = {one.version for one in locked(text) if one.name == package.name}
        if found.version not in versions:
            wrong.append(f"{package.name}: {found.version} is installed, {package.version} is locked")
    missing = (shipped | extra) - {one["name"] for one in components}
    wrong += [f"{name}: is not in the lock" for name in sorted(missing)]
    if wrong:
        raise ValueError("\n".join(wrong))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        # Of the lock itself, so that the same lock gives the same list.
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, sha256(text.encode()).hexdigest())}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": project["name"],
                "name": project["name"],
                "version": project["version"],
                "licenses": [{"expression": project["license"]}],
            }
        },
        "components": components,
    }


def _component(package: Locked, scope: str, said: str) -> dict[str, Any]:
    purl = f"pkg:pypi/{package.name}@{package.version}"
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl,
        "name": package.name,
        "version": package.version,
        "purl": purl,
        "scope": scope,
        # One of each file that it may be installed from.
        "hashes": [{"alg": "SHA-256", "content": one} for one in package.hashes],
    }
    if said:
        component["licenses"] = [{"license": {"name": said}}]
    if package.marker:
        component["properties"] = [{"name": "python:marker", "value": package.marker}]
    return component


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(sbom(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
