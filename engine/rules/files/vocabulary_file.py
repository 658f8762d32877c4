"""vocabulary.yaml to the dictionary of facts."""

from __future__ import annotations

from greenlane.engine.diagnostics import DiagnosticSink
from greenlane.engine.rules.files.file_shapes import FACT, SENSITIVITY, VOCABULARY
from greenlane.engine.rules.files.form import Form, labels, title
from greenlane.engine.rules.files.kinds import read_kind
from greenlane.engine.rules.files.names import Registry, check_name, unknown
from greenlane.engine.rules.files.scalars import read_boolean, read_number, read_scalar
from greenlane.engine.rules.files.shape import Shape
from greenlane.engine.rules.files.value_shapes import TITLE
from greenlane.engine.rules.files.yaml_nodes import Entry, MapNode
from greenlane.engine.rules.vocabulary import Fact, FactKind, Scalar, Vocabulary
from greenlane.engine.text import Text


def read_vocabulary(root: MapNode, registry: Registry, sink: DiagnosticSink) -> Vocabulary | None:
    """All facts that can be read; None where the file has no map of facts at all."""
    form = Form(root, "the vocabulary", sink, VOCABULARY)
    form.only_known()
    groups = _groups(form.map("groups"), sink)
    facts = form.map("facts")
    if facts is None:
        return None
    read = [_fact(entry, groups, registry, sink) for entry in facts.node.entries]
    return Vocabulary({fact.name: fact for fact in read if fact is not None}, groups)


def _groups(form: Form | None, sink: DiagnosticSink) -> dict[str, Text]:
    groups: dict[str, Text] = {}
    for entry in form.node.entries if form else ():
        check_name(entry.key, sink)
        inner = _entry_form(entry, "group", TITLE, sink)
        if inner is None:
            continue
        text = title(inner)
        groups[entry.key.text] = text or Text(entry.key.text, entry.key.text)
    return groups


def _entry_form(entry: Entry, what: str, shape: Shape, sink: DiagnosticSink) -> Form | None:
    name = f"{what} `{entry.key.text}`"
    if isinstance(entry.value, MapNode):
        return Form(entry.value, name, sink, shape)
    sink.error("GL117", f"{name} takes a map", entry.key.place, "write `name: {key: value, …}`")
    return None


def _fact(entry: Entry, groups: dict[str, Text], registry: Registry, sink: DiagnosticSink) -> Fact | None:
    check_name(entry.key, sink)
    form = _entry_form(entry, "fact", FACT, sink)
    if form is None:
        registry.declare(entry.key, None)
        return None
    form.only_known()
    kind = read_kind(form)
    registry.declare(entry.key, kind)
    label = labels(form)
    path = _path(form, entry.key.text, groups)
    if kind is None or label is None:
        return None
    return Fact(
        name=entry.key.text,
        kind=kind,
        path=path,
        title=label,
        place=entry.key.place,
        required=read_boolean(form.text("required"), sink) or False,
        absent=_absent(form, kind),
        sensitivity=_sensitivity(form),
        personal=read_boolean(form.text("personal"), sink) or False,
    )


def _path(form: Form, name: str, groups: dict[str, Text]) -> tuple[str, ...]:
    group = form.text("in")
    if group is None:
        if name in groups:
            help_ = "an application cannot hold both at its top: rename one, or put the fact in a group"
            form.sink.error("GL203", f"the fact `{name}` has the name of a group", form.place, help_)
        return (name,)
    if group.text not in groups and not form.node.damaged:
        unknown(group.text, groups, "group", group.place, form.sink)
    return (group.text, name)


def _absent(form: Form, kind: FactKind) -> Scalar:
    return read_scalar(form.text("absent"), kind, form.sink)


def _sensitivity(form: Form) -> int:
    node = form.text("sensitivity")
    level = read_number(node, form.sink)
    if node is None or level is None:
        return 1
    if level not in range(SENSITIVITY.least, SENSITIVITY.most + 1):
        form.sink.error(
            "GL118", f"`{node.text}` is no sensitivity", node.place, f"write {SENSITIVITY.least} to {SENSITIVITY.most}"
        )
        return 1
    return int(level)
