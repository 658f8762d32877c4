Feature: Interest-rate discounts, caps and floors
  Adjustments are collected, the product discount is dropped when the quota is short, the sum of discounts is capped by tier,
  surcharges are added after the cap, and the floor comes last.

  Scenario: Floor binds for a strategic customer
    Given the worked case "EX-14"
    When the application is decided
    Then the rate is "2.30"
    And the discounts add up to -105 bp, of which -80 bp apply
    And the floor applies

  Scenario Outline: Each adjustment at its edge
    Given an application for "<product>" that qualifies
    And the facts "<facts>"
    When the application is decided
    Then the adjustments include "<codes>"
    And the adjustments do not include "<not codes>"

    Examples: tier and rating
      | product  | facts                                   | codes      | not codes            |
      | INNOV    | product = INNOV                         | P401,P411,P422 | P402,P403        |
      | SME_FLEX | credit_rating = BBB                     | P402,P423  | P401,P421            |
      | MFG_UPG  | credit_rating = AAA                     | P401,P421  | P422,P423            |
      | MFG_UPG  | credit_rating = BBB                     | P423       | P424                 |
      | MFG_UPG  | credit_rating = BB                      | P424       | P423                 |
      | SCF      | credit_rating = B                       | P424,P414  |                      |
      | INNOV    | five_category = special_mention         | P403       | P401,P402            |

    Examples: product
      | product  | facts                      | codes     | not codes |
      | CARBON   | tenor_months = 144         | P412,P461 |           |
      | MFG_UPG  | tenor_months = 60          | P413      | P461      |
      | SCF      | tenor_months = 12          | P414      |           |
      | SME_FLEX | years_operating = 2.99     | P415      | P416      |
      | SME_FLEX | years_operating = 3        | P415,P416 |           |
      | SME_FLEX | revenue_growth_pct = 9.99  | P415      | P416      |

    Examples: region, relationship, security, tenor and rate type
      | product  | facts                                              | codes | not codes |
      | CARBON   | city_tier = T3                                     | P431  |           |
      | CARBON   | city_tier = T2                                     |       | P431      |
      | MFG_UPG  | relationship_years = 5; settlement_share_pct = 50  | P441  | P442      |
      | MFG_UPG  | relationship_years = 4.99; settlement_share_pct = 50 | P442 | P441     |
      | MFG_UPG  | relationship_years = 5; settlement_share_pct = 49.99 | P442 | P441     |
      | MFG_UPG  | relationship_years = 3; settlement_share_pct = 30  | P442  | P441      |
      | MFG_UPG  | relationship_years = 2.99; settlement_share_pct = 30 |     | P442      |
      | MFG_UPG  | relationship_years = 3; settlement_share_pct = 29.99 |     | P442      |
      | MFG_UPG  | guarantee_type = deposit_pledge                    | P451  | P452      |
      | MFG_UPG  | guarantee_type = credit                            | P452  | P451      |
      | INNOV    | guarantee_type = credit                            |       | P452      |
      | INNOV    | tenor_months = 120                                 |       | P461      |
      | CARBON   | tenor_months = 120                                 |       | P461      |
      | CARBON   | tenor_months = 121                                 | P461  |           |
      | INNOV    | rate_type = fixed                                  | P462  |           |
      | INNOV    | rate_type = floating                               |       | P462      |

  Scenario Outline: Quota: only strategic customers keep the product discount from 80%
    Given an application for "<product>" that qualifies
    And the facts "<facts>"
    When the application is decided
    Then the product discount is <dropped>

    Examples:
      | product  | facts                                             | dropped |
      | MFG_UPG  | pref_quota_used_pct = 79.99                       | kept    |
      | MFG_UPG  | pref_quota_used_pct = 80                          | dropped |
      | MFG_UPG  | pref_quota_used_pct = 80.01                       | dropped |
      | MFG_UPG  | pref_quota_used_pct = 80; credit_rating = AAA     | kept    |
      | INNOV    | pref_quota_used_pct = 100                         | kept    |

  Scenario Outline: Base rate and floor by tenor
    Given an application for "<product>" that qualifies
    And the facts "<facts>"
    When the application is decided
    Then the base rate is "<lpr>" for "<tenor>" published "<published>"

    Examples: 60 and 61 months
      | product | facts             | lpr  | tenor | published  |
      | INNOV   | tenor_months = 59 | 3.00 | 1Y    | 2026-02-24 |
      | INNOV   | tenor_months = 60 | 3.00 | 1Y    | 2026-02-24 |
      | INNOV   | tenor_months = 61 | 3.50 | 5Y+   | 2026-02-24 |

    Examples: the day of publication
      | product | facts                         | lpr  | tenor | published  |
      | INNOV   | application_date = 2026-02-23 | 3.50 | 5Y+   | 2026-01-20 |
      | INNOV   | application_date = 2026-02-24 | 3.50 | 5Y+   | 2026-02-24 |
      | INNOV   | application_date = 2025-05-19 | 3.60 | 5Y+   | 2025-04-21 |
      | INNOV   | application_date = 2025-05-20 | 3.50 | 5Y+   | 2025-05-20 |

  Scenario Outline: A stale base rate makes the price indicative
    Given an application for "CARBON" that qualifies
    And the facts "application_date = <date>"
    When the application is decided
    Then the price is <firmness>

    Examples: 40 and 41 days after the publication of 2026-08-20
      | date       | firmness   |
      | 2026-09-28 | firm       |
      | 2026-09-29 | firm       |
      | 2026-09-30 | indicative |

  Scenario: The stale rate is named
    Given an application for "CARBON" that qualifies
    And the facts "application_date = 2026-09-30"
    When the application is decided
    Then the codes include "P481"

  Scenario Outline: The floor is 2.30% up to 60 months and 2.70% above
    Given the worked case "EX-14"
    And the facts "<facts>"
    When the application is decided
    Then the rate is "<rate>"

    Examples:
      | facts                                                | rate |
      | tenor_months = 60                                    | 2.30 |
      | tenor_months = 61                                    | 2.70 |
      | tenor_months = 61; green_category = energy_saving    | 2.70 |
      | tenor_months = 60; rate_type = fixed                 | 2.35 |
