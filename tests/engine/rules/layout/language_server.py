"""A YAML language server over its standard input and output, asked as an editor asks it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class LanguageServer:
    """One running server. Files are opened with a text of the test's own, which need not be what is on disk.

    `schemas` are those of the workspace's settings: which files a schema is for.
    """

    def __init__(self, command: str, root: Path, schemas: Mapping[str, str]) -> None:
        self._root = root
        self._schemas = schemas
        self._last = 0
        self._opened = 0
        self._process = subprocess.Popen([command, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> Self:
        self._ask("initialize", {"processId": None, "rootUri": self._root.as_uri(), "capabilities": {}})
        self._tell("initialized", {})
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()

    def faults(self, file: Path, text: str) -> list[str]:
        """What the server finds wrong with the text of a file."""
        uri = self._open(file, text)
        while True:
            message = self._next()
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
                return [f"{d['range']['start']['line'] + 1}: {d['message']}" for d in message["params"]["diagnostics"]]

    def offered(self, file: Path, text: str) -> list[str]:
        """The completions where `¦` stands in the text."""
        items = self._at_mark("textDocument/completion", file, text)
        return [item["label"] for item in (items["items"] if isinstance(items, dict) else items)]

    def shown(self, file: Path, text: str) -> str:
        """What hovers over the place where `¦` stands in the text."""
        answer = self._at_mark("textDocument/hover", file, text)
        return str(answer["contents"]["value"]) if answer else ""

    def _at_mark(self, method: str, file: Path, text: str) -> Any:
        before, _, after = text.partition("¦")
        uri = self._open(file, before + after)
        position = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        return self._ask(method, {"textDocument": {"uri": uri}, "position": position})

    def _open(self, file: Path, text: str) -> str:
        """Opens the text as a new file beside `file`: an answer is never one to an earlier text."""
        self._opened += 1
        uri = file.with_name(f"opened{self._opened}.yaml").as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._tell("textDocument/didOpen", {"textDocument": document})
        return uri

    def _tell(self, method: str, parameters: Any, **more: Any) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": parameters, **more})

    def _send(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        body = json.dumps(message).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _ask(self, method: str, parameters: Any) -> Any:
        self._last += 1
        self._tell(method, parameters, id=self._last)
        while True:
            message = self._next()
            if message.get("id") == self._last and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _next(self) -> dict[str, Any]:
        """The next message; what the server asks of an editor is answered by nothing."""
        assert self._process.stdout is not None
        length = 0
        while (line := self._process.stdout.readline().strip()) or not length:
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        if "id" in message and "method" in message:
            self._send({"jsonrpc": "2.0", "id": message["id"], "result": self._answer(message)})
        return message

    def _answer(self, message: dict[str, Any]) -> Any:
        """What the server asks of an editor: its settings, section by section, and nothing else."""
        if message["method"] != "workspace/configuration":
            return None
        settings = {"schemas": self._schemas, "schemaStore": {"enable": False}, "validate": True, "completion": True}
        return [settings if item["section"] == "yaml" else None for item in message["params"]["items"]]
