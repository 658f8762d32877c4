Feature: Releases under four eyes
  Rules come to decide by a release: drafted by one person, approved by another, in force from a moment on, and never altered.

  Background:
    Given a bank where releases decide

  Scenario: Nobody approves what they drafted, whatever else they may do
    When Eve drafts and submits a limit of 500
    And Eve approves it
    Then that is refused with "four_eyes"
    And the release is "submitted"
    When Bob approves it
    Then the release is "approved"
    And an application for 800 is "APPROVED"

  Scenario: Authors do not approve, approvers do not draft
    When Ann drafts and submits a limit of 500
    And Dan approves it
    Then that is refused with "forbidden"
    When Bob drafts a limit of 300
    Then that is refused with "forbidden"

  Scenario: Rules that take more than a draft may take are refused, and decisions go on
    When Ann drafts rules of 2 MB
    Then the draft is refused because of "GL903"
    And an application for 800 is "APPROVED"

  Scenario: A changed rule needs a worked case, and a release a higher version
    When Ann drafts a limit of 500 without a case above it, and submits it
    Then that is refused with "rows_not_reached"
    When Ann drafts a limit of 500 with the version in force, and submits it
    Then that is refused with "version_not_raised"
    When Ann drafts a limit of 50 which a case contradicts, and submits it
    Then that is refused with "cases_differ"
    And the release is "draft"

  Scenario: A submission is judged in the background, by another process where the one that was asked is gone
    Given the process that Ann calls is killed before it judges
    When Ann drafts a limit of 500 and asks for its approval
    Then the submission is "pending"
    When Bob approves it
    Then that is refused with "evidence_pending"
    When another process looks after 100 seconds
    Then the submission is "submitted"
    When Bob approves it
    Then the release is "approved"

  Scenario: What is not approved is not activated
    When Ann drafts and submits a limit of 500
    And Bob activates it
    Then that is refused with "step_not_allowed"
    And an application for 800 is "APPROVED"

  Scenario: A release to come decides from its day on, by itself
    Given Ann's limit of 500, approved by Bob
    When Cat activates it from "2026-03-10"
    Then the release is "approved"
    And an application for 800 is "APPROVED"
    When 10 days pass
    Then the release is "active"
    And an application for 800 is "REFERRED"

  Scenario: A rollback is one step, and is recorded like any other
    Given Ann's limit of 500, approved by Bob
    When Cat activates it
    Then an application for 800 is "REFERRED"
    When Cat rolls back
    Then an application for 800 is "APPROVED"
    And the last step is "rolled back" by Cat
    And the release is "superseded"
    When Cat rolls back
    Then that is refused with "nothing_to_roll_back"

  Scenario: With the kill switch on no rule is asked
    When Bob turns the kill switch on
    Then an application for 800 is "REFERRED"
    And the only reason is "K001"
    And its replay is identical
    When Bob turns the kill switch off
    Then an application for 800 is "APPROVED"
    And the last step is "resumed" by Bob
