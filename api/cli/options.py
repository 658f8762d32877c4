"""Options that several commands share, and the settings as commands read them. Touches the environment only."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import click

from greenlane.api.config import Settings, SettingsError, read_settings

Lang = Literal["zh", "en", "both"]
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def rules_option() -> Decorator:
    """`--rules PATH`."""
    return click.option("--rules", type=click.Path(path_type=Path), help="The directory of rule files [./rules].")


def as_of_option() -> Decorator:
    """`--as-of DATE`."""
    return click.option(
        "--as-of",
        type=click.DateTime(["%Y-%m-%d"]),
        help="Decide as of this day; otherwise as of the application's date.",
    )


def language_option() -> Decorator:
    """`--lang`: by default the language of the environment."""
    return click.option(
        "--lang",
        type=click.Choice(["zh", "en", "both"]),
        default=_language,
        help="The language of texts [that of the environment].",
    )


def in_language(zh: str, en: str, lang: Lang) -> str:
    """The text in the language asked for."""
    return {"zh": zh, "en": en, "both": f"{zh} / {en}"}[lang]


def _language() -> Lang:
    chosen = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if chosen.startswith("zh") else "en"


def current_settings() -> Settings:
    """The settings in the environment; a fault in them is a mistake of usage."""
    try:
        return read_settings(os.environ)
    except SettingsError as refused:
        raise click.UsageError("\n".join(refused.faults)) from None
