"""The service's settings, as commands read them."""

from __future__ import annotations

import os

import click

from greenlane.api.config import Settings, SettingsRefused, read_settings


def current_settings() -> Settings:
    """The settings in the environment; a fault in them is a mistake of usage."""
    try:
        return read_settings(os.environ)
    except SettingsRefused as refused:
        raise click.UsageError("\n".join(refused.faults)) from None
