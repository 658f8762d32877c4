"""Check of row ids, reason codes, texts and the decisions that `answer:` names: GL310 to GL314. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from greenlane.engine.diagnostics import Diagnostic, Place, nearest
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Row, Table


def check(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Ids and codes used twice, rows of reasons without text or code, and an answer without a decision to give it."""
    yield from _answer(ruleset)
    yield from _duplicates(ruleset)
    for decision in ruleset.decisions.values():
        if isinstance(decision.logic, Table):
            yield from _texts_and_codes(decision.logic)


def _answer(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """`answer:` names that are no decision, or a decision that takes parameters (GL314)."""
    answer = ruleset.answer
    named = [("outcome", answer.outcome), *([("status", answer.status)] if answer.status else [])]
    for key, name in [*named, *(("reasons", name) for name in answer.reasons)]:
        decision = ruleset.decisions.get(name)
        if decision is None:
            near = nearest(name, ruleset.decisions)
            help_ = f"did you mean `{near}`?" if near else "name a decision of this ruleset"
            yield Diagnostic("GL314", f"`{key}` names `{name}`, which is no decision", answer.place, help_)
        elif decision.parameters:
            help_ = "the answer needs a decision without parameters"
            yield Diagnostic("GL314", f"`{key}` names the function `{name}`", answer.place, help_)


def _duplicates(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Ids (GL310) and codes (GL311) that two rows of the ruleset share."""
    ids: dict[str, Row] = {}
    codes: dict[str, Row] = {}
    for decision in ruleset.decisions.values():
        for row in decision.logic.rows if isinstance(decision.logic, Table) else ():
            first = ids.setdefault(row.id, row)
            if first is not row:
                message, help_ = f"row id `{row.id}` is used twice", "every row has an id of its own, for ever"
                yield Diagnostic("GL310", message, _place_of_id(row), help_, related=(_place_of_id(first),))
            if row.code is None:
                continue
            first = codes.setdefault(row.code, row)
            if first is not row:
                message, help_ = f"code `{row.code}` is used twice", "a code says one thing: give each row its own"
                yield Diagnostic("GL311", message, row.place, help_, related=(first.place,))


def _place_of_id(row: Row) -> Place:
    place = row.place
    return Place(place.path, place.line, place.column, place.column + len(row.id))


def _texts_and_codes(table: Table) -> Iterator[Diagnostic]:
    """Rows without zh or en text (GL312), and without a code where other rows of the table have one (GL313)."""
    code_is_output = any(o.name == "code" for o in table.outputs)
    coded = code_is_output or any(r.code for r in table.rows)
    told = coded or any(r.text for r in table.rows)
    for row in table.rows:
        if told:
            yield from _missing_texts(row)
        if coded and not row.code:
            yield Diagnostic("GL313", f"row `{row.id}` has no code", row.place, "every row of this decision needs one")


def _missing_texts(row: Row) -> Iterator[Diagnostic]:
    for language, text in (("zh", row.text.zh if row.text else ""), ("en", row.text.en if row.text else "")):
        if not text.strip():
            yield Diagnostic(
                "GL312", f"row `{row.id}` has no `{language}` text", row.place, "reasons are given in both languages"
            )
