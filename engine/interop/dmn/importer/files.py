"""The files of an imported model: what stands in which, and what rule files need that DMN has not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from greenlane.engine.diagnostics import Place
from greenlane.engine.interop.dmn.importer.building import Built
from greenlane.engine.interop.dmn.importer.drafts import Draft, TableDraft, ValueDraft
from greenlane.engine.interop.dmn.importer.glossary import FactEntry
from greenlane.engine.interop.dmn.importer.pages import MARK, Line, document, kind_entries, text_pair
from greenlane.engine.rules.files.yaml_values import written_text
from greenlane.engine.rules.table import Hit
from greenlane.engine.rules.vocabulary import FactKind
from greenlane.engine.text import Text

Page = list[Line]
_OWN = ("ruleset", "vocabulary", "outcome", "inputs", "values", "functions")
_WORDS = re.compile(r"[a-z0-9]+")
_SINGLE = (Hit.UNIQUE, Hit.ANY, Hit.FIRST, Hit.PRIORITY)


def pages_of(built: Built, title: str, place: Place, today: date) -> dict[str, Page]:
    """The lines of every file by its path."""
    kinds = kinds_of(built)
    pages: dict[str, Page] = {}
    for name, drafts in built.groups:
        page = pages.setdefault(f"{_file(name, drafts)}.yaml", [])
        for draft in drafts:
            if page:
                page.append(Line("---", draft.heading.place))
            page += document(draft, kinds)
    outcome, answer = _outcome(built, place)
    return {
        "ruleset.yaml": _ruleset(title, answer, place, today),
        "vocabulary.yaml": _vocabulary(built, place),
        **pages,
        "outcome.yaml": outcome,
    }


def kinds_of(built: Built) -> Mapping[str, FactKind | None]:
    """The kinds of what columns are about, as far as rule files know them."""
    kinds: dict[str, FactKind | None] = {fact.name: fact.kind for fact in built.glossary.facts}
    for _, drafts in built.groups:
        for draft in drafts:
            if isinstance(draft, TableDraft) and draft.hit in _SINGLE and not draft.heading.parameters:
                kinds[draft.heading.name] = draft.outputs[0][1] if len(draft.outputs) == 1 else None
    return kinds


def _file(name: str, drafts: Sequence[Draft]) -> str:
    """A table has a file of its own, with what it needs; inputs, values and functions share one each."""
    if any(isinstance(draft, TableDraft) for draft in drafts):
        return f"{name}_table" if name in _OWN else name
    if not name:
        return "inputs"
    return "functions" if any(map(_is_function, drafts)) else "values"


def _is_function(draft: Draft) -> bool:
    return bool(draft.heading.parameters) or (isinstance(draft, ValueDraft) and draft.function)


def _ruleset(title: str, answer: Mapping[str, str], place: Place, today: date) -> Page:
    name = "-".join(_WORDS.findall(title.lower())) or "imported"
    shown = " ".join(title.split()) or name
    entries = ", ".join(f"{key}: {value}" for key, value in answer.items())
    lines = [
        f"# 由 DMN 模型“{shown}”导入。标有“导入补写”的是 DMN 没有、导入时补上的，请逐一核对",
        f"# Imported from the DMN model {shown!r}. What is marked `set on import` DMN does not have: review each of it",
        f"ruleset: {name}",
        "language: 1",
        f"version: 1.0.0  {MARK}",
        f"owner: 待定 / to be named  {MARK}",
        f"title: {text_pair(Text(shown, shown))}",
        f"effective: {{from: {today.isoformat()}}}  {MARK}",
        f"answer: {{{entries}}}  {MARK}",
    ]
    return [Line(line, place) for line in lines]


def _vocabulary(built: Built, place: Place) -> Page:
    lines = [Line("# 事实词典：模型的输入数据 / The dictionary of facts: the input data of the model", place)]
    if built.glossary.groups:
        lines.append(Line("groups:", place))
        lines += [Line(f"  {name}: {text_pair(title)}", place) for name, title in built.glossary.groups.items()]
    if not built.glossary.facts:
        return [*lines, Line("facts: {}", place)]
    return [*lines, Line("facts:", place), *(Line(_fact(fact), fact.place) for fact in built.glossary.facts)]


def _fact(fact: FactEntry) -> str:
    group = [f"in: {fact.group}"] if fact.group else []
    labels = [f"zh: {written_text(fact.title.zh, True)}", f"en: {written_text(fact.title.en, True)}"]
    return f"  {fact.name}: {{{', '.join((*group, *kind_entries(fact.kind), *labels))}}}"


def _outcome(built: Built, place: Place) -> tuple[Page, Mapping[str, str]]:
    """The decisions that make the answer: all of the main model, whether all could be told, and no reasons."""
    names = {key: built.namer.take(key) for key in ("outcome", "status", "reasons")}
    functions = {d.heading.name for _, drafts in built.groups for d in drafts if _is_function(d)}
    told = [name for name in built.decisions.values() if name not in functions]
    lines = [
        f"# 答案：模型的全部决策 / The answer: all decisions of the model. {MARK[2:]}",
        f"decision: {names['outcome']}",
        "title: {zh: 结果, en: Outcome}",
        *_listed(told),
        "---",
        f"decision: {names['status']}",
        "title: {zh: 状态, en: Status}",
        f'value: if {names["outcome"]} != null then "DECIDED" else "REFERRED"  {MARK}',
        "---",
        f"decision: {names['reasons']}",
        "title: {zh: 原因, en: Reasons}",
        f'value: "[]"  {MARK}',
    ]
    return [Line(line, place) for line in lines], {**names, "referred": "REFERRED"}


def _listed(names: Sequence[str]) -> list[str]:
    if not names:
        return ['value: "{}"']
    last = len(names) - 1
    entries = [f"    {name}: {name}{',' if at < last else ''}" for at, name in enumerate(names)]
    return ["value: |", "  {", *entries, "  }"]
