"""vocabulary.yaml to the dictionary of facts."""

from __future__ import annotations

from engine.model.vocabulary import Fact, FactKind, Scalar, Text, Vocabulary
from engine.rulefile.faults import Faults
from engine.rulefile.form import Form, labels
from engine.rulefile.kinds import KEYS, read_kind
from engine.rulefile.names import Registry, check_name, unknown
from engine.rulefile.scalars import read_boolean, read_number, read_scalar
from engine.rulefile.yaml_nodes import Entry, MapNode

FACT_KEYS = ("in", *KEYS, "required", "absent", "sensitivity", "personal", "zh", "en")
FILE_KEYS = ("groups", "facts")
_MOST_SENSITIVE = 5


def read_vocabulary(root: MapNode, registry: Registry, faults: Faults) -> Vocabulary | None:
    """All facts that can be read; None where the file has no map of facts at all."""
    form = Form(root, "the vocabulary", faults)
    form.only(FILE_KEYS)
    groups = _groups(form.map("groups"), faults)
    facts = form.map("facts", required=True)
    if facts is None:
        return None
    read = [_fact(entry, groups, registry, faults) for entry in facts.node.entries]
    return Vocabulary({fact.name: fact for fact in read if fact is not None}, groups)


def _groups(form: Form | None, faults: Faults) -> dict[str, Text]:
    groups: dict[str, Text] = {}
    for entry in form.node.entries if form else ():
        check_name(entry.key, faults)
        inner = _entry_form(entry, "group", faults)
        if inner is None:
            continue
        inner.only(("zh", "en"))
        text = labels(inner, required=True)
        groups[entry.key.text] = text or Text(entry.key.text, entry.key.text)
    return groups


def _entry_form(entry: Entry, what: str, faults: Faults) -> Form | None:
    name = f"{what} `{entry.key.text}`"
    if isinstance(entry.value, MapNode):
        return Form(entry.value, name, faults)
    faults.add("GL117", f"{name} takes a map", entry.key.place, "write `name: {key: value, …}`")
    return None


def _fact(entry: Entry, groups: dict[str, Text], registry: Registry, faults: Faults) -> Fact | None:
    check_name(entry.key, faults)
    form = _entry_form(entry, "fact", faults)
    if form is None:
        registry.declare(entry.key, None)
        return None
    form.only(FACT_KEYS)
    kind = read_kind(form)
    registry.declare(entry.key, kind)
    title = labels(form, required=True)
    path = _path(form, entry.key.text, groups)
    if kind is None or title is None:
        return None
    return Fact(
        name=entry.key.text,
        kind=kind,
        path=path,
        title=title,
        place=entry.key.place,
        required=read_boolean(form.text("required"), faults) or False,
        absent=_absent(form, kind),
        sensitivity=_sensitivity(form),
        personal=read_boolean(form.text("personal"), faults) or False,
    )


def _path(form: Form, name: str, groups: dict[str, Text]) -> tuple[str, ...]:
    group = form.text("in")
    if group is None:
        if name in groups:
            help_ = "an application cannot hold both at its top: rename one, or put the fact in a group"
            form.faults.add("GL203", f"the fact `{name}` has the name of a group", form.place, help_)
        return (name,)
    if group.text not in groups and not form.node.damaged:
        unknown(group.text, groups, "group", group.place, form.faults)
    return (group.text, name)


def _absent(form: Form, kind: FactKind) -> Scalar:
    return read_scalar(form.text("absent"), kind, form.faults)


def _sensitivity(form: Form) -> int:
    node = form.text("sensitivity")
    level = read_number(node, form.faults)
    if node is None or level is None:
        return 1
    if level not in range(1, _MOST_SENSITIVE + 1):
        form.faults.add("GL118", f"`{node.text}` is no sensitivity", node.place, f"write 1 to {_MOST_SENSITIVE}")
        return 1
    return int(level)
