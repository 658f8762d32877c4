"""The declaration of a decision: all of its document but rules and expressions, which need the names of all. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from greenlane.engine.diagnostics import DiagnosticSink
from greenlane.engine.rules.files.file_schemas import BODIES, DECISION, OUTPUT, ROW_OUTPUT, ROW_OUTPUTS, RULE_SET
from greenlane.engine.rules.files.namespace import check_name, read_kind
from greenlane.engine.rules.files.node_reader import MapReader
from greenlane.engine.rules.files.yaml_documents import Document
from greenlane.engine.rules.files.yaml_tree import ListNode, MapEntry, MapNode, TextNode
from greenlane.engine.rules.table import AGGREGATING, LISTING, Hit, OnUndetermined, Output
from greenlane.engine.rules.vocabulary import FactKind, FactType
from greenlane.engine.text import Text

"""Hit policies whose result is a list."""


@dataclass(frozen=True, slots=True)
class ParameterDeclaration:
    """`kind` is None where it is that of the fact of the same name."""

    name: TextNode
    kind: FactKind | None


@dataclass(frozen=True, slots=True)
class DecisionDeclaration:
    """`document` reads the whole document. `hit` is None for a rule set that asserts facts, and for a `value`.

    `asserted_names` are the names under `asserts` as written, also of those that are not in `asserted` because their
    description cannot be read.
    """

    document: MapReader
    name: TextNode
    title: Text | None
    basis: str
    parameters: tuple[ParameterDeclaration, ...]
    hit: Hit | None
    undetermined: OnUndetermined | None
    outputs: tuple[Output, ...]
    asserted: Mapping[str, Output]
    asserted_names: tuple[TextNode, ...]
    chained: bool

    @property
    def kind(self) -> FactKind | None:
        """The kind of its result, where that is one plain value of a table."""
        single = len(self.outputs) == 1 and self.hit is not None and self.hit not in LISTING | AGGREGATING
        return self.outputs[0].kind if single and not self.parameters else None

    @property
    def output_kinds(self) -> dict[str, FactKind]:
        """The kind of each output by its name."""
        return {output.name: output.kind for output in self.outputs}

    @property
    def unreadable(self) -> frozenset[str]:
        """The outputs and asserted facts whose description cannot be read: their names are no error elsewhere."""
        given = [self.document.node.get(key) for key in ("outputs", "asserts")]
        named = {entry.key.text for node in given if isinstance(node, MapNode) for entry in node.entries}
        return frozenset(named - {output.name for output in self.outputs} - set(self.asserted))

    @property
    def is_value(self) -> bool:
        """Whether it is decided by one expression."""
        return self.document.has("value")

    @property
    def collects(self) -> bool:
        """Whether the result is made of what all rows that hold yield."""
        return self.hit in LISTING | AGGREGATING


def read_declaration(document: Document, sink: DiagnosticSink) -> DecisionDeclaration | None:
    """The declaration in a document of a decision file; None where it is no decision or has no name."""
    root = document.root
    if root is None:
        return None
    if not isinstance(root, MapNode):
        sink.error("GL117", "a decision is a map", root.place, "begin with `decision: name`")
        return None
    given = root.get("decision")
    what = f"decision `{given.text}`" if isinstance(given, TextNode) and given.text else "the decision"
    reader = MapReader(root, what, sink, DECISION)
    reader.reject_unknown_keys()
    name = reader.text("decision")
    if name is None:
        return None
    check_name(name, sink)
    _check_keys(reader)
    return _declaration(reader, name)


def _declaration(reader: MapReader, name: TextNode) -> DecisionDeclaration:
    basis = reader.text("basis")
    asserts = reader.map("asserts")
    return DecisionDeclaration(
        document=reader,
        name=name,
        title=reader.title(),
        basis=basis.text if basis else "",
        parameters=_parameters(reader),
        hit=reader.choice("hit", Hit, "hit policy"),
        undetermined=reader.choice("undetermined", OnUndetermined, "way to treat such rows"),
        outputs=_outputs(reader.map("outputs")),
        asserted={output.name: output for output in _outputs(asserts)},
        asserted_names=tuple(entry.key for entry in asserts.node.entries) if asserts else (),
        chained=_is_chained(reader),
    )


def _is_chained(reader: MapReader) -> bool:
    kind = reader.text("kind")
    if kind is None:
        return False
    if kind.text != RULE_SET:
        help_ = "only `rule set` is said; a table or a value tells by its keys"
        reader.sink.error("GL118", f"`{kind.text}` is no kind", kind.place, help_)
    return True


def _check_keys(reader: MapReader) -> None:
    """Report a missing body, and keys that do not go together."""
    if not any(reader.has(key) for key in BODIES):
        reader.report_missing("value", "add `value:`, `rows:` or `sections:`")
    for dependency in reader.schema.dependencies:
        for key in dependency.excludes if reader.applies(dependency) else ():
            if reader.has(key):
                message = f"`{key}` does not go with `{dependency.having}`"
                reader.sink.error("GL119", message, reader.place_of(key), f"remove `{key}` or `{dependency.having}`")


def _parameters(reader: MapReader) -> tuple[ParameterDeclaration, ...]:
    node = reader.node.get("parameters")
    if node is None:
        return ()
    if isinstance(node, ListNode):
        names = _distinct(reader.texts("parameters") or (), reader.sink)
        return tuple(ParameterDeclaration(name, None) for name in names)
    if isinstance(node, MapNode):
        return tuple(_typed_parameter(entry, reader.sink) for entry in node.entries)
    help_ = "write `[name]` or `{name: {type: …}}`"
    reader.sink.error("GL117", "`parameters` takes a list or a map", node.place, help_)
    return ()


def _distinct(names: Iterable[TextNode], sink: DiagnosticSink) -> tuple[TextNode, ...]:
    seen: dict[str, TextNode] = {}
    for name in names:
        if name.text in seen:
            message = f"the parameter `{name.text}` is there twice"
            sink.error("GL203", message, name.place, "remove one of them", (seen[name.text].place,))
        seen.setdefault(name.text, name)
    return tuple(seen.values())


def _typed_parameter(entry: MapEntry, sink: DiagnosticSink) -> ParameterDeclaration:
    check_name(entry.key, sink)
    if not isinstance(entry.value, MapNode):
        message = f"parameter `{entry.key.text}` takes a map"
        sink.error("GL117", message, entry.key.place, "write `name: {type: …}`")
        return ParameterDeclaration(entry.key, None)
    reader = MapReader(entry.value, f"parameter `{entry.key.text}`", sink, OUTPUT)
    reader.reject_unknown_keys()
    reader.labels()
    return ParameterDeclaration(entry.key, read_kind(reader))


def _outputs(reader: MapReader | None) -> tuple[Output, ...]:
    if reader is None:
        return ()
    read = [_output(entry, reader.sink) for entry in reader.node.entries]
    if not read:
        reader.sink.error("GL116", f"{reader.what} lists nothing", reader.place, "list at least one column")
    return tuple(output for output in read if output is not None)


def _output(entry: MapEntry, sink: DiagnosticSink) -> Output | None:
    """An output column, or a fact that a rule set asserts. `id` and `code` need no type."""
    name = entry.key.text
    if not isinstance(entry.value, MapNode):
        sink.error("GL117", f"column `{name}` takes a map", entry.key.place, "write `name: {type: …}`")
        return None
    reader = MapReader(entry.value, f"column `{name}`", sink, ROW_OUTPUT if name in ROW_OUTPUTS else OUTPUT)
    reader.reject_unknown_keys()
    labels = reader.labels()
    if name in ROW_OUTPUTS and not reader.has("type"):
        return Output(name, FactKind(FactType.STRING), labels, entry.key.place)
    check_name(entry.key, sink)
    kind = read_kind(reader)
    return Output(name, kind, labels, entry.key.place) if kind else None
