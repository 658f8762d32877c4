# language: zh-CN
功能: 碳中和贷与绿色通道
  新能源项目享受优惠利率和 7 个工作日的绿色通道；任一否决把绿色通道关上，贷款本身仍可推荐。

  背景:
    假如 一份达标的"碳中和贷"申请

  场景: 光伏项目跨中秋国庆，7 个工作日内答复
    当 提交决策
    那么 结论为 "APPROVE_RECOMMENDED"
    而且 通道为 "GREEN"
    而且 答复期限为 "2026-10-12"
    而且 利率为 "3.00"
    而且 结果代码包含 "G501,P412"

  场景大纲: 碳中和贷准入
    假如 事实改为 "<事实>"
    当 提交决策
    那么 结论为 "<结论>"
    而且 结果代码包含 "<包含>"
    而且 结果代码不含 "<不含>"

    例子: E321 三类减排领域
      | 事实                                  | 结论                | 包含 | 不含 |
      | green_category = none                 | DECLINED            | E321 |      |
      | green_category = other_green          | DECLINED            | E321 |      |
      | green_category = energy_saving        | APPROVE_RECOMMENDED |      | E321 |
      | green_category = carbon_reduction_tech | APPROVE_RECOMMENDED |     | E321 |

    例子: E322 资本金至少 20%
      | 事实                                   | 结论                | 包含 | 不含 |
      | capital_wan = 5999.99; amount_wan = 20000 | DECLINED         | E322 |      |
      | capital_wan = 6000; amount_wan = 20000    | APPROVE_RECOMMENDED |   | E322 |
      | capital_wan = 6000.01; amount_wan = 20000 | APPROVE_RECOMMENDED |   | E322 |

    例子: E323 审批、E324 减排量、E325 核证
      | 事实                                                  | 结论                | 包含 | 不含      |
      | approvals_complete = false                            | DECLINED            | E323 |           |
      | carbon_reduction_tpa = 0                              | DECLINED            | E324 | E325      |
      | carbon_reduction_tpa = 0.01                           | APPROVE_RECOMMENDED |      | E324,E325 |
      | carbon_reduction_tpa = 0.01; carbon_verified = false  | REFERRED            | E325 | E324      |

    例子: E326 最长 180 个月
      | 事实               | 结论                | 包含 | 不含 |
      | tenor_months = 179 | APPROVE_RECOMMENDED |      | E326 |
      | tenor_months = 180 | APPROVE_RECOMMENDED |      | E326 |
      | tenor_months = 181 | DECLINED            | E326 |      |

    例子: E328 不超过总投资减资本金
      | 事实                  | 结论                | 包含 | 不含 |
      | amount_wan = 22499.99 | APPROVE_RECOMMENDED |      | E328 |
      | amount_wan = 22500    | APPROVE_RECOMMENDED |      | E328 |
      | amount_wan = 22500.01 | DECLINED            | E328 |      |

    例子: E329 环境红牌、E330 两高行业仅限节能改造
      | 事实                                                  | 结论                | 包含 | 不含 |
      | env_rating = red                                      | DECLINED            | E329 |      |
      | env_rating = yellow                                   | APPROVE_RECOMMENDED | G511 | E329 |
      | industry_code = D4411                                 | DECLINED            | E330 |      |
      | industry_code = D4411; green_category = energy_saving | APPROVE_RECOMMENDED |      | E330 |
      | industry_code = C3011                                 | DECLINED            | E330 |      |
      | industry_code = C2911                                 | APPROVE_RECOMMENDED |      | E330 |

  场景大纲: 绿色通道的否决
    假如 事实改为 "<事实>"
    当 提交决策
    那么 通道为 "<通道>"
    而且 结论为 "<结论>"
    而且 结果代码包含 "<包含>"
    而且 结果代码不含 "<不含>"

    例子:
      | 事实                       | 通道     | 结论                | 包含      | 不含 |
      | env_rating = yellow        | STANDARD | APPROVE_RECOMMENDED | G501,G511 | G518 |
      | env_rating = blue          | GREEN    | APPROVE_RECOMMENDED | G501      | G511 |
      | env_penalty_12m = true     | STANDARD | APPROVE_RECOMMENDED | G512      |      |
      | carbon_verified = false    | STANDARD | REFERRED            | G515,G518 |      |
      | asset_liability_pct = 80.01 | STANDARD | APPROVE_RECOMMENDED | G516,W602 | G518 |
      | asset_liability_pct = 80   | GREEN    | APPROVE_RECOMMENDED | W601      | G516 |
      | documents_complete = false | STANDARD | APPROVE_RECOMMENDED | G517      |      |
      | overdue_days = 1           | STANDARD | REFERRED            | G518,R105 | G516 |

  场景大纲: 绿色技改和绿色项目要求核心以上客户
    假如 一份达标的"<产品>"申请
    而且 事实改为 "<事实>"
    当 提交决策
    那么 通道为 "<通道>"
    而且 结果代码包含 "<包含>"
    而且 结果代码不含 "<不含>"

    例子:
      | 产品                 | 事实                                                                              | 通道     | 包含      | 不含 |
      | 制造业设备更新技改贷 | green_category = energy_saving; approvals_complete = true; carbon_verified = true | GREEN    | G502      |      |
      | 制造业设备更新技改贷 | green_category = energy_saving; approvals_complete = false; carbon_verified = true | STANDARD | G502,G514 |     |
      | 制造业设备更新技改贷 | green_category = other_green; approvals_complete = true; carbon_verified = true   | STANDARD |           | G502 |
      | 项目融资             | green_category = clean_energy; carbon_verified = true                             | GREEN    | G502      |      |
      | 项目融资             | green_category = clean_energy; carbon_verified = true; five_category = special_mention | STANDARD |      | G502 |
      | 制造业设备更新技改贷 | industry_code = C3011; green_category = clean_energy; approvals_complete = true; carbon_verified = true | STANDARD | G502,G513 | |

  场景: 日历没有覆盖的年份不猜
    假如 事实改为 "application_date = 2026-12-28"
    当 提交决策
    那么 通道为 "GREEN"
    而且 没有答复期限
    而且 结果代码包含 "CAL901"
