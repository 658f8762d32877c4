Feature: Audit trace and replay
  Every decision says which rules fired, which did not, and why; it can be decided again, to the identical outcome.

  Scenario: A declined company sees its reason in both languages, with the row that said so
    Given the worked case "EX-04"
    When the application is decided
    Then the status is "DECLINED"
    And the first reason is "R101" in row "ELG-C01" with the texts "失信被执行人" and "Judgment-defaulter list"
    And every reason names a line of a rule file

  Scenario: The full trace tells for each row that did not hold which cell failed, and on which value
    Given an application for "SME_FLEX" that qualifies
    And the facts "overdue_days = 0"
    When the application is decided with a full trace
    Then the trace says that row "ELG-C04" failed because "overdue_days" was 0
    And the trace says that row "ELG-C01" failed because "dishonest_executee" was false

  Scenario: A missing fact is named, never passed over
    Given an application for "INNOV" that qualifies
    And the facts "revenue_yoy_pct = missing"
    When the application is decided
    Then the status is "REFERRED"
    And the undetermined rows include "EWS-12" because of "revenue_yoy_pct"

  Scenario: A stored decision replays to the identical outcome
    Given the worked case "EX-14"
    When the application is decided
    And the decision is replayed
    Then the replay is identical

  Scenario: The explanation follows the price from the base rate to the last basis point
    Given the worked case "EX-14"
    When the application is decided
    Then the explanation mentions "P401", "P412", "P421", "P431", "P441" and "P451"
    And the explanation mentions "2.30"

  Scenario: Two applications alike in every fact of the rules get equal terms
    Given the worked case "EX-01"
    And another company with the same facts
    When both are decided
    Then both outcomes are equal
