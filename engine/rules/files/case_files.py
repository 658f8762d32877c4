"""`cases/*.json`: applications, and what is expected of their outcomes, as the ruleset owns them. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from greenlane.engine.diagnostics import DiagnosticSink, Place, nearest
from greenlane.engine.json_text import JsonError, decode
from greenlane.engine.rules.ruleset import WorkedCase

MEMBERS = ("application", "expected")
_MEANT: Mapping[str, str] = {
    "not_json": "this is not JSON",
    "duplicate_key": "the key `{subject}` is given more than once",
    "too_deep": "this is nested too deeply",
}
_HELP = 'write `{"application": {…}, "expected": {…}}`'


def is_case(path: str) -> bool:
    """Whether a file is one of a worked case: JSON in a folder called `cases`."""
    return path.endswith(".json") and posixpath.basename(posixpath.dirname(path)) == "cases"


def read_cases(texts: Mapping[str, str], folder: str, sink: DiagnosticSink) -> dict[str, WorkedCase]:
    """The cases in the files of `folder`, by the name of the file without `.json`, in the order of the names."""
    cases = (_case(path, texts[path], sink) for path in sorted(texts) if posixpath.dirname(path) == folder)
    return {case.name: case for case in cases if case is not None}


def _case(path: str, text: str, sink: DiagnosticSink) -> WorkedCase | None:
    place = Place(path, 1, 1, 2)
    try:
        content = decode(text.encode())
    except JsonError as refused:
        sink.error("GL501", _MEANT[refused.code].replace("{subject}", refused.subject), place, _HELP)
        return None
    faults = list(_faults(content))
    for code, message, help_ in faults:
        sink.error(code, message, place, help_)
    name = posixpath.basename(path).removesuffix(".json")
    return None if faults else WorkedCase(name, content["application"], content["expected"], place)


def _faults(content: Any) -> Iterator[tuple[str, str, str]]:
    """What keeps the content from being a case: codes, messages and help."""
    if not isinstance(content, dict):
        yield "GL117", "a case is a map", _HELP
        return
    for key in content:
        if key not in MEMBERS:
            near = nearest(key, MEMBERS)
            yield "GL115", f"unknown key `{key}`", f"did you mean `{near}`?" if near else _HELP
    for key in MEMBERS:
        if key not in content:
            yield "GL116", f"the case lacks `{key}`", f"add `{key}`"
        elif not isinstance(content[key], dict):
            yield "GL117", f"`{key}` is a map", _HELP
