"""`python scripts/licences.py LOCK…`: every package that the lock files name has a licence that we take.

Read from the metadata of what is installed. Exit code 1 when one has another licence, says none, or is not installed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution
from pathlib import Path

PIN = re.compile(r"^([a-z0-9-]+)==\S+ \\$", re.MULTILINE)

ALLOWED = frozenset(
    {"MIT", "MIT-0", "0BSD", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "PSF-2.0", "ZPL-2.1", "Zlib"}
)
"""By their names in SPDX."""

EXCEPTIONS: Mapping[str, tuple[str, str]] = {
    "certifi": ("MPL-2.0", "for tests alone: a list of certificates, not changed"),
    "hypothesis": ("MPL-2.0", "for tests alone, not changed"),
    "pathspec": ("MPL-2.0", "for mypy alone, not changed"),
    "psycopg": ("LGPL-3.0-only", "imported as it is published, so that anybody can put another in its place"),
    "psycopg-binary": ("LGPL-3.0-only", "imported as it is published, so that anybody can put another in its place"),
    "python-dateutil": ("Dual License", "for benchmarks alone: its file gives all of it under BSD-3-Clause"),
    "zen-engine": ("none", "for benchmarks alone: its file is the licence MIT"),
}
"""Packages of another licence, and why they are taken all the same."""

WRITTEN: Mapping[str, str] = {
    "mit license": "MIT",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "bsd 2-clause license": "BSD-2-Clause",
    "3-clause bsd license": "BSD-3-Clause",
    "isc license": "ISC",
    "apache software license": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "zope public license": "ZPL-2.1",
    "zpl 2.1": "ZPL-2.1",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
}
"""How packages write licences that do not name them as SPDX does."""


def named_in(locks: Iterable[Path]) -> list[str]:
    """Every package that the lock files name."""
    return sorted({name for lock in locks for name in PIN.findall(lock.read_text(encoding="utf-8"))})


def licence_of(package: Distribution) -> str:
    """The licence of a package as an expression of SPDX, where it says it in a way that we know; else what it says."""
    metadata = package.metadata
    classifiers = (each for each in metadata.get_all("Classifier") or () if each.startswith("License ::"))
    said = (
        metadata.get("License-Expression", ""),
        metadata.get("License", "").partition("\n")[0],
        " OR ".join(_spdx(each.rpartition(" :: ")[2]) for each in classifiers),
    )
    return next((_spdx(each) for each in said if each), "none")


def _spdx(written: str) -> str:
    return WRITTEN.get(written.strip().lower(), written.strip())


def is_allowed(expression: str) -> bool:
    """Whether one of the licences to choose from, with all that go with it, is one that we take."""
    return any(all(one.strip() in ALLOWED for one in each.split(" AND ")) for each in expression.split(" OR "))


def faults(names: Iterable[str], places: list[str]) -> Iterator[str]:
    """What is wrong with the licences of these packages, as they are installed in these places."""
    for name in names:
        found = next(iter(Distribution.discover(name=name, path=places)), None)
        if found is None:
            yield f"{name} is not installed, so its licence is not known"
            continue
        licence, (excepted, _) = licence_of(found), EXCEPTIONS.get(name, ("", ""))
        if not is_allowed(licence) and licence != excepted:
            yield f"{name}: `{licence}` is no licence that we take"
        elif excepted and licence != excepted:
            yield f"{name}: `{licence}` needs no exception any more, or another one"


def main(locks: list[str]) -> int:
    """The command."""
    names = named_in(map(Path, locks))
    found = list(faults(names, sys.path))
    for line in found:
        sys.stderr.write(f"licences: {line}\n")
    if not found:
        taken = sum(name in EXCEPTIONS for name in names)
        sys.stdout.write(f"licences: {len(names)} packages, {taken} of them by an exception (scripts/licences.py)\n")
    return 1 if found or not names else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
