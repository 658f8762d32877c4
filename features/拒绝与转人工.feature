# language: zh-CN
功能: 通用否决与转人工
  六个贷款产品共用的否决；任一拒绝即拒绝，否则任一转人工即转人工。必填事实缺失从不视为通过。

  背景:
    假如 一份达标的"中小灵活循环贷"申请

  场景大纲: 通用否决的边界
    假如 事实改为 "<事实>"
    当 提交决策
    那么 结论为 "<结论>"
    而且 结果代码包含 "<包含>"
    而且 结果代码不含 "<不含>"

    例子: 名单与违法
      | 事实                             | 结论                | 包含 | 不含 |
      | dishonest_executee = true        | DECLINED            | R101 |      |
      | serious_violation_list = true    | DECLINED            | R102 |      |
      | env_major_violation_36m = true   | DECLINED            | R106 |      |
      | obsolete_capacity = true         | DECLINED            | R108 |      |
      | abnormal_operation_list = true   | REFERRED            | R111 |      |
      | abnormal_operation_list = false  | APPROVE_RECOMMENDED |      | R111 |

    例子: 五级分类
      | 事实                            | 结论                | 包含 | 不含      |
      | five_category = substandard     | DECLINED            | R103 | R116      |
      | five_category = doubtful        | DECLINED            | R103 |           |
      | five_category = loss            | DECLINED            | R103 |           |
      | five_category = special_mention | REFERRED            | R116 | R103      |
      | five_category = normal          | APPROVE_RECOMMENDED |      | R103,R116 |

    例子: 逾期
      | 事实              | 结论                | 包含 | 不含      |
      | overdue_days = 0  | APPROVE_RECOMMENDED |      | R104,R105 |
      | overdue_days = 1  | REFERRED            | R105 | R104      |
      | overdue_days = 30 | REFERRED            | R105 | R104      |
      | overdue_days = 31 | DECLINED            | R104 | R105      |

    例子: 用途
      | 事实                        | 结论                | 包含 | 不含 |
      | purpose = equity_investment | DECLINED            | R107 |      |
      | purpose = land_purchase     | DECLINED            | R107 |      |
      | purpose = securities        | DECLINED            | R107 |      |
      | purpose = speculation       | DECLINED            | R107 |      |
      | purpose = working_capital   | APPROVE_RECOMMENDED |      | R107 |

    例子: 单一客户 10% 与集团 20%
      | 事实                                                 | 结论                | 包含 | 不含 |
      | net_capital_wan = 3000.01                            | APPROVE_RECOMMENDED |      | R109 |
      | net_capital_wan = 3000                               | APPROVE_RECOMMENDED |      | R109 |
      | net_capital_wan = 2999.99                            | DECLINED            | R109 |      |
      | tier1_net_wan = 1500.01                              | APPROVE_RECOMMENDED |      | R110 |
      | tier1_net_wan = 1500                                 | APPROVE_RECOMMENDED |      | R110 |
      | tier1_net_wan = 1499.99                              | DECLINED            | R110 |      |

    例子: 评级、资产负债率、担保、审计意见
      | 事实                                 | 结论                | 包含      | 不含 |
      | credit_rating = B                    | DECLINED            | E386      | R112 |
      | credit_rating = CCC                  | DECLINED            | R112,E386 |      |
      | credit_rating = D                    | DECLINED            | R112      |      |
      | asset_liability_pct = 85             | APPROVE_RECOMMENDED |           | R113 |
      | asset_liability_pct = 85.01          | REFERRED            | R113      |      |
      | guarantee_to_net_assets_pct = 100    | APPROVE_RECOMMENDED |           | R114 |
      | guarantee_to_net_assets_pct = 100.01 | REFERRED            | R114      |      |
      | audit_opinion = adverse              | DECLINED            | R115      |      |
      | audit_opinion = disclaimer           | DECLINED            | R115      |      |
      | audit_opinion = qualified            | APPROVE_RECOMMENDED |           | R115 |

  场景大纲: 必填事实缺失转人工 R198
    假如 事实改为 "<事实> = 缺失"
    当 提交决策
    那么 结论为 "REFERRED"
    而且 结果代码包含 "R198"
    而且 价格仅供参考

    例子:
      | 事实                        |
      | dishonest_executee          |
      | serious_violation_list      |
      | abnormal_operation_list     |
      | five_category               |
      | overdue_days                |
      | env_major_violation_36m     |
      | obsolete_capacity           |
      | existing_loans_wan          |
      | group_exposure_wan          |
      | purpose                     |
      | guarantee_type              |
      | audit_opinion               |
      | guarantee_to_net_assets_pct |
      | tax_rating                  |

  场景: 划型指标缺失转人工 S05
    假如 事实改为 "employees = 缺失"
    当 提交决策
    那么 结果代码包含 "S05"
    而且 拒绝代码为 "E381"

  场景: 拒绝的客户没有价格、没有通道、没有服务推荐
    假如 事实改为 "dishonest_executee = true"
    当 提交决策
    那么 结论为 "DECLINED"
    而且 没有价格
    而且 没有通道
    而且 没有服务推荐
