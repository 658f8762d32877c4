# language: zh-CN
功能: 答复完整，否则由人工处理
  答复中无法判定的部分会被指明，且不影响其余部分。批准缺少必备内容时一律转人工，并给出规则集自己的代码。

  场景: 一项无法判定即转人工，其余内容与全部原因保留
    假如 一份达标的"创新贷"申请
    而且 事实改为 "city_tier = 缺失"
    当 提交决策
    那么 结论为 "REFERRED"
    而且 原因为 "P401,P411,P422,P442"
    而且 "routing.remote_expert" 因 "city_tier" 无法判定

  场景大纲: 缺少事实不会使拒绝变为转人工
    假如 一份达标的"创新贷"申请
    而且 事实改为 "dishonest_executee = 是; <事实>"
    当 提交决策
    那么 结论为 "DECLINED"
    而且 结果代码包含 "R101"

    例子:
      | 事实                   |
      | years_operating = 缺失 |
      | city_tier = 缺失       |
      | amount_wan = 缺失      |

  场景大纲: 规则有误而使批准缺少<内容>时转人工
    假如 一份达标的"<产品>"申请
    而且 事实改为 "amount_wan = 550"
    而且 规则中的 "<原文>" 改成了 "<改文>"
    当 提交决策
    那么 结论为 "REFERRED"
    而且 首个原因为 "<代码>"

    例子:
      | 内容   | 产品                 | 原文                          | 改文                       | 代码 |
      | 审批人 | 制造业设备更新技改贷 | (500..3000]                   | (600..3000]                | Q903 |
      | 利率   | 创新贷               | max(before_floor, rate_floor) | max(before_floor, "floor") | Q902 |

  场景: 不在产品目录中的产品不得批准
    假如 一份达标的"创新贷"申请
    而且 规则中的 "SETTLE, WEALTH]" 改成了 "SETTLE, WEALTH, NEWLOAN]"
    而且 事实改为 "product = NEWLOAN; overdue_days = 200"
    当 提交决策
    那么 结论为 "REFERRED"
    而且 首个原因为 "Q901"
