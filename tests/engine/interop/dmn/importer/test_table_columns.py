"""Where annotations of rules go."""

from __future__ import annotations

import pytest

from greenlane.engine.diagnostics import Place
from greenlane.engine.interop.dmn.boxed import DecisionRule
from greenlane.engine.interop.dmn.importer.table_columns import RowIdentifiers, annotations_of

PLACE = Place("m.dmn", 1, 1, 2)


@pytest.mark.parametrize(
    ("columns", "texts", "described", "notes"),
    [
        (["code", "zh", "EN"], ["R1", "甲", "A"], "", {"code": "R1", "zh": "甲", "en": "A"}),
        (["Source"], ["§2"], "", {"basis": "§2"}),
        (["Source", "Owner"], ["§2", "Li"], "", {"basis": "Source: §2; Owner: Li"}),
        (["basis", "Owner"], ["§2", "Li"], "", {"basis": "§2; Li"}),
        (["basis"], ["§2"], "since 2020", {"basis": "§2; since 2020"}),
        (["from", "until"], ["2026-01-31", "soon"], "", {"from": "2026-01-31", "basis": "soon"}),
        (["code", "code"], ["R1", "R2"], "", {"code": "R1", "basis": "R2"}),
        (["code", "zh"], ["-", ""], "", {}),
    ],
)
def test_each_annotation_goes_somewhere(
    columns: list[str], texts: list[str], described: str, notes: dict[str, str]
) -> None:
    """Our own columns to themselves, everything else to the basis."""
    assert annotations_of(columns, DecisionRule((), (), PLACE, tuple(texts), described)) == notes


def test_rows_get_ids_of_their_table() -> None:
    """Short, and different for each table."""
    given = RowIdentifiers()
    ids = [[row["id"] for row in given.completed([{}, {}], name)] for name in ("pricing", "loan_limits", "large_loans")]
    assert ids == [["PRI-01", "PRI-02"], ["LL-01", "LL-02"], ["LL2-01", "LL2-02"]]


def test_ids_and_codes_of_the_model_are_kept_where_each_row_has_its_own() -> None:
    """Otherwise they are part of the basis: rule files give each once."""
    given = RowIdentifiers()
    first = given.completed([{"id": "A1", "code": "R1", "zh": "甲"}, {"id": "A2", "code": "R2"}], "x")
    assert first == [
        {"id": "A1", "code": "R1", "zh": "甲", "en": "甲"},
        {"id": "A2", "code": "R2", "zh": "R2", "en": "R2"},
    ]
    second = given.completed([{"id": "A1", "code": "R3"}, {"code": "R3"}], "yes")
    assert second == [{"id": "YES-01", "basis": "id: A1; code: R3"}, {"id": "YES-02", "basis": "code: R3"}]
