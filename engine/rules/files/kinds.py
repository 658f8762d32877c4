"""What values a fact, an output, a parameter or a column may have, read from the keys that say so."""

from __future__ import annotations

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.regex import portable
from greenlane.engine.rules.files.form import Form
from greenlane.engine.rules.files.scalars import choice_help, read_boolean, read_choice, read_number
from greenlane.engine.rules.files.value_shapes import CHECKS, UNIT_WORDS
from greenlane.engine.rules.files.yaml_nodes import TextNode
from greenlane.engine.rules.vocabulary import FactKind, FactType


def read_kind(form: Form) -> FactKind | None:
    """The kind that `form` describes, whose shape has KIND_KEYS; None, and a fault, without a type.

    What does not fit the type is a fault.
    """
    sink = form.sink
    type_ = read_choice(form.text("type"), FactType, "type", sink)
    if type_ is None:
        return None
    for key in form.shape.keys:
        if key.fits and form.has(key.name) and type_.value != key.fits:
            message = f"`{key.name}` does not go with type `{type_.value}`"
            sink.error("GL119", message, form.place_of(key.name), f"it is for a {key.fits}")
    if type_ is FactType.NUMBER:
        return _number_kind(form)
    if type_ is FactType.STRING:
        return FactKind(type_, allowed=_allowed(form), pattern=_pattern(form), check=_check(form))
    return FactKind(type_)


def _number_kind(form: Form) -> FactKind:
    low, high = read_number(form.text("min"), form.sink), read_number(form.text("max"), form.sink)
    if low is not None and high is not None and low > high:
        form.sink.error("GL118", f"`min` {low} is above `max` {high}", form.place_of("min"), "swap them or correct one")
        low = high = None
    whole = read_boolean(form.text("whole"), form.sink) or False
    return FactKind(FactType.NUMBER, unit=_unit(form), minimum=low, maximum=high, whole=whole)


def _unit(form: Form) -> str:
    node = form.text("unit")
    if node is None:
        return ""
    known = tuple(UNIT_WORDS.words)
    if node.text not in known:
        form.sink.error("GL204", f"unknown unit `{node.text}`", node.place, choice_help(node.text, known))
        return ""
    return node.text


def _allowed(form: Form) -> tuple[str, ...] | None:
    nodes = form.texts("allowed")
    if nodes is None:
        return None
    seen: dict[str, TextNode] = {}
    for node in nodes:
        if not node.text:
            form.sink.error("GL118", "an allowed value is empty", node.place, "write the value, or remove the comma")
        elif node.text in seen:
            first = seen[node.text].place
            form.sink.error("GL118", f"`{node.text}` is listed twice", node.place, "remove one of them", (first,))
        else:
            seen[node.text] = node
    if not nodes:
        form.sink.error("GL118", "`allowed` lists no value", form.place_of("allowed"), "list them, or remove the key")
    return tuple(seen) or None


def _pattern(form: Form) -> str | None:
    node = form.text("pattern")
    if node is None:
        return None
    try:
        portable.check(node.text)
    except FeelError as error:
        help_ = "write characters and classes like `[A-Z0-9]`, `|`, `( )`, `?`, `*`, `+`, `{2,4}`; `\\` before a sign"
        form.sink.error("GL118", f"this pattern cannot be used: {error.en}", node.place, help_)
        return None
    return node.text


def _check(form: Form) -> str | None:
    node = form.text("check")
    if node is None:
        return None
    known = tuple(CHECKS.words)
    if node.text not in known:
        form.sink.error("GL118", f"`{node.text}` is no check", node.place, choice_help(node.text, known))
        return None
    return node.text
