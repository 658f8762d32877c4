"""Evidence packs: all that somebody without Greenlane needs to check one decision. No web framework and no SQL."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.resources import files as resources
from typing import Any

from greenlane.api.decisions.replay import ReplayService
from greenlane.api.decisions.store import DecisionStore
from greenlane.api.evidence.pack.verify import packed
from greenlane.api.evidence.proofs import ProofService
from greenlane.api.json_objects import canonical, encode, members_of
from greenlane.api.ledger.errors import SigningKeyError
from greenlane.api.ledger.log import FORCED
from greenlane.api.ledger.log_reader import ProvedRow
from greenlane.api.ledger.proof.head import Head, encode_head
from greenlane.api.ledger.proof.leaf import decode_leaf, digest
from greenlane.api.ledger.proof.tree import consistency_spans
from greenlane.api.principals import Principal
from greenlane.api.problems import ProblemError, altered

VERSION = 1
TITLE = "greenlane evidence pack v1"
STEPS = ("release_step", "release_evidence")
"""The kinds of entries that tell of a release's life, each by the column `release_id`."""


@dataclass(frozen=True, slots=True)
class EvidenceService:
    """Makes evidence packs. Raises `ProblemError` and `StoreUnavailableError`."""

    store: DecisionStore
    proofs: ProofService
    replays: ReplayService

    def pack(self, decision_id: str, by: Principal) -> bytes:
        """The pack of a decision, a zip: the same bytes while the log is the same.

        Raises `ProblemError` not_found, and altered where the row is not as its entry in the log says: no such pack
        would be believed.

        For a caller who may not see personal data it is as if they had been erased: without them, and as provable.
        """
        row = self.proofs.row(decision_id, by)
        if not _as_logged(row):
            raise altered(decision_id)
        files = {**_fixed(), **self._proofs(row), **self._content(row, by)}
        listed = {name: sha256(content).hexdigest() for name, content in files.items()}
        files["pack.json"] = canonical({"decision": decision_id, "files": listed, "v": VERSION})
        files["pack.sig"] = self._signature(files["pack.json"])
        return packed(files)

    def _proofs(self, decision: ProvedRow) -> Mapping[str, bytes]:
        log = self.proofs.log
        head, first = log.head(), log.head_after(decision.entry.position)
        assert first is not None
        (release,) = log.rows("release", id=decision.columns["release_id"])
        path = log.hashes(consistency_spans(first.size, head.size))
        found = {
            "head.json": encode_head(head).encode(),
            "decision-head.json": encode_head(first).encode(),
            "consistency.json": canonical([one.hex() for one in path]),
            "decision.json": self._row(decision, head.size),
            "release.json": self._row(release, head.size),
        }
        found |= self._keys(head)
        for kind in STEPS:
            for step in log.rows(kind, release_id=release.subject):
                found[f"steps/{step.entry.position:012}.json"] = self._row(step, head.size)
        rules: Mapping[str, str] = self.replays.releases.get(release.subject).files
        return found | {f"rules/{name}": text.encode() for name, text in rules.items()}

    def _keys(self, head: Head) -> Mapping[str, bytes]:
        """Every key, the head under which the one before vouched for it, and each time that none did."""
        log, found = self.proofs.log, {}
        for key in log.rows("log_key"):
            found[f"keys/{key.subject}.json"] = self._row(key, head.size)
            first = log.head_after(key.entry.position) if key.entry.position else None
            if first is not None:
                path = log.hashes(consistency_spans(first.size, head.size))
                vouched = {"head": asdict(first), "path": [one.hex() for one in path]}
                found[f"vouched/{key.subject}.json"] = canonical(vouched)
        for forced in log.events(FORCED):
            found[f"breaks/{forced.entry.position:012}.json"] = self._row(forced, head.size)
        return found

    def _row(self, row: ProvedRow, size: int) -> bytes:
        proof = self.proofs.included(row.entry, size)
        # A column that the table got after the entry was written is not named there, and null.
        named = decode_leaf(row.entry.data).columns
        columns = {name: _value(value) for name, value in row.columns.items() if name in named or value is not None}
        told = {"kind": row.kind, "subject": row.subject, "columns": columns}
        return canonical(told | members_of(proof))

    def _content(self, decision: ProvedRow, by: Principal) -> Mapping[str, bytes]:
        stored = self.replays.decision(decision.subject, by)
        if stored.altered:
            raise altered(decision.subject)
        opened = self.store.opened(decision)
        if opened is None or stored.content is None or not self.replays.disclosure.sees(by, [stored.row], "evidence"):
            return {}
        salts = {name: one.salt.hex() if one.salt is not None else None for name, one in opened.items()}
        found = {"salts.json": canonical(salts), "answer.json": opened["answer"].value or b""}
        found["inputs.json"] = opened["inputs"].value or b""
        trace = opened["trace"].value
        if trace is not None:
            found |= {"trace.zlib": trace, "trace.json": zlib.decompress(trace)}
        # What this version cannot make again is left out: the proof does not depend on it.
        with suppress(ProblemError):
            found["explanation.json"] = encode(self.replays.sentences(stored.row, stored.content))
            found["full-trace.json"] = encode(self.replays.full_trace(stored.row, stored.content))
        return found

    def _signature(self, listed: bytes) -> bytes:
        try:
            signer = self.proofs.log.signing_key()
        except SigningKeyError:
            raise ProblemError("signing_key_missing") from None
        signature = signer.sign(f"{TITLE}\n{sha256(listed).hexdigest()}\n".encode())
        return canonical({"key": signer.public.id, "signature": signature.hex()})


def _as_logged(row: ProvedRow) -> bool:
    try:
        leaf = decode_leaf(row.entry.data)
    except ValueError:
        return False
    columns = {name: digest(value) for name, value in row.columns.items()}
    # A column that the table got after the entry was written is not named there, and null.
    return columns == {**dict.fromkeys(columns), **leaf.columns}


def _fixed() -> dict[str, bytes]:
    pack = resources("greenlane.api.evidence.pack")
    return {name: (pack / name).read_bytes() for name in ("README.md", "verify.py")}


def _value(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value
