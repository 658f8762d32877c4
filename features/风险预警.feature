# language: zh-CN
功能: 风险预警
  每一条信号给出一个颜色；颜色汇总成预警等级：任一红色或两个橙色为红，一个橙色或三个黄色为橙，一两个黄色为黄，其余为绿。

  背景:
    假如 一份达标的"创新贷"申请

  场景大纲: 单个信号的边界
    假如 事实改为 "<事实>"
    当 提交决策
    那么 预警等级为 "<等级>"
    而且 结果代码包含 "<包含>"
    而且 结果代码不含 "<不含>"

    例子: 资产负债率
      | 事实                        | 等级   | 包含 | 不含      |
      | asset_liability_pct = 70    | GREEN  |      | W601      |
      | asset_liability_pct = 70.01 | YELLOW | W601 | W602      |
      | asset_liability_pct = 80    | YELLOW | W601 | W602      |
      | asset_liability_pct = 80.01 | ORANGE | W602 | W601      |

    例子: 流动比率
      | 事实                 | 等级   | 包含 | 不含 |
      | current_ratio = 1    | GREEN  |      | W603 |
      | current_ratio = 0.99 | YELLOW | W603 | W604 |
      | current_ratio = 0.8  | YELLOW | W603 | W604 |
      | current_ratio = 0.79 | ORANGE | W604 | W603 |

    例子: 利息保障倍数，无利息支出不是缺失
      | 事实                  | 等级   | 包含 | 不含      |
      | interest_cover = 1.5  | GREEN  |      | W605      |
      | interest_cover = 1.49 | YELLOW | W605 | W606      |
      | interest_cover = 1    | YELLOW | W605 | W606      |
      | interest_cover = 0.99 | RED    | W606 | W605      |
      | interest_cover = 缺失 | GREEN  |      | W605,W606 |

    例子: 经营现金流
      | 事实                                   | 等级   | 包含 | 不含      |
      | ocf_latest_wan = 0.01                  | GREEN  |      | W607,W608 |
      | ocf_latest_wan = 0                     | YELLOW | W607 | W608      |
      | ocf_latest_wan = -0.01                 | YELLOW | W607 | W608      |
      | ocf_latest_wan = 0; ocf_prior_wan = 0  | ORANGE | W608 | W607      |
      | ocf_latest_wan = 1; ocf_prior_wan = -1 | GREEN  |      | W607,W608 |

    例子: 应收账款天数与对外担保
      | 事实                                | 等级   | 包含 | 不含 |
      | receivable_days = 180               | GREEN  |      | W609 |
      | receivable_days = 181               | YELLOW | W609 |      |
      | guarantee_to_net_assets_pct = 50    | GREEN  |      | W610 |
      | guarantee_to_net_assets_pct = 50.01 | YELLOW | W610 | W611 |
      | guarantee_to_net_assets_pct = 100   | YELLOW | W610 | W611,R114 |
      | guarantee_to_net_assets_pct = 100.01 | ORANGE | W611,R114 | W610 |

    例子: 营收下降
      | 事实                      | 等级   | 包含 | 不含 |
      | revenue_yoy_pct = -19.99  | GREEN  |      | W612 |
      | revenue_yoy_pct = -20     | YELLOW | W612 | W613 |
      | revenue_yoy_pct = -39.99  | YELLOW | W612 | W613 |
      | revenue_yoy_pct = -40     | ORANGE | W613 | W612 |

    例子: 逾期天数
      | 事实              | 等级   | 包含 | 不含      |
      | overdue_days = 0  | GREEN  |      | W614,R105 |
      | overdue_days = 1  | YELLOW | W614,R105 | W615 |
      | overdue_days = 30 | YELLOW | W614,R105 | W615,R104 |
      | overdue_days = 31 | ORANGE | W615,R104 | W614,R105 |
      | overdue_days = 90 | ORANGE | W615 | W616      |
      | overdue_days = 91 | RED    | W616 | W615      |

    例子: 名单、处罚与纳税信用
      | 事实                      | 等级   | 包含 | 不含 |
      | dishonest_executee = true | RED    | W617,R101 |  |
      | env_penalty_12m = true    | YELLOW | W618 |      |
      | tax_rating = C            | GREEN  |      | W619 |
      | tax_rating = D            | ORANGE | W619 |      |

  场景大纲: 信号如何汇总成等级
    假如 事实改为 "<事实>"
    当 提交决策
    那么 预警等级为 "<等级>"

    例子:
      | 事实                                                                            | 等级   |
      | receivable_days = 181; env_penalty_12m = true                                   | YELLOW |
      | receivable_days = 181; env_penalty_12m = true; revenue_yoy_pct = -20            | ORANGE |
      | tax_rating = D; receivable_days = 181; env_penalty_12m = true                   | ORANGE |
      | tax_rating = D; revenue_yoy_pct = -40                                           | RED    |
      | interest_cover = 0.5                                                            | RED    |
