Feature: Evidence for an auditor
  A decision of long ago is proved with the rules of then, on a machine without Greenlane, and still when its customer is erased.

  Background:
    Given a bank where releases decide
    And a decision about a company

  Scenario: A decision that is a month and three releases old
    When 31 days pass
    And Ann's limit of 500, approved by Bob, comes to decide
    And Dan's limit of 300, approved by Cat, comes to decide
    And Ann's correction of February's rate to 3.00, approved by Cat, comes to decide from "2026-02-20"
    Then the rate of 2 March is 3.0, and was 3.1 as known when the decision was made
    And its replay is identical
    When the auditor takes the evidence
    Then it verifies on a machine without Greenlane
    And one byte changed in any member is refused
    When Eve erases the company
    Then it verifies on a machine without Greenlane
    And the log is as it was written
    When Eve reads the decision
    Then that is refused with "erased"
