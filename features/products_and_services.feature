Feature: Other loan products and services
  Every admission rule of the manufacturing loan, project finance, the SME flexible loan, supply-chain finance and the four services,
  at its edge and one step to either side.

  Scenario Outline: Admission at the edge
    Given an application for "<product>" that qualifies
    And the facts "<facts>"
    When the application is decided
    Then the status is "<status>"
    And the codes include "<codes>"
    And the codes do not include "<not codes>"

    Examples: manufacturing equipment and upgrade loan
      | product | facts                                          | status              | codes | not codes |
      | MFG_UPG | industry_code = E4812                          | DECLINED            | E341  |           |
      | MFG_UPG | industry_code = C4390                          | APPROVE_RECOMMENDED |       | E341      |
      | MFG_UPG | purpose = rd                                   | DECLINED            | E342  |           |
      | MFG_UPG | purpose = tech_upgrade                         | APPROVE_RECOMMENDED |       | E342      |
      | MFG_UPG | tenor_months = 95                              | APPROVE_RECOMMENDED |       | E343      |
      | MFG_UPG | tenor_months = 96                              | APPROVE_RECOMMENDED |       | E343      |
      | MFG_UPG | tenor_months = 97                              | DECLINED            | E343  |           |
      | MFG_UPG | amount_wan = 3999.99                           | APPROVE_RECOMMENDED |       | E344      |
      | MFG_UPG | amount_wan = 4000                              | APPROVE_RECOMMENDED |       | E344      |
      | MFG_UPG | amount_wan = 4000.01                           | DECLINED            | E344  |           |
      | MFG_UPG | industry_code = C3110                          | REFERRED            | E345  |           |
      | MFG_UPG | industry_code = C3110; green_category = energy_saving | APPROVE_RECOMMENDED | | E345     |
      | MFG_UPG | credit_rating = BB                             | APPROVE_RECOMMENDED |       | E346      |
      | MFG_UPG | credit_rating = B                              | DECLINED            | E346  | R112      |
      | MFG_UPG | total_investment_wan = 0                       | REFERRED            | R198  | E344      |

    Examples: project finance
      | product  | facts                                             | status              | codes | not codes |
      | PROJ_FIN | purpose = equipment                               | DECLINED            | E361  |           |
      | PROJ_FIN | capital_wan = 11999.99                            | DECLINED            | E362  |           |
      | PROJ_FIN | capital_wan = 12000                               | APPROVE_RECOMMENDED |       | E362      |
      | PROJ_FIN | project_class = steel                             | DECLINED            | E362  |           |
      | PROJ_FIN | project_class = steel; capital_wan = 24000        | APPROVE_RECOMMENDED |       | E362      |
      | PROJ_FIN | dscr = 1.19                                       | DECLINED            | E363  |           |
      | PROJ_FIN | dscr = 1.2                                        | APPROVE_RECOMMENDED |       | E363      |
      | PROJ_FIN | approvals_complete = false                        | DECLINED            | E364  |           |
      | PROJ_FIN | tenor_months = 180                                | APPROVE_RECOMMENDED |       | E365      |
      | PROJ_FIN | tenor_months = 181                                | DECLINED            | E365  |           |
      | PROJ_FIN | total_investment_wan = 22000                      | APPROVE_RECOMMENDED |       | E366      |
      | PROJ_FIN | total_investment_wan = 21999.99                   | DECLINED            | E366  | E362      |

    Examples: SME flexible revolving credit
      | product  | facts                                             | status              | codes | not codes |
      | SME_FLEX | employees = 299; revenue_wan = 10000              | APPROVE_RECOMMENDED |       | E381      |
      | SME_FLEX | employees = 300; revenue_wan = 10000              | DECLINED            | E381  |           |
      | SME_FLEX | amount_wan = 1000; existing_loans_wan = 0         | APPROVE_RECOMMENDED |       | E382      |
      | SME_FLEX | amount_wan = 1000.01                              | DECLINED            | E382  |           |
      | SME_FLEX | tenor_months = 36                                 | APPROVE_RECOMMENDED |       | E383      |
      | SME_FLEX | tenor_months = 37                                 | DECLINED            | E383  |           |
      | SME_FLEX | years_operating = 0.99                            | DECLINED            | E384  |           |
      | SME_FLEX | years_operating = 1                               | APPROVE_RECOMMENDED |       | E384      |
      | SME_FLEX | tax_rating = D                                    | DECLINED            | E385  |           |
      | SME_FLEX | tax_rating = C                                    | APPROVE_RECOMMENDED |       | E385      |
      | SME_FLEX | credit_rating = BB                                | APPROVE_RECOMMENDED |       | E386      |
      | SME_FLEX | credit_rating = B                                 | DECLINED            | E386  |           |

    Examples: supply-chain finance
      | product | facts                                | status              | codes | not codes |
      | SCF     | core_buyer_rating = A                | APPROVE_RECOMMENDED |       | E401      |
      | SCF     | core_buyer_rating = BBB              | DECLINED            | E401  |           |
      | SCF     | receivable_confirmed = false         | DECLINED            | E402  |           |
      | SCF     | receivable_wan = 375                 | APPROVE_RECOMMENDED |       | E403      |
      | SCF     | receivable_wan = 374.99              | DECLINED            | E403  |           |
      | SCF     | tenor_months = 12                    | APPROVE_RECOMMENDED |       | E404      |
      | SCF     | tenor_months = 13                    | DECLINED            | E404  |           |

    Examples: services
      | product   | facts                                                  | status              | codes | not codes |
      | FX_HEDGE  | fx_exposure_wan = 0; hedge_notional_wan = 0            | DECLINED            | E421  |           |
      | FX_HEDGE  | fx_exposure_wan = 0.01; hedge_notional_wan = 0.01      | APPROVE_RECOMMENDED |       | E421      |
      | FX_HEDGE  | trade_background_verified = false                      | REFERRED            | E422  |           |
      | FX_HEDGE  | fx_exposure_wan = 1000; hedge_notional_wan = 1000      | APPROVE_RECOMMENDED |       | E423      |
      | FX_HEDGE  | fx_exposure_wan = 1000; hedge_notional_wan = 1000.01   | DECLINED            | E423  |           |
      | FX_HEDGE  | risk_disclosure_signed = false                         | REFERRED            | E424  |           |
      | FX_HEDGE  | fx_exposure_wan = missing                              | REFERRED            | R198  |           |
      | RATE_LOCK | floating_loan_balance_wan = 0; lock_notional_wan = 0   | DECLINED            | E431  |           |
      | RATE_LOCK | floating_loan_balance_wan = 500; lock_notional_wan = 500 | APPROVE_RECOMMENDED |     | E432      |
      | RATE_LOCK | floating_loan_balance_wan = 500; lock_notional_wan = 500.01 | DECLINED       | E432  |           |
      | RATE_LOCK | risk_disclosure_signed = false                         | REFERRED            | E433  |           |
      | SETTLE    | kyc_complete = false                                   | REFERRED            | E441  |           |
      | SETTLE    | kyc_complete = true                                    | APPROVE_RECOMMENDED |       | E441      |
      | SETTLE    | dishonest_executee = true                              | DECLINED            | R101  |           |
      | SETTLE    | serious_violation_list = true                          | DECLINED            | R102  |           |
      | WEALTH    | wealth_risk_match = false                              | DECLINED            | E451  |           |
      | WEALTH    | overdue_days = 0                                       | APPROVE_RECOMMENDED |       | E452      |
      | WEALTH    | overdue_days = 1                                       | DECLINED            | E452  | R105      |

  Scenario: The answer lists the other loan products, best rate first
    Given an application for "INNOV" that qualifies
    When the application is decided
    Then the alternatives are the other five loan products
    And alternatives with a rate come first, the lowest rate first

  Scenario Outline: Online lane up to 10 million
    Given an application for "SME_FLEX" that qualifies
    And the facts "<facts>"
    When the application is decided
    Then the lane is "<lane>"
    And the codes include "<codes>"
    And the codes do not include "<not codes>"

    Examples:
      | facts                                 | lane     | codes     | not codes |
      | amount_wan = 999.99                   | ONLINE   | G521      |           |
      | amount_wan = 1000                     | ONLINE   | G521      |           |
      | channel = offline                     | STANDARD |           | G521      |
      | documents_complete = false            | STANDARD |           | G521      |
      | tax_rating = C; receivable_days = 181 | ONLINE   | G521,W609 |           |
      | asset_liability_pct = 80.01           | STANDARD | W602      | G521      |

  Scenario Outline: Approver level
    Given an application for "<product>" that qualifies
    And the facts "<facts>"
    When the application is decided
    Then the approver level is <level>

    Examples:
      | product  | facts                                   | level |
      | SME_FLEX | amount_wan = 500                        | 1     |
      | SME_FLEX | amount_wan = 500.01                     | 2     |
      | MFG_UPG  | amount_wan = 3000                       | 2     |
      | MFG_UPG  | amount_wan = 3000.01                    | 3     |
      | PROJ_FIN | tenor_months = 120; amount_wan = 500    | 3     |
      | PROJ_FIN | tenor_months = 121; amount_wan = 500    | 4     |
      | SME_FLEX | abnormal_operation_list = true          | 2     |
      | INNOV    | amount_wan = 500; tenor_months = 120    | 3     |
      | INNOV    | amount_wan = 500; relationship_years = 0 | 1    |
