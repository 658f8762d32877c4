"""Runs every specification in `features/`."""

from __future__ import annotations

from pytest_bdd import scenarios

scenarios("../../features")
