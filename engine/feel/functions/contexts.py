"""Functions on contexts (DMN 10.3.4.9). Pure: what they give is new, what they take is left as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from greenlane.engine.feel.errors import FeelError, missing
from greenlane.engine.feel.functions.builtin import Builtin, FormalParameter, Overload

Context = Mapping[str, Any]


def _entries(context: Context) -> list[dict[str, Any]]:
    return [{"key": key, "value": value} for key, value in context.items()]


def _from_entries(entries: Sequence[Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for entry in entries:
        if not isinstance(entry, dict) or not entry.keys() >= {"key", "value"}:
            raise FeelError("argument", "an entry needs `key` and `value`", "每一项需要 `key` 和 `value`", 0)
        key = _name(entry["key"])
        if key in result:
            raise FeelError("argument", f"the key `{key}` is there twice", f"键 `{key}` 重复", 0)
        result[key] = entry["value"]
    return result


def _name(key: Any) -> str:
    if isinstance(key, str):
        return key
    raise missing() if key is None else FeelError("type", "a key must be a string", "键应为字符串")


def _put(context: Context, key: str, value: Any) -> dict[str, Any]:
    return {**context, key: value}


def _put_within(context: Any, keys: Sequence[Any], value: Any) -> dict[str, Any]:
    if not isinstance(context, dict):
        raise FeelError("argument", "there is no context at that place", "该位置没有上下文", 1)
    if not keys:
        raise FeelError("argument", "the list of keys is empty", "键列表为空", 1)
    key = _name(keys[0])
    return _put(context, key, value if len(keys) == 1 else _put_within(context.get(key), keys[1:], value))


def _merge(contexts: Sequence[Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for context in contexts:
        if not isinstance(context, dict):
            raise missing(0) if context is None else FeelError("type", "only contexts merge", "只能合并上下文", 0)
        result.update(context)
    return result


# In steps for each entry: a list of entries holds a context for each.
_OF_A_CONTEXT, _OF_ENTRIES = 3, 12
_M = FormalParameter("m", ("context",))
_CONTEXT = FormalParameter("context", ("context",))
_KEY = FormalParameter("key", ("string",))
_LIST = ("list",)
_VALUE = FormalParameter("value")

CONTEXTS: tuple[Builtin, ...] = (
    Builtin("get value", (Overload((_M, _KEY), lambda context, key: context.get(key)),)),
    Builtin("get entries", (Overload((_M,), _entries),), makes=_OF_ENTRIES),
    Builtin("context", (Overload((FormalParameter("entries", _LIST),), _from_entries),), makes=_OF_A_CONTEXT),
    Builtin(
        "context put",
        (
            Overload((_CONTEXT, _KEY, _VALUE), _put),
            Overload((_CONTEXT, FormalParameter("keys", _LIST), _VALUE), _put_within),
        ),
        makes=_OF_A_CONTEXT,
    ),
    Builtin("context merge", (Overload((FormalParameter("contexts", _LIST),), _merge),), makes=_OF_A_CONTEXT),
)
