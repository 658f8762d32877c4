"""Runs every specification of lending, right in `features/`."""

from __future__ import annotations

from pathlib import Path

from pytest_bdd import scenarios

scenarios(*map(str, sorted((Path(__file__).parents[2] / "features").glob("*.feature"))))
