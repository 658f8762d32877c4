"""Reading a map as a form: known keys, the shape each value has, and a fault for everything else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.model.vocabulary import Text
from engine.rulefile.faults import Faults
from engine.rulefile.yaml_nodes import ListNode, MapNode, TextNode, YamlNode
from engine.source import Place
from engine.suggest import nearest


@dataclass(frozen=True, slots=True)
class Form:
    """A map under reading. `what` names it in messages, as in "fact `employees`"."""

    node: MapNode
    what: str
    faults: Faults

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

    def only(self, known: Iterable[str]) -> None:
        """Report every key that is not known."""
        known = tuple(known)
        for entry in self.node.entries:
            if entry.key.text not in known:
                near = nearest(entry.key.text, known)
                help_ = f"did you mean `{near}`?" if near else f"known here: {quoted(known)}"
                self.faults.add("GL115", f"{self.what} has no key `{entry.key.text}`", entry.key.place, help_)

    def missing(self, key: str, help: str = "") -> None:
        """Report that `key` is missing, unless lines of the document could not be read."""
        if not self.node.damaged:
            self.faults.add("GL116", f"{self.what} lacks `{key}`", self.node.place, help or f"add `{key}:`")

    def text(self, key: str, required: bool = False) -> TextNode | None:
        """The text under `key`. None, and a fault, where it is something else, empty, or required and missing."""
        value = self._value(key, required)
        if value is None:
            return None
        if not isinstance(value, TextNode):
            self.faults.add("GL117", f"`{key}` takes a text", value.place, "write one value, without brackets")
            return None
        if not value.text.strip() and not value.block:
            self.faults.add("GL116", f"`{key}` has no value", self.place_of(key), "write one, or remove the key")
            return None
        return value

    def map(self, key: str, required: bool = False) -> Form | None:
        """The map under `key`."""
        value = self._value(key, required)
        if value is None or isinstance(value, MapNode):
            return Form(value, f"`{key}`", self.faults) if value is not None else None
        self.faults.add("GL117", f"`{key}` takes a map", self._shape_place(key, value), "write `{key: value, …}`")
        return None

    def list(self, key: str, required: bool = False) -> ListNode | None:
        """The list under `key`."""
        value = self._value(key, required)
        if value is None or isinstance(value, ListNode):
            return value
        self.faults.add("GL117", f"`{key}` takes a list", self._shape_place(key, value), "write `[one, two]`")
        return None

    def texts(self, key: str) -> tuple[TextNode, ...] | None:
        """The list of texts under `key`, None where there is none."""
        value = self.list(key)
        if value is None:
            return None
        for item in value.items:
            if not isinstance(item, TextNode):
                self.faults.add("GL117", f"`{key}` takes a list of texts", item.place, "write `[one, two]`")
        return tuple(item for item in value.items if isinstance(item, TextNode))

    def _value(self, key: str, required: bool) -> YamlNode | None:
        value = self.node.get(key)
        if value is None and required:
            self.missing(key)
        # What stood there may have been among the lines that could not be read.
        return None if self.node.damaged and isinstance(value, TextNode) and not value.text else value

    def _shape_place(self, key: str, value: YamlNode) -> Place:
        """The key, where the value is empty: there is nothing else to show."""
        return self.place_of(key) if isinstance(value, TextNode) and not value.text else value.place


def title(form: Form | None) -> Text | None:
    """The text of a `{zh: …, en: …}` map, None where a language is missing (a fault)."""
    if form is None:
        return None
    form.only(("zh", "en"))
    return labels(form, required=True)


def labels(form: Form, required: bool) -> Text | None:
    """The keys `zh` and `en` of a map. One without the other is a fault, neither only where `required`."""
    if not required and not form.has("zh") and not form.has("en"):
        return None
    zh, en = form.text("zh", required=True), form.text("en", required=True)
    return Text(zh.text, en.text) if zh and en else None


def quoted(names: Iterable[str]) -> str:
    """Names in backticks, separated by commas."""
    return ", ".join(f"`{name}`" for name in names)
