# language: zh-CN
功能: 客户三层分级
  评分卡满分 100 分：企业资质 30、财务状况 40、经营业绩 30。80 分及以上为战略客户，60 分及以上为核心客户。
  小巨人可以上调，任何封顶都压过上调，缺少必填评分事实则不评级并转人工。

  背景:
    假如 一份达标的"制造业设备更新技改贷"申请

  场景大纲: 评分跨过分数线，层级随之改变
    假如 事实改为 "<事实>"
    当 提交决策
    那么 评分为 <评分>
    而且 层级为 "<层级>"

    例子: 恰好 80 分，向两侧各走一步
      | 事实                                          | 评分 | 层级      |
      | credit_rating = AA; settlement_share_pct = 9  | 80   | strategic |
      | credit_rating = AA; receivable_days = 91      | 80   | strategic |
      | credit_rating = AA; receivable_days = 120; settlement_share_pct = 9 | 78 | core |
      | credit_rating = AA                            | 82   | strategic |

    例子: 60 分上下
      | 事实                                                                                              | 评分 | 层级     |
      | asset_liability_pct = 70; current_ratio = 1; interest_cover = 3; receivable_days = 60             | 68   | core     |
      | asset_liability_pct = 70; current_ratio = 1; interest_cover = 3; receivable_days = 121            | 62   | core     |
      | asset_liability_pct = 70; current_ratio = 1; interest_cover = 3; receivable_days = 121; settlement_share_pct = 9 | 60 | core |
      | asset_liability_pct = 70; current_ratio = 1; interest_cover = 3; receivable_days = 121; profit_years = 2 | 59 | ordinary |

  场景大纲: 上调与封顶
    假如 事实改为 "<事实>"
    当 提交决策
    那么 层级为 "<层级>"
    而且 结果代码包含 "<包含>"
    而且 结果代码不含 "<不含>"

    例子: 小巨人上调 T201，要求 AA 及以上且得分 75 及以上
      | 事实                                                                                   | 层级      | 包含 | 不含 |
      | credit_rating = AA; srdi_level = little_giant; tax_rating = D; settlement_share_pct = 9; receivable_days = 91 | strategic | T201 | T202 |
      | credit_rating = AA; srdi_level = srdi; tax_rating = D; settlement_share_pct = 9; receivable_days = 91         | core      |      | T201 |
      | credit_rating = AA; srdi_level = little_giant; tax_rating = D; settlement_share_pct = 9; receivable_days = 121; profit_years = 2 | core |  | T201 |

    例子: 评级封顶 T202
      | 事实                | 层级      | 包含 | 不含 |
      | credit_rating = A   | core      | T202 |      |
      | credit_rating = AA  | strategic |      | T202 |
      | credit_rating = AAA | strategic |      | T202 |

    例子: 财务得分封顶 T203（低于 20）与 T204（低于 12）
      | 事实 | 层级 | 包含 | 不含 |
      | credit_rating = AAA; asset_liability_pct = 70; current_ratio = 1; interest_cover = 1.2; receivable_days = 61; srdi_level = little_giant; revenue_growth_pct = 20; relationship_years = 5; settlement_share_pct = 50 | strategic |  | T203 |
      | credit_rating = AAA; asset_liability_pct = 70; current_ratio = 1; interest_cover = 1.2; ocf_prior_wan = 0; receivable_days = 60; srdi_level = little_giant; revenue_growth_pct = 20; relationship_years = 5; settlement_share_pct = 50 | core | T201,T203 | T204 |
      | credit_rating = AAA; asset_liability_pct = 80; current_ratio = 0.9; interest_cover = 1.2; ocf_prior_wan = 0; receivable_days = 120; srdi_level = little_giant; revenue_growth_pct = 20; relationship_years = 5; settlement_share_pct = 50 | ordinary | T204 |  |
      | credit_rating = AAA; asset_liability_pct = 70; current_ratio = 0.9; interest_cover = 1.2; ocf_prior_wan = 0; receivable_days = 120; srdi_level = little_giant; revenue_growth_pct = 20; relationship_years = 5; settlement_share_pct = 50 | core |  | T203,T204 |

    例子: 关注类 T205、成立不足两年 T206、审计意见 T207、环境红牌 T208、红色预警 T209
      | 事实                                             | 层级      | 包含 | 不含 |
      | credit_rating = AA; five_category = special_mention | ordinary | T205 |   |
      | credit_rating = AA; five_category = normal       | strategic |      | T205 |
      | credit_rating = AAA; years_operating = 1.99      | core      | T206 |      |
      | credit_rating = AAA; years_operating = 2         | strategic |      | T206 |
      | credit_rating = AA; audit_opinion = qualified    | core      | T207 |      |
      | credit_rating = AA; audit_opinion = none         | core      | T207 |      |
      | credit_rating = AA; audit_opinion = unqualified  | strategic |      | T207 |
      | credit_rating = AAA; srdi_level = little_giant; env_rating = red | ordinary | T208 | |
      | credit_rating = AAA; srdi_level = little_giant; env_rating = yellow | strategic | | T208 |
      | credit_rating = AAA; overdue_days = 91           | ordinary  | T209 |      |
      | credit_rating = AAA; overdue_days = 90           | strategic |      | T209 |

  场景大纲: 缺少必填评分事实，不评级并转人工
    假如 事实改为 "<事实> = 缺失"
    当 提交决策
    那么 层级为 "unrated"
    而且 结论为 "REFERRED"
    而且 结果代码包含 "T210"
    而且 价格仅供参考

    例子:
      | 事实                |
      | credit_rating       |
      | asset_liability_pct |
      | current_ratio       |
      | revenue_growth_pct  |
      | profit_years        |
