"""Reading a map as a form: known keys, the shape each value has, and a fault for everything else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from greenlane.engine.diagnostics import DiagnosticSink, Place, nearest
from greenlane.engine.rules.files.shape import FREE, Shape, Together, Words, inner
from greenlane.engine.rules.files.yaml_nodes import ListNode, MapNode, TextNode, YamlNode
from greenlane.engine.text import Text

_FEW = 3


@dataclass(frozen=True, slots=True)
class Form:
    """A map under reading, which should have that shape. `what` names it in messages, as in "fact `employees`"."""

    node: MapNode
    what: str
    sink: DiagnosticSink
    shape: Shape = FREE

    @property
    def place(self) -> Place:
        """Where the map begins."""
        return self.node.place

    def place_of(self, key: str) -> Place:
        """The key itself, or the map where it has none."""
        return next((e.key.place for e in self.node.entries if e.key.text == key), self.node.place)

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return self.node.get(key) is not None

    def only_known(self) -> None:
        """Report every key that the shape has not."""
        known = self.shape.names
        for entry in self.node.entries:
            if entry.key.text not in known:
                near = nearest(entry.key.text, known)
                help_ = f"did you mean `{near}`?" if near else f"known here: {quoted(known)}"
                self.sink.error("GL115", f"{self.what} has no key `{entry.key.text}`", entry.key.place, help_)

    def missing(self, key: str, help: str = "") -> None:
        """Report that `key` is missing, unless lines of the document could not be read."""
        if not self.node.damaged:
            self.sink.error("GL116", f"{self.what} lacks `{key}`", self.node.place, help or self._to_add(key))

    def text(self, key: str) -> TextNode | None:
        """The text under `key`. None, and a fault, where it is something else, empty, or required and missing."""
        value = self._value(key)
        if value is None:
            return None
        if not isinstance(value, TextNode):
            self.sink.error("GL117", f"`{key}` takes a text", value.place, "write one value, without brackets")
            return None
        if not value.text.strip() and not value.block:
            self.sink.error("GL116", f"`{key}` has no value", self.place_of(key), "write one, or remove the key")
            return None
        return value

    def map(self, key: str) -> Form | None:
        """The map under `key`."""
        value = self._value(key)
        if value is None:
            return None
        if isinstance(value, MapNode):
            takes = inner(self.shape, key)
            return Form(value, f"`{key}`", self.sink, takes if isinstance(takes, Shape) else FREE)
        self.sink.error("GL117", f"`{key}` takes a map", self._shape_place(key, value), "write `{key: value, …}`")
        return None

    def list(self, key: str) -> ListNode | None:
        """The list under `key`."""
        value = self._value(key)
        if value is None or isinstance(value, ListNode):
            return value
        self.sink.error("GL117", f"`{key}` takes a list", self._shape_place(key, value), "write `[one, two]`")
        return None

    def texts(self, key: str) -> tuple[TextNode, ...] | None:
        """The list of texts under `key`, None where there is none."""
        value = self.list(key)
        if value is None:
            return None
        for item in value.items:
            if not isinstance(item, TextNode):
                self.sink.error("GL117", f"`{key}` takes a list of texts", item.place, "write `[one, two]`")
        return tuple(item for item in value.items if isinstance(item, TextNode))

    def needs(self, key: str) -> bool:
        """Whether `key` must be there: always, or as another key is."""
        known = self.shape.key(key)
        required = known is not None and known.required
        return required or any(key in rule.needs and self.applies(rule) for rule in self.shape.together)

    def applies(self, rule: Together) -> bool:
        """Whether the map has the key that the rule is about, and none of those it leaves alone."""
        return self.has(rule.having) and not any(map(self.has, rule.lacking))

    def _value(self, key: str) -> YamlNode | None:
        value = self.node.get(key)
        if value is None and self.needs(key):
            self.missing(key)
        # What stood there may have been among the lines that could not be read.
        return None if self.node.damaged and isinstance(value, TextNode) and not value.text else value

    def _to_add(self, key: str) -> str:
        """What to write where `key` is missing: its words, where they are few."""
        takes = inner(self.shape, key)
        words = tuple(takes.words) if isinstance(takes, Words) else ()
        if len(words) == 1:
            return f"add `{key}: {words[0]}`"
        if 1 < len(words) <= _FEW:
            return f"say {quoted(words[:-1])} or `{words[-1]}`"
        return f"add `{key}:`"

    def _shape_place(self, key: str, value: YamlNode) -> Place:
        """The key, where the value is empty: there is nothing else to show."""
        return self.place_of(key) if isinstance(value, TextNode) and not value.text else value.place


def title(form: Form | None) -> Text | None:
    """The text of a `{zh: …, en: …}` map, None where a language is missing (a fault)."""
    if form is None:
        return None
    form.only_known()
    return labels(form)


def labels(form: Form) -> Text | None:
    """The keys `zh` and `en` of a map. One without the other is a fault, neither only where its shape needs them."""
    zh, en = form.text("zh"), form.text("en")
    return Text(zh.text, en.text) if zh and en else None


def quoted(names: Iterable[str]) -> str:
    """Names in backticks, separated by commas."""
    return ", ".join(f"`{name}`" for name in names)
