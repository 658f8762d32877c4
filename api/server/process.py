"""Serving under gunicorn: several processes, each with its own threads, rules and connections. Binds the socket."""

from __future__ import annotations

import gc
import os
import resource
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from prometheus_client import multiprocess

from greenlane.api import logs, metrics
from greenlane.api.app import create_app
from greenlane.api.config import Settings
from greenlane.api.ledger.configured import (
    check_signing_key,
    configured_database,
    configured_key_store,
    configured_signer,
)
from greenlane.api.ledger.errors import EncryptionKeyError, StoreUnavailableError
from greenlane.api.releases.snapshots import ReleasePoller
from greenlane.api.server.refusals import RefusalResponse
from greenlane.api.server.worker import IDLE_SECONDS, Worker
from greenlane.api.wiring.services import Services, build_services
from greenlane.engine.policy import check_ruleset
from greenlane.rule_files import read_files

GRACEFUL_SECONDS = 30
PROXIES_HERE = "127.0.0.1,::1"
"""Whose `X-Forwarded-Proto` is believed: then answers carry `Strict-Transport-Security`."""

SPARE_DESCRIPTORS = 256
"""Open files of a worker besides the connections of its clients."""

LIMITS = "limits"
UNREAD = "none"
"""The method of a request that could not be read, in metrics."""

SHARED_MEMORY = "/dev/shm"
"""Where workers show that they are alive: that must not wait for a disk."""


class Server(BaseApplication):  # type: ignore[misc]
    """The gunicorn application. Each worker builds its services after the fork: threads and connections are its own."""

    def __init__(self, settings: Settings, limits: Path | None = None) -> None:
        self.settings = settings
        self.limits = limits
        self.services: Services | None = None
        self.poller: ReleasePoller | None = None
        super().__init__()

    def load_config(self) -> None:
        """Tells gunicorn what the settings say."""
        settings = self.settings
        chosen: dict[str, Any] = {
            "bind": f"{settings.host}:{settings.port}",
            "workers": settings.workers,
            "threads": settings.threads,
            "worker_class": Worker,
            "worker_tmp_dir": SHARED_MEMORY if os.path.isdir(SHARED_MEMORY) else None,
            "graceful_timeout": GRACEFUL_SECONDS,
            "timeout": GRACEFUL_SECONDS,
            "worker_connections": settings.connections,
            "keepalive": int(IDLE_SECONDS),
            "preload_app": False,
            "control_socket_disable": True,
            # Requests are made of what a client sent, and answers are kept until the client takes them.
            "http_parser": "python",
            "sendfile": False,
            # No field of a request sets what the server itself knows, such as `SCRIPT_NAME`.
            "header_map": "drop",
            "forwarder_headers": "",
            "forwarded_allow_ips": PROXIES_HERE,
            "secure_scheme_headers": {"X-FORWARDED-PROTO": "https"},
            "proc_name": "greenlane",
            "logconfig_dict": logs.standard_library(settings.log_level),
            "worker_exit": self._worker_exit,
            "child_exit": _child_exit,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application of one worker."""
        logs.configure(self.settings.log_level)
        try:
            self.services = build_services(self.settings, limits=self.limits)
            app = create_app(self.services)
        except EncryptionKeyError as refused:
            logs.logger.critical("not served", reason=str(refused))
            raise SystemExit(Arbiter.APP_LOAD_ERROR) from None
        self.poller = ReleasePoller(self.services.releases.snapshots)
        self.poller.start()
        self.services.judge.start()
        # What lasts as long as the worker is no garbage: going through it again and again would stop all threads.
        gc.collect()
        gc.freeze()
        return app

    def refused(self, refusal: RefusalResponse) -> None:
        """Notes what a worker answered without the application."""
        logger = logs.logger.error if refusal.status >= 500 else logs.logger.info
        logger(
            "request", route=metrics.NONE, status=refusal.status, code=refusal.problem.code, trace_id=refusal.trace_id
        )
        if self.services is not None:
            self.services.metrics.requests.labels(UNREAD, metrics.NONE, str(refusal.status)).inc()

    def let_go(self, reasons: Mapping[str, int]) -> None:
        """Notes how many connections a worker has ended, by reason: their `answer` was not read, others need `room`."""
        logs.logger.warning("connections ended", **reasons)
        if self.services is not None:
            for reason, number in reasons.items():
                self.services.metrics.ended.labels(reason).inc(number)

    def _worker_exit(self, _server: Any, _worker: Any) -> None:
        if self.poller is not None:
            self.poller.stop()
        if self.services is not None:
            self.services.close()


def serve(settings: Settings) -> None:
    """Serves until told to stop (SIGTERM, SIGINT): requests under way are answered first.

    Raises before anything is served: `RulesetError` (every fault) or `OSError` when rule files must decide and
    cannot, `DatabaseUrlError` for a kind of database that we do not know, `SigningKeyError` without the key of its log,
    `EncryptionKeyError` without the master key that its data keys are wrapped by.
    """
    if settings.rules_mode == "files":
        check_ruleset(read_files(settings.rules))
    database = configured_database(settings)
    check_signing_key(database, configured_signer(settings))
    database.dispose()
    _check_keys(settings)
    _allow_descriptors(settings.connections + SPARE_DESCRIPTORS)
    directory, owner = tempfile.mkdtemp(prefix="greenlane-"), os.getpid()
    try:
        metrics.share(directory)
        Server(settings, limits=Path(directory, LIMITS)).run()
    finally:
        # A worker that ends comes by here too: the directory is still that of the others.
        if os.getpid() == owner:
            shutil.rmtree(directory, ignore_errors=True)


def _check_keys(settings: Settings) -> None:
    key_store = configured_key_store(settings)
    try:
        key_store.open()
    except EncryptionKeyError:
        raise
    except StoreUnavailableError as error:
        logs.logger.warning("key store unavailable at start", reason=logs.reason(error))
    finally:
        key_store.close()


def _allow_descriptors(wanted: int) -> None:
    """Has the system allow this process as many open files as it will need, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard < 0 else min(wanted, hard), hard))


def _child_exit(_server: Any, worker: Any) -> None:
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
