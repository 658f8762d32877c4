# language: zh-CN
功能: 创新贷
  面向成长期科技型企业的信用贷款，最长 10 年，低利率。每一条准入规则都在边界上和边界两侧各验证一次。

  背景:
    假如 一份达标的"创新贷"申请

  场景: 小巨人企业获得批准建议
    当 提交决策
    那么 结论为 "APPROVE_RECOMMENDED"
    而且 层级为 "strategic"
    而且 利率为 "2.85"
    而且 没有拒绝或转人工代码

  场景大纲: 准入规则的边界
    假如 事实改为 "<事实>"
    当 提交决策
    那么 结论为 "<结论>"
    而且 结果代码包含 "<包含>"
    而且 结果代码不含 "<不含>"

    例子: E301 科技型企业，任一资质有效即可
      | 事实                                     | 结论                | 包含 | 不含 |
      | hnte_valid = false; srdi_level = none    | DECLINED            | E301 |      |
      | hnte_valid = false; srdi_level = innovative | DECLINED         | E301 |      |
      | hnte_valid = false; srdi_level = srdi; amount_wan = 1000 | APPROVE_RECOMMENDED |      | E301 |
      | hnte_valid = false; srdi_level = none; tech_sme = true; amount_wan = 1000 | APPROVE_RECOMMENDED | | E301 |

    例子: E302 成长期：3 至 10 年且增速 10% 及以上，或 10 年以上中小企业且增速 20% 及以上
      | 事实                                            | 结论                | 包含 | 不含 |
      | years_operating = 2.99                          | DECLINED            | E302 |      |
      | years_operating = 3                             | APPROVE_RECOMMENDED |      | E302 |
      | revenue_growth_pct = 9.99                       | DECLINED            | E302 |      |
      | revenue_growth_pct = 10                         | APPROVE_RECOMMENDED |      | E302 |
      | years_operating = 10                            | APPROVE_RECOMMENDED |      | E302 |
      | years_operating = 10.01; revenue_growth_pct = 19.99 | DECLINED        | E302 |      |
      | years_operating = 10.01; revenue_growth_pct = 20    | APPROVE_RECOMMENDED | | E302 |
      | years_operating = 10.01; revenue_growth_pct = 20; employees = 5000; revenue_wan = 50000 | DECLINED | E302 | |

    例子: E303 期限最长 120 个月
      | 事实               | 结论                | 包含 | 不含 |
      | tenor_months = 119 | APPROVE_RECOMMENDED |      | E303 |
      | tenor_months = 120 | APPROVE_RECOMMENDED |      | E303 |
      | tenor_months = 121 | DECLINED            | E303 |      |

    例子: E304 只做信用方式
      | 事实                        | 结论                | 包含 | 不含 |
      | guarantee_type = mortgage   | DECLINED            | E304 |      |
      | guarantee_type = credit     | APPROVE_RECOMMENDED |      | E304 |

    例子: E305 评级至少 BBB
      | 事实                | 结论                | 包含 | 不含 |
      | credit_rating = BBB | APPROVE_RECOMMENDED |      | E305 |
      | credit_rating = BB  | DECLINED            | E305 |      |

    例子: E306 研发费用占比至少 3%
      | 事实                | 结论                | 包含 | 不含 |
      | rd_ratio_pct = 2.99 | DECLINED            | E306 |      |
      | rd_ratio_pct = 3    | APPROVE_RECOMMENDED |      | E306 |
      | rd_ratio_pct = 3.01 | APPROVE_RECOMMENDED |      | E306 |

    例子: E307 至少一件有效发明专利
      | 事实                  | 结论                | 包含 | 不含 |
      | invention_patents = 0 | DECLINED            | E307 |      |
      | invention_patents = 1 | APPROVE_RECOMMENDED |      | E307 |
      | invention_patents = 2 | APPROVE_RECOMMENDED |      | E307 |

    例子: E308 小巨人或单项冠军的额度 3000 万元
      | 事实                 | 结论                | 包含 | 不含 |
      | amount_wan = 2999.99 | APPROVE_RECOMMENDED |      | E308 |
      | amount_wan = 3000    | APPROVE_RECOMMENDED |      | E308 |
      | amount_wan = 3000.01 | DECLINED            | E308 | E309 |

    例子: E309 其他科技型企业的额度 1000 万元
      | 事实                                       | 结论                | 包含 | 不含 |
      | srdi_level = none; amount_wan = 999.99     | APPROVE_RECOMMENDED |      | E309 |
      | srdi_level = none; amount_wan = 1000       | APPROVE_RECOMMENDED |      | E309 |
      | srdi_level = none; amount_wan = 1000.01    | DECLINED            | E309 | E308 |

    例子: E310 流动资金用途最长 5 年，E311 超过 3 年转人工
      | 事实                                             | 结论                | 包含 | 不含      |
      | purpose = working_capital; tenor_months = 36     | APPROVE_RECOMMENDED |      | E310,E311 |
      | purpose = working_capital; tenor_months = 37     | REFERRED            | E311 | E310      |
      | purpose = working_capital; tenor_months = 60     | REFERRED            | E311 | E310      |
      | purpose = working_capital; tenor_months = 61     | DECLINED            | E310 | E311      |

    例子: E312 资产负债率超过 75% 转人工
      | 事实                        | 结论                | 包含 | 不含 |
      | asset_liability_pct = 74.99 | APPROVE_RECOMMENDED |      | E312 |
      | asset_liability_pct = 75    | APPROVE_RECOMMENDED |      | E312 |
      | asset_liability_pct = 75.01 | REFERRED            | E312 |      |

  场景大纲: 缺失不等于不符合
    假如 事实改为 "<事实> = 缺失"
    当 提交决策
    那么 结论为 "REFERRED"
    而且 待定原因提到 "<事实>"

    例子:
      | 事实               |
      | years_operating    |
      | revenue_yoy_pct    |
      | env_penalty_12m    |
      | ocf_latest_wan     |
      | overdue_days       |
      | rd_ratio_pct       |
