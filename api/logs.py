"""Structured logs: one JSON line per event, with the trace id, never what a client sent. Touches stderr only."""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Any, TextIO

import structlog

logger: structlog.typing.FilteringBoundLogger = structlog.get_logger("greenlane")


def configure(level: str, stream: TextIO = sys.stderr) -> None:
    """Sends the logs of this process to `stream` from `level` upwards."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        # Each line in one write: with two, lines of several processes run into each other.
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )


def standard_library(level: str) -> dict[str, Any]:
    """A `logging` configuration that writes what libraries log in the same form."""
    processors = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    before = [structlog.stdlib.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True), _placed]
    formatter = {"()": structlog.stdlib.ProcessorFormatter, "processors": processors, "foreign_pre_chain": before}
    # At debug gunicorn tells the path of every request, in which clients may put what is no log's business.
    server_level = "INFO" if level == "debug" else level.upper()
    # Alembic tells at info that it looks at the tables: while a store is away, of every request.
    tables_level = "WARNING" if level in ("debug", "info") else level.upper()
    handler = {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": formatter},
        "handlers": {"stderr": handler},
        "root": {"level": level.upper(), "handlers": ["stderr"]},
        "loggers": {
            "gunicorn.error": {"level": server_level, "handlers": ["stderr"], "propagate": False},
            "alembic": {"level": tables_level},
        },
    }


def _placed(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Says of an exception what it is and where it was raised, in place of its text."""
    exception = event.pop("exc_info", None)
    if isinstance(exception, tuple) and isinstance(exception[1], BaseException):
        event["error"], event["where"] = type(exception[1]).__name__, where(exception[1])
    return event


def reason(error: BaseException) -> str:
    """What an error of our own says; of another only its kind, since its text may hold what a client sent."""
    return str(error) or type(error.__cause__ or error).__name__


def where(error: BaseException) -> list[str]:
    """Where an error was raised, outermost first: names and lines only, since messages may hold what a client sent."""
    found = [f"{f.name} {f.filename.rpartition('/')[2]}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)]
    cause = error.__cause__
    return found + ([f"from {type(cause).__name__}", *where(cause)] if cause is not None else [])
