"""ruleset.yaml: what the rules are called, since when they hold, and which decisions make the answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from greenlane.engine.diagnostics import DiagnosticSink
from greenlane.engine.rules.files.file_shapes import LANGUAGE, RULESET
from greenlane.engine.rules.files.form import Form, title
from greenlane.engine.rules.files.names import unknown
from greenlane.engine.rules.files.scalars import check_order, read_day
from greenlane.engine.rules.files.shape import Matching, inner
from greenlane.engine.rules.files.yaml_nodes import MapNode, TextNode
from greenlane.engine.rules.ruleset import AnswerDecisions
from greenlane.engine.text import Text


@dataclass(frozen=True, slots=True)
class Heading:
    """The contents of ruleset.yaml."""

    name: str
    version: str
    owner: str
    effective_from: date
    effective_until: date | None
    title: Text
    answer: AnswerDecisions
    language: int = LANGUAGE


def read_heading(root: MapNode, decisions: frozenset[str], complete: bool, sink: DiagnosticSink) -> Heading | None:
    """None where anything required is missing or wrong. `decisions` are the names that `answer` may give."""
    form = Form(root, "the ruleset", sink, RULESET)
    form.only_known()
    name = _matching(form, "ruleset", "lower case words joined by `-`, as in `corporate-lending`")
    version = _matching(form, "version", "three numbers, as in `1.0.0`")
    owner = form.text("owner")
    text = title(form.map("title"))
    effective = _effective(form.map("effective"))
    answer = _answer(form.map("answer"), decisions, complete)
    if not _language(form) or not (name and version and owner and text and effective and answer):
        return None
    return Heading(name.text, version.text, owner.text, *effective, text, answer)


def _matching(form: Form, key: str, help: str) -> TextNode | None:
    node = form.text(key)
    takes = inner(form.shape, key)
    if node is not None and isinstance(takes, Matching) and not re.fullmatch(takes.pattern, node.text):
        form.sink.error("GL118", f"`{node.text}` is no {'name' if key == 'ruleset' else key}", node.place, help)
        return None
    return node


def _language(form: Form) -> bool:
    node = form.text("language")
    if node is not None and node.text != str(LANGUAGE):
        message = f"unknown language version `{node.text}`"
        form.sink.error("GL118", message, node.place, f"this program reads version {LANGUAGE}")
        return False
    return node is not None


def _effective(form: Form | None) -> tuple[date, date | None] | None:
    if form is None:
        return None
    form.only_known()
    since = read_day(form.text("from"), form.sink)
    until = read_day(form.text("until"), form.sink)
    check_order(since, until, form.place_of("until"), form.sink)
    return (since, until) if since else None


def _answer(form: Form | None, decisions: frozenset[str], complete: bool) -> AnswerDecisions | None:
    if form is None:
        return None
    form.only_known()
    found: dict[str, str] = {}
    for key in ("outcome", "status", "reasons"):
        node = form.text(key)
        if node is None:
            continue
        found[key] = node.text
        if complete and node.text not in decisions:
            unknown(node.text, decisions, "decision", node.place, form.sink)
    referred = form.text("referred")
    if referred is None or len(found) < 3:
        return None
    return AnswerDecisions(**found, referred=referred.text, place=form.place)
