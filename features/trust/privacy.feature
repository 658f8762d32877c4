Feature: Privacy
  Personal data are seen by whoever may, and by nobody once the customer is erased; the proof of a decision stays.

  Background:
    Given a bank where releases decide
    And a decision about a company

  Scenario: Who may not see personal data finds the decision without the company
    When Ann looks for decisions
    Then the company is masked
    When Eve looks for decisions
    Then the company is shown

  Scenario: An erased customer cannot be read by anybody
    When Eve erases the company
    And Eve reads the decision
    Then that is refused with "erased"
    And its status "APPROVED" remains
    And the log is as it was written

  Scenario: Only an admin erases
    When Bob erases the company
    Then that is refused with "forbidden"
    When Eve reads the decision
    Then that is answered

  Scenario: A customer asks for a person to look at a decision
    When Eve asks for a review because "our revenue was corrected"
    Then its review is "requested"
    And the decision is as it was answered
    When Eve finds that the decision is "upheld"
    Then its review is "upheld"
    And the decision is as it was answered

  Scenario: What retention would erase is shown first, and nothing is erased
    When 5 years pass
    Then nothing is due by retention
    When 1 year passes
    Then 1 decision is due by retention
    When Eve reads the decision
    Then that is answered
