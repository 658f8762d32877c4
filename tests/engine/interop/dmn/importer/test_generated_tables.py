"""Tables of every hit policy decide the same as a model and as rule files."""

from __future__ import annotations

from hypothesis import assume, event, given, note, settings

from greenlane.engine.diagnostics import has_errors
from greenlane.engine.interop.dmn import DmnRuntime
from greenlane.engine.interop.dmn.importer import import_model
from greenlane.engine.rules.layout.formatting import format_text
from tests.engine.interop.dmn.importer.deciding import TODAY, Rules, shown
from tests.engine.interop.dmn.importer.tables import Case, cases
from tests.engine.interop.dmn.models import feel, library, model
from tests.examples import examples


@given(cases())
@settings(deadline=None, max_examples=examples(40))
def test_generated_tables_decide_the_same(case: Case) -> None:
    """With all inputs known, whatever value the model gives the rule files give; where rows overlap too."""
    read = library(model(case.body))
    inputs = feel(case.inputs)
    meant = DmnRuntime(read).decide("d", inputs).value
    # Rows that overlap under UNIQUE or are never reached are faults of the check, not of the translation.
    made = import_model(read, TODAY, lambda _ruleset: ())
    assert not has_errors(made.diagnostics), made.diagnostics
    assert {path: format_text(path, text) for path, text in made.files.items()} == made.files
    note(f"{case.body}\n{case.inputs}\n{made.files.get('d.yaml')}")
    rules = Rules(made)
    assume(rules.allows(inputs))
    found = rules.decide("d", inputs)
    event("no value" if meant is None else "a value")
    if meant is not None:
        assert shown(meant) == shown(found)
    else:
        assert found in (None, [], 0)
