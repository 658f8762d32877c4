"""How large values are: to go through, to tell, with all that is in them however often an item is met. Pure.

Lists that share their items can be small to hold and endless to walk: what is in one is looked at once.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.semantics import SCALARS, Undetermined
from greenlane.engine.feel.values.indexed import IndexedRows

FREE_SIZE = 64
"""Characters of a string, or items of a list with all that is in them, that cost nothing to go through."""
MAX_TOLD = 400_000
"""Items of a value, or of a trace, that can be written out."""
MAX_NESTING = 100
"""Lists and contexts inside of one another that can be gone through."""
_CHARACTERS_PER_ITEM = 16
_CHARACTERS_TOLD_PER_ITEM = 32


def size_of(value: Any) -> int:
    """How many items there are in the value, however often an item is met; 0 up to `FREE_SIZE`.

    16 characters of a string count as one. FeelError ("limit") for lists more than `MAX_NESTING` deep.
    """
    if type(value) is str:
        return len(value) // _CHARACTERS_PER_ITEM if len(value) > FREE_SIZE else 0
    if not isinstance(value, (list, tuple, dict)):
        return 0
    held = value.values() if isinstance(value, dict) else value
    if len(held) <= FREE_SIZE and SCALARS.issuperset(map(type, held)) and type(value) is not IndexedRows:
        return 0
    size = items_in(value)
    return size if size > FREE_SIZE else 0


def items_in(value: Any) -> int:
    """How many items there are in a list or context, few or many; 0 for any other value. FeelError as `size_of`."""
    if not isinstance(value, (list, tuple, dict)):
        return 0
    known: dict[int, int] = {}
    size = _items_in(value, known, 0)
    _check_height(value, known)
    return size


def told_size(value: Any, known: dict[int, tuple[int, int]] | None = None) -> int:
    """How many items and entries are told of the value when it is written out.

    Shared items count each time, 32 characters of text as one item. `known` has the sizes and heights of lists and
    contexts, by id, for values that hand on parts of one another: all of them must live as long. FeelError as
    `size_of`.
    """
    if type(value) is str:
        return len(value) // _CHARACTERS_TOLD_PER_ITEM
    if not isinstance(value, (list, tuple, dict)):
        return 0
    known = {} if known is None else known
    found = known.get(id(value))
    if found is None:
        found = known[id(value)] = _told(value, known, 1)
    return found[0]


def check_told(value: Any) -> None:
    """FeelError ("limit") where there is more than `MAX_TOLD` to write out, or it is too deep."""
    if told_size(value) > MAX_TOLD:
        raise FeelError("limit", f"more than {MAX_TOLD} items to tell", f"输出超过 {MAX_TOLD} 项")


def is_free(value: Any) -> bool:
    """Whether the value costs nothing, and nothing in it is undetermined."""
    if type(value) is str:
        return len(value) <= FREE_SIZE
    return type(value) is not Undetermined and _free_left(value, FREE_SIZE, -1) >= 0


def is_long(value: Any) -> bool:
    """Whether the value costs anything. It takes no longer to tell than a short value does."""
    return len(value) > FREE_SIZE if type(value) is str else _free_left(value, FREE_SIZE, 0) < 0


def _told(value: Any, known: dict[int, tuple[int, int]], depth: int) -> tuple[int, int]:
    """The size, and how many lists and contexts stand inside of one another."""
    held: Collection[Any] = value.values() if isinstance(value, dict) else value
    size, height = len(held), 1
    if SCALARS.issuperset(map(type, held)):
        return size + sum([len(item) for item in held if type(item) is str]) // _CHARACTERS_TOLD_PER_ITEM, height
    characters = 0
    for item in held:
        if type(item) is str:
            characters += len(item)
        elif isinstance(item, (list, tuple, dict)):
            found = known.get(id(item))
            if found is None:
                if depth == MAX_NESTING:
                    raise _too_deep()
                found = known[id(item)] = _told(item, known, depth + 1)
            size += found[0]
            height = max(height, found[1] + 1)
    if height > MAX_NESTING:
        raise _too_deep()
    return size + characters // _CHARACTERS_TOLD_PER_ITEM, height


def _items_in(value: Any, known: dict[int, int], depth: int) -> int:
    """`known` has the sizes of what is in it, by id."""
    if type(value) is IndexedRows:
        return len(value) * (1 + len(value.columns))
    if depth >= MAX_NESTING:
        raise _too_deep()
    held: Collection[Any] = value.values() if isinstance(value, dict) else value
    size = len(held)
    if SCALARS.issuperset(map(type, held)):
        return size
    for item in held:
        if not isinstance(item, (list, tuple, dict)):
            continue
        found = known.get(id(item))
        if found is None:
            found = known[id(item)] = _items_in(item, known, depth + 1)
        size += found
    return size


def _check_height(value: Any, known: Collection[int]) -> None:
    """FeelError for lists too deep in one another, which sharing may have hidden from a walk."""
    if len(known) < MAX_NESTING:
        return
    # The nests of a level, each once, are the level below.
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_NESTING:
            raise _too_deep()
        below = {id(item): item for nest in level for item in _held(nest) if isinstance(item, (list, tuple, dict))}
        level = list(below.values())


def _too_deep() -> FeelError:
    return FeelError("limit", "lists are nested too deeply", "列表嵌套过深")


def _free_left(value: Any, free: int, undetermined: int) -> int:
    """How many more items would be free, negative for none; at most `undetermined`, unless 0, where anything is so."""
    if not isinstance(value, (list, tuple, dict)):
        return free
    if type(value) is IndexedRows:
        return free - len(value) * (1 + len(value.columns))
    held: Collection[Any] = value.values() if isinstance(value, dict) else value
    free -= len(held)
    if free < 0 or SCALARS.issuperset(map(type, held)):
        return free
    for item in held:
        if type(item) is Undetermined and undetermined:
            free = min(free, undetermined)
        else:
            free = _free_left(item, free, undetermined)
        if free < 0:
            break
    return free


def _held(value: Any) -> Collection[Any]:
    return value.values() if isinstance(value, dict) else value
