"""The notes of rules: which annotations of a model are columns of rule files, and where the others go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from greenlane.engine.interop.dmn.boxed import Rule
from greenlane.engine.rules.files.scalars import Unreadable, day
from greenlane.engine.rules.files.table_text import ANNOTATIONS

_OWN = frozenset(ANNOTATIONS)
_DAYS = ("from", "until")
_ONCE = ("id", "code")


def notes_of(columns: Sequence[str], rule: Rule) -> dict[str, str]:
    """Texts by column. Annotations called as our columns are theirs; the others, and the description, are the basis."""
    found: dict[str, str] = {}
    others: list[tuple[str, str]] = []
    for name, text in zip(columns, rule.annotations, strict=True):
        key = name.strip().lower()
        if not text or text == "-":
            continue
        if key in _OWN and key not in found and (key not in _DAYS or _is_day(text)):
            found[key] = text
        else:
            others.append((name.strip(), text))
    if rule.description:
        others.append(("", rule.description))
    told = "; ".join(f"{name}: {text}" if name and len(others) > 1 else text for name, text in others)
    return _with_basis(found, told) if told else found


def _is_day(text: str) -> bool:
    try:
        day(text)
    except Unreadable:
        return False
    return True


def _with_basis(notes: Mapping[str, str], text: str) -> dict[str, str]:
    return {**notes, "basis": f"{notes['basis']}; {text}" if notes.get("basis") else text}


class Given:
    """The ids and codes that rows have so far: in rule files each is given once, and a code to all rows of a table."""

    def __init__(self) -> None:
        self._prefixes: set[str] = set()
        self._taken: dict[str, set[str]] = {key: set() for key in _ONCE}

    def completed(self, rows: Sequence[Mapping[str, str]], table: str) -> list[dict[str, str]]:
        """The notes of a table's rows, each with an id, and with texts in both languages where they give reasons.

        Ids and codes of the model that are not given to every row, or twice, go to the basis.
        """
        made = [dict(row) for row in rows]
        for key in _ONCE:
            values = [row.get(key, "") for row in made]
            if all(values) and len(set(values)) == len(values) and not self._taken[key].intersection(values):
                self._taken[key].update(values)
            else:
                made = [_moved(row, key) for row in made]
        prefix = self._prefix(table)
        width = max(2, len(str(len(made))))
        for number, row in enumerate(made, 1):
            if "id" not in row:
                row["id"] = f"{prefix}-{number:0{width}}"
        return [_told(row) for row in made] if any(row.keys() & {"code", "zh", "en"} for row in made) else made

    def _prefix(self, name: str) -> str:
        """What ids begin with: `PRI` for `pricing`, `LC` for `loan_conditions`; numbered where that is taken."""
        words = [word for word in name.split("_") if word]
        short = "".join(word[0] for word in words) if len(words) > 1 else name[: 3 if name.isascii() else 4]
        found, count = short.upper(), 1
        while found in self._prefixes or any(one.startswith(f"{found}-") for one in self._taken["id"]):
            count += 1
            found = f"{short.upper()}{count}"
        self._prefixes.add(found)
        return found


def _moved(row: Mapping[str, str], key: str) -> dict[str, str]:
    kept = {name: text for name, text in row.items() if name != key}
    return _with_basis(kept, f"{key}: {row[key]}") if key in row else kept


def _told(row: Mapping[str, str]) -> dict[str, str]:
    text = row.get("zh") or row.get("en") or row.get("basis") or row.get("code") or row["id"]
    return {"zh": text, "en": text, **row}
