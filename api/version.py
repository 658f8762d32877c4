"""Which version of the service, and so of the engine, is running. Reads what is installed."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def service_version() -> str:
    """The installed version of greenlane, or `0` when it runs from a tree that was never installed."""
    try:
        return version("greenlane")
    except PackageNotFoundError:
        return "0"
