Feature: An answer is whole, or a person looks at it
  What cannot be told of an answer is named and never takes anything else away. An approval that lacks what approvals must
  have is referred, with a code of its own, whatever the reason it lacks it.

  Scenario: A member that cannot be told refers the case, and everything else of the answer stays
    Given the worked case "EX-01"
    And the facts "city_tier = missing"
    When the application is decided with a full trace
    Then the status is "REFERRED"
    And the reasons are "P401,P411,P422,P442"
    And the approver level is 3
    And "routing.remote_expert" cannot be told because of "city_tier"
    And the explanation mentions "/outcome/routing/remote_expert"
    And the decision replays

  Scenario: A decline stays a decline, although a fact is missing
    Given the worked case "EX-04"
    And the facts "years_operating = missing"
    When the application is decided
    Then the status is "DECLINED"

  Scenario Outline: A fault in the rules that leaves an approval without <what> refers it
    Given an application for "<product>" that qualifies
    And the facts "<facts>"
    And rules in which "<before>" has become "<after>"
    When the application is decided
    Then the status is "REFERRED"
    And the reasons begin with "<code>"
    And the explanation mentions "<code>"

    Examples:
      | what        | product | facts            | before                        | after                      | code |
      | an approver | MFG_UPG | amount_wan = 550 | (500..3000]                   | (600..3000]                | Q903 |
      | a rate      | INNOV   | amount_wan = 500 | max(before_floor, rate_floor) | max(before_floor, "floor") | Q902 |
      | a team      | CARBON  | amount_wan = 500 | team: team.team,              | team: null,                | Q904 |

  Scenario: What nothing is said about is no reason
    Given the worked case "EX-01"
    When the application is decided
    Then the status is "APPROVE_RECOMMENDED"
    And nothing of the answer cannot be told
