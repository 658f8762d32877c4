"""Why a replay comes out otherwise: what of a decision, its release and the engine is not as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Literal

from greenlane.api.decisions.service import request_sha256
from greenlane.api.ledger.records import Content, DecisionRow, ReleaseRecord
from greenlane.api.releases.service import ReleaseService, content_sha256
from greenlane.engine.json_text import JsonError, decode

Cause = Literal["input", "rules", "data", "engine"]

DATA = (".csv",)
"""Reference data lies in files of these endings; all others are rules."""


def causes(record: DecisionRow, content: Content | None, releases: ReleaseService, engine: str) -> list[Cause]:
    """What is not as it was when the decision was made; `engine` where nothing stored explains it.

    There is no `content` where it was altered at rest.
    """
    found: list[Cause] = []
    if content is None or not _input_is_whole(record, content, releases):
        found.append("input")
    found += _altered(releases.store.release(record.release_id), releases.file_hashes(record.release_id))
    if not found or record.engine != engine:
        found.append("engine")
    return found


def _input_is_whole(record: DecisionRow, content: Content, releases: ReleaseService) -> bool:
    """Whether the stored inputs are those that were asked about: with their day given in the request, or not."""
    try:
        application, answer = decode(content.inputs.encode()), decode(content.answer.encode())
    except JsonError:
        return False
    days = (None, record.as_of)
    hashes = [request_sha256(application, day, record.trace_level, answer.get("known_at")) for day in days]
    return releases.store.was_asked(record, hashes)


def _altered(release: ReleaseRecord | None, hashes: Mapping[str, Any] | None) -> list[Cause]:
    """Which kinds of files of a release are not those that were stored."""
    if release is None:
        return ["rules", "data"]
    if content_sha256(release.files) == release.sha256:
        return []
    if hashes is None:
        return ["rules"]
    now = {path: hashlib.sha256(text.encode()).hexdigest() for path, text in release.files.items()}
    paths = {path for path in {*now, *hashes} if now.get(path) != hashes.get(path)}
    data = any(path.endswith(DATA) for path in paths)
    rules = any(not path.endswith(DATA) for path in paths)
    return [*(["rules"] if rules or not data else []), *(["data"] if data else [])]  # type: ignore[list-item]
