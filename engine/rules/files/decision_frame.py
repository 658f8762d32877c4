"""The frame of a decision: everything in its document but rules and expressions, read before any of those."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from greenlane.engine.diagnostics import DiagnosticSink
from greenlane.engine.rules.files.decision_shapes import BODIES, DECISION, RULE_SET
from greenlane.engine.rules.files.form import Form, labels, title
from greenlane.engine.rules.files.kinds import read_kind
from greenlane.engine.rules.files.names import check_name
from greenlane.engine.rules.files.scalars import read_choice
from greenlane.engine.rules.files.shape import Together
from greenlane.engine.rules.files.value_shapes import OUTPUT, ROW_OUTPUT, ROW_OUTPUTS
from greenlane.engine.rules.files.yaml_documents import Document
from greenlane.engine.rules.files.yaml_nodes import Entry, ListNode, MapNode, TextNode
from greenlane.engine.rules.table import Hit, OnUndetermined, Output
from greenlane.engine.rules.vocabulary import FactKind, FactType
from greenlane.engine.text import Text

_COLLECTING = (Hit.COLLECT, Hit.COLLECT_SUM, Hit.COLLECT_MIN, Hit.COLLECT_MAX, Hit.COLLECT_COUNT)
LISTING = (Hit.COLLECT, Hit.RULE_ORDER, Hit.OUTPUT_ORDER)


@dataclass(frozen=True, slots=True)
class ParameterFrame:
    """`kind` is None where it is that of the fact of the same name."""

    name: TextNode
    kind: FactKind | None


@dataclass(frozen=True, slots=True)
class DecisionFrame:
    """`form` is the whole document. `hit` is None for a rule set that asserts facts, and for a `value`."""

    form: Form
    name: TextNode
    title: Text | None
    basis: str
    parameters: tuple[ParameterFrame, ...]
    hit: Hit | None
    undetermined: OnUndetermined | None
    outputs: tuple[Output, ...]
    asserted: Mapping[str, Output]
    assert_places: tuple[TextNode, ...]
    chained: bool

    @property
    def kind(self) -> FactKind | None:
        """The kind of its result, where that is one plain value of a table."""
        single = len(self.outputs) == 1 and self.hit is not None and self.hit not in LISTING and not self.parameters
        return self.outputs[0].kind if single and self.hit not in _COLLECTING else None

    @property
    def faulty(self) -> frozenset[str]:
        """The outputs and asserted facts whose description cannot be read: their names are no fault elsewhere."""
        given = [self.form.node.get(key) for key in ("outputs", "asserts")]
        named = {entry.key.text for node in given if isinstance(node, MapNode) for entry in node.entries}
        return frozenset(named - {output.name for output in self.outputs} - set(self.asserted))

    @property
    def is_value(self) -> bool:
        return self.form.has("value")

    @property
    def lists(self) -> bool:
        """Whether the result is a list of what the rows yield."""
        return self.hit in LISTING or self.hit in _COLLECTING


def read_frame(document: Document, sink: DiagnosticSink) -> DecisionFrame | None:
    """The frame of one document of a decision file; None where it is no decision or has no name."""
    root = document.root
    if root is None:
        return None
    if not isinstance(root, MapNode):
        sink.error("GL117", "a decision is a map", root.place, "begin with `decision: name`")
        return None
    name_node = root.get("decision")
    what = f"decision `{name_node.text}`" if isinstance(name_node, TextNode) and name_node.text else "the decision"
    form = Form(root, what, sink, DECISION)
    form.only_known()
    name = form.text("decision")
    if name is None:
        return None
    check_name(name, sink)
    chained = _chained(form)
    basis = form.text("basis")
    asserts = form.map("asserts")
    asserted = _outputs(asserts)
    _check_keys(form)
    return DecisionFrame(
        form=form,
        name=name,
        title=title(form.map("title")),
        basis=basis.text if basis else "",
        parameters=_parameters(form),
        hit=read_choice(form.text("hit"), Hit, "hit policy", sink),
        undetermined=read_choice(form.text("undetermined"), OnUndetermined, "way to treat such rows", sink),
        outputs=_outputs(form.map("outputs")),
        asserted={output.name: output for output in asserted},
        assert_places=tuple(entry.key for entry in asserts.node.entries) if asserts else (),
        chained=chained,
    )


def _chained(form: Form) -> bool:
    kind = form.text("kind")
    if kind is None:
        return False
    if kind.text != RULE_SET:
        help_ = "only `rule set` is said; a table or a value tells by its keys"
        form.sink.error("GL118", f"`{kind.text}` is no kind", kind.place, help_)
    return True


def _check_keys(form: Form) -> None:
    """Which keys must, and which cannot, be together."""
    if not any(form.has(key) for key in BODIES):
        form.missing("value", "add `value:`, `rows:` or `sections:`")
    for rule in form.shape.together:
        if form.applies(rule):
            _forbid(form, rule)


def _forbid(form: Form, rule: Together) -> None:
    for key in rule.excludes:
        if form.has(key):
            help_ = f"remove `{key}` or `{rule.having}`"
            form.sink.error("GL119", f"`{key}` does not go with `{rule.having}`", form.place_of(key), help_)


def _parameters(form: Form) -> tuple[ParameterFrame, ...]:
    node = form.node.get("parameters")
    if node is None:
        return ()
    if isinstance(node, ListNode):
        names = form.texts("parameters") or ()
        return tuple(ParameterFrame(name, None) for name in _distinct(names, form.sink))
    if isinstance(node, MapNode):
        return tuple(_typed_parameter(entry, form.sink) for entry in node.entries)
    form.sink.error("GL117", "`parameters` takes a list or a map", node.place, "write `[name]` or `{name: {type: …}}`")
    return ()


def _distinct(names: tuple[TextNode, ...], sink: DiagnosticSink) -> tuple[TextNode, ...]:
    seen: dict[str, TextNode] = {}
    for name in names:
        if name.text in seen:
            first = seen[name.text].place
            sink.error(
                "GL203", f"the parameter `{name.text}` is there twice", name.place, "remove one of them", (first,)
            )
        seen.setdefault(name.text, name)
    return tuple(seen.values())


def _typed_parameter(entry: Entry, sink: DiagnosticSink) -> ParameterFrame:
    check_name(entry.key, sink)
    if not isinstance(entry.value, MapNode):
        message = f"parameter `{entry.key.text}` takes a map"
        sink.error("GL117", message, entry.key.place, "write `name: {type: …}`")
        return ParameterFrame(entry.key, None)
    form = Form(entry.value, f"parameter `{entry.key.text}`", sink, OUTPUT)
    form.only_known()
    labels(form)
    return ParameterFrame(entry.key, read_kind(form))


def _outputs(form: Form | None) -> tuple[Output, ...]:
    read = [_output(entry, form.sink) for entry in form.node.entries] if form else []
    if form and not read:
        form.sink.error("GL116", f"{form.what} lists nothing", form.place, "list at least one column")
    return tuple(output for output in read if output is not None)


def _output(entry: Entry, sink: DiagnosticSink) -> Output | None:
    """An output column, or a fact that a rule set asserts. `id` and `code` need no type."""
    name = entry.key.text
    if not isinstance(entry.value, MapNode):
        sink.error("GL117", f"column `{name}` takes a map", entry.key.place, "write `name: {type: …}`")
        return None
    form = Form(entry.value, f"column `{name}`", sink, ROW_OUTPUT if name in ROW_OUTPUTS else OUTPUT)
    form.only_known()
    text = labels(form)
    if name in ROW_OUTPUTS and not form.has("type"):
        return Output(name, FactKind(FactType.STRING), text, entry.key.place)
    check_name(entry.key, sink)
    kind = read_kind(form)
    return Output(name, kind, text, entry.key.place) if kind else None
