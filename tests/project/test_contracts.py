"""The import contracts cover what there is."""

from __future__ import annotations

import configparser

from greenlane.engine.check import CHECKS
from tests.project.sources import ROOT

SETUP = configparser.ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")


def contract(name: str) -> configparser.SectionProxy:
    """One contract of setup.cfg."""
    return SETUP[f"importlinter:contract:{name}"]


def test_every_check_is_independent() -> None:
    """A check that is run is one that the contract holds apart from the others."""
    held_apart = contract("checks-independent")["modules"].split()
    assert {check.__module__ for check in CHECKS} <= set(held_apart)


def test_contracts_have_no_exceptions() -> None:
    """Layers are exhaustive, and nothing is let through."""
    contracts = [SETUP[name] for name in SETUP.sections() if name.startswith("importlinter:contract")]
    assert contracts
    assert not [c.name for c in contracts if "ignore_imports" in c or "exhaustive_ignores" in c]
    assert [c["exhaustive"] for c in contracts if c["type"] == "layers" and "containers" in c] == ["True"] * 3
