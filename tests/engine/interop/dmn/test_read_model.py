"""What a model says for people is kept: labels, descriptions, annotations of rules."""

from __future__ import annotations

from greenlane.engine.interop.dmn.boxed import DecisionTable
from greenlane.engine.interop.dmn.model import DmnDecision, Documentation
from tests.engine.interop.dmn.models import library, model

BODY = """
<inputData id="a" name="a" label=" 金额 "><description>in
  万元</description></inputData>
<decision id="d" name="d"><decisionTable>
  <input label="Amount"><inputExpression><text>a</text></inputExpression></input>
  <output/>
  <annotation name="code"/><annotation name="Source"/>
  <rule><description>only here</description>
    <inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry>
    <annotationEntry><text>R1</text></annotationEntry><annotationEntry><text>§2
      (b)</text></annotationEntry>
  </rule>
  <rule><inputEntry><text>-</text></inputEntry><outputEntry><text>2</text></outputEntry></rule>
</decisionTable></decision>
"""


def test_labels_and_descriptions() -> None:
    """On one line each, empty where there is none."""
    read = library(model(BODY)).main
    assert read.by_name["a"].documentation == Documentation("金额", "in 万元")  # type: ignore[union-attr]
    assert read.by_name["d"].documentation == Documentation("", "")  # type: ignore[union-attr]


def test_annotations_of_rules() -> None:
    """As many as the table names, blank where a rule has fewer."""
    node = library(model(BODY)).main.by_name["d"]
    assert isinstance(node, DmnDecision)
    table = node.logic
    assert isinstance(table, DecisionTable)
    assert table.annotations == ("code", "Source")
    assert [rule.annotations for rule in table.rules] == [("R1", "§2 (b)"), ("", "")]
    assert [rule.description for rule in table.rules] == ["only here", ""]
    assert table.inputs[0].label == "Amount"
