"""What every test stands in."""

from __future__ import annotations

from tests.leftovers import watch


def pytest_configure() -> None:
    """Nothing that tests start or write is left behind."""
    watch()
