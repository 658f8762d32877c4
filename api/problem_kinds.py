"""Every kind of problem the service can answer with: a stable code, a status, zh/en texts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from greenlane.engine.text import Text


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem. `title` is fixed, `detail` may hold `{subject}`."""

    status: int
    title: Text
    detail: Text


KINDS: Mapping[str, Kind] = {
    "not_json": Kind(
        400,
        Text("请求体不是合法的 JSON", "the body is not valid JSON"),
        Text(
            "需要 UTF-8 编码的 JSON，数字为有限十进制数（不接受 NaN、Infinity）",
            "UTF-8 JSON is expected, with finite decimal numbers (no NaN, no Infinity)",
        ),
    ),
    "duplicate_key": Kind(
        400,
        Text("对象中有重复的键", "an object has the same key twice"),
        Text("键 `{subject}` 出现了不止一次", "the key `{subject}` is given more than once"),
    ),
    "too_deep": Kind(
        400,
        Text("JSON 嵌套过深", "the JSON is nested too deeply"),
        Text("最多允许 16 层", "at most 16 levels are accepted"),
    ),
    "bad_request": Kind(
        400,
        Text("请求无法理解", "the request cannot be understood"),
        Text("请检查请求格式", "check the form of the request"),
    ),
    "unauthenticated": Kind(
        401,
        Text("需要凭证", "a credential is needed"),
        Text(
            "请在 Authorization: Bearer 中给出 API 密钥或令牌",
            "send an API key or a token as `Authorization: Bearer …`",
        ),
    ),
    "credential_refused": Kind(
        401,
        Text("凭证无效", "the credential is not valid"),
        Text(
            "密钥或令牌不存在、已过期、已吊销或不是签发给本服务的",
            "the key or token is unknown, expired, revoked or not meant for this service",
        ),
    ),
    "forbidden": Kind(
        403,
        Text("无此权限", "the caller may not do this"),
        Text("需要角色 `{subject}`", "the role `{subject}` is needed"),
    ),
    "not_found": Kind(
        404,
        Text("没有此资源", "there is no such resource"),
        Text("地址或编号不存在", "no resource has this address or id"),
    ),
    "not_in_log": Kind(
        404,
        Text("日志中没有此条目或大小", "the log has no such entry or size"),
        Text("日志当前大小见 /v1/log/head", "/v1/log/head tells the size of the log"),
    ),
    "no_such_page": Kind(
        404,
        Text("没有此页", "there is no such page"),
        Text("cursor 不是此查询给出的", "the cursor was not given by this search"),
    ),
    "method_not_allowed": Kind(
        405,
        Text("不支持此方法", "the method is not supported here"),
        Text("支持的方法见 Allow 头", "the Allow header lists the methods supported"),
    ),
    "too_slow": Kind(
        408,
        Text("请求接收超时", "the request did not arrive in time"),
        Text("未作出任何决策，请重新发送", "no decision was given; send the request again"),
    ),
    "idempotency_conflict": Kind(
        409,
        Text("幂等键已用于另一请求", "the idempotency key was used for another request"),
        Text(
            "相同的 Idempotency-Key 必须配相同的请求体和参数",
            "the same Idempotency-Key must come with the same body and parameters",
        ),
    ),
    "not_in_force": Kind(
        409,
        Text("规则在该日期未生效", "the rules are not in force on that date"),
        Text("当前规则的生效期为 {subject}", "the current rules are in force {subject}"),
    ),
    "step_not_allowed": Kind(
        409,
        Text("该规则发布当前状态不允许此操作", "the release is not in a state for this step"),
        Text("当前状态：{subject}", "its state is {subject}"),
    ),
    "four_eyes": Kind(
        409,
        Text("不得审批本人起草或提交的规则发布（四眼原则）", "nobody approves what they drafted or submitted"),
        Text("请由其他有审批权限的人审批", "another person who may approve has to"),
    ),
    "evidence_missing": Kind(
        409,
        Text("缺少审批所需的证据", "the evidence that an approval needs is missing"),
        Text("请重新提交，由服务检查规则并运行案例", "submit again: the service checks the files and runs the cases"),
    ),
    "evidence_pending": Kind(
        409,
        Text("该规则发布的提交正在评审", "a submission of the release is still being judged"),
        Text(
            "结果见该发布的 submission；请稍后重试",
            "`submission` of the release tells what comes of it; try again then",
        ),
    ),
    "cases_differ": Kind(
        409,
        Text("案例结果与预期不符，未提交", "cases come out other than expected; nothing was submitted"),
        Text("全部差异见 errors", "`errors` lists every difference"),
    ),
    "rows_not_reached": Kind(
        409,
        Text("有改动的规则行没有案例覆盖，未提交", "changed rows hold in no worked case; nothing was submitted"),
        Text("全部此类规则行见 errors", "`errors` lists every such row"),
    ),
    "cases_missing": Kind(
        409,
        Text("规则文件中没有案例，未提交", "the rule files have no worked cases; nothing was submitted"),
        Text("请添加 cases/名称.json", "add `cases/NAME.json` with an application and what is expected of its outcome"),
    ),
    "version_not_raised": Kind(
        409,
        Text("版本号未提高", "the version is not raised"),
        Text("须高于当前生效的版本 {subject}", "it must be above {subject}, which is in force"),
    ),
    "nothing_to_roll_back": Kind(
        409,
        Text("没有可回退到的上一版本", "there is no release before to go back to"),
        Text("请用 to 指明曾生效的规则发布", "name a release that was in force before, with `to`"),
    ),
    "files_decide": Kind(
        409,
        Text("当前由规则文件决策", "rule files decide here, not releases"),
        Text("需要 GREENLANE_RULES_MODE=releases", "GREENLANE_RULES_MODE=releases makes releases decide"),
    ),
    "no_release_then": Kind(
        409,
        Text("该时点没有生效的规则发布", "no release was in force then"),
        Text(
            "按 as_of 与 known_at 找不到生效的规则发布，见 GET /v1/releases:log",
            "as of that day, as known at that moment, no release was in force; see GET /v1/releases:log",
        ),
    ),
    "known_at_needs_releases": Kind(
        409,
        Text("当前由规则文件决策，不支持 known_at", "rule files decide: there is nothing to choose by known_at"),
        Text(
            "known_at 需要 GREENLANE_RULES_MODE=releases",
            "known_at needs a service that runs with GREENLANE_RULES_MODE=releases",
        ),
    ),
    "trace_not_reproducible": Kind(
        409,
        Text("无法重现完整轨迹", "the full trace cannot be reproduced"),
        Text(
            "用存储的规则与输入重新决策得到了不同结果，请调用 replay 查看差异",
            "deciding again from the stored rules and inputs gave another result; call replay to see what differs",
        ),
    ),
    "altered": Kind(
        409,
        Text("存储的决策已被更改或无法读取", "what is stored of the decision was altered or cannot be read"),
        Text(
            "决策 {subject} 的存储内容与写入时不符，不予展示；请联系运维，用 greenlane audit verify 查明何处被改",
            "decision {subject} is not as it was stored, so it is not shown; ask the operators: "
            "`greenlane audit verify` tells what was altered",
        ),
    ),
    "release_unreadable": Kind(
        409,
        Text("本版本服务无法读取该规则发布", "this version of the service cannot read the release"),
        Text("请用作出该决策的服务版本重放", "replay with the version of the service that decided"),
    ),
    "key_not_valid": Kind(
        409,
        Text("密钥已失效", "the key is not valid any more"),
        Text("已吊销或已过期的密钥不能轮换，请新建", "a revoked or expired key cannot be rotated; make a new one"),
    ),
    "review_out_of_turn": Kind(
        409,
        Text("复核状态不符", "the review is not at that point"),
        Text(
            "复核进行中不可再次申请；没有待复核的申请时不可给出结论",
            "a review is asked for while none is open, and decided while one is",
        ),
    ),
    "erased": Kind(
        410,
        Text("个人数据已删除", "the personal data has been erased"),
        Text(
            "该客户的数据密钥已销毁，申请、答复与轨迹无法再读取；仍保留的内容见 remains",
            "the customer's data key was destroyed: application, answer and trace can no longer be read; "
            "`remains` has what stays",
        ),
    ),
    "too_large": Kind(
        413,
        Text("请求体过大", "the body is too large"),
        Text("单笔申请上限 1 MB，批量上限 8 MB", "the limit is 1 MB for one application, 8 MB for a batch"),
    ),
    "address_too_long": Kind(
        414,
        Text("地址过长", "the address is too long"),
        Text("请求行上限 4,094 字节", "the request line may have 4,094 bytes"),
    ),
    "answer_full": Kind(
        413,
        Text("批量答复已满", "the answer of the batch is full"),
        Text(
            "此前各笔的答复已达 {subject} 字节，本笔未作决策；请分批重发其余申请，或少要轨迹（trace）",
            "the decisions before have {subject} bytes and nothing was decided here; "
            "send the rest in another batch, or ask for less trace",
        ),
    ),
    "unsupported_media_type": Kind(
        415,
        Text("不支持的内容类型", "the content type is not supported"),
        Text("需要 Content-Type: application/json（UTF-8）", "Content-Type: application/json (UTF-8) is expected"),
    ),
    "unsupported_encoding": Kind(
        415,
        Text("不支持的内容编码", "the content encoding is not supported"),
        Text("请发送未压缩的请求体，不带 Content-Encoding", "send the body as it is, without Content-Encoding"),
    ),
    "expectation_failed": Kind(
        417,
        Text("无法满足 Expect 头", "the Expect header cannot be met"),
        Text("只支持 100-continue", "only `100-continue` is known"),
    ),
    "invalid": Kind(
        422,
        Text("内容不符合要求", "the content is not acceptable"),
        Text("全部问题见 errors", "`errors` lists every fault"),
    ),
    "too_many_requests": Kind(
        429,
        Text("请求过于频繁", "too many requests"),
        Text("请在 Retry-After 所示秒数后重试", "try again after the seconds that Retry-After says"),
    ),
    "headers_too_large": Kind(
        431,
        Text("请求头过大", "the header fields are too large"),
        Text(
            "最多 100 个字段，每个上限 8,190 字节，合计上限 65,536 字节",
            "at most 100 fields of 8,190 bytes, 65,536 bytes in all",
        ),
    ),
    "rules_faulty": Kind(
        422,
        Text("规则文件有错误，未保存", "the rule files have errors; nothing was stored"),
        Text("全部问题见 errors，均指到 文件:行:列", "`errors` lists every fault at its file:line:column"),
    ),
    "internal": Kind(
        500,
        Text("服务内部错误", "the service failed"),
        Text("请凭 trace_id 联系运维", "quote the trace_id to the operators"),
    ),
    "transfer_coding_unknown": Kind(
        501,
        Text("不支持的传输编码", "the transfer coding is not known"),
        Text("只支持 Transfer-Encoding: chunked", "only `Transfer-Encoding: chunked` is known"),
    ),
    "store_unavailable": Kind(
        503,
        Text("存储暂不可用", "the store is not available"),
        Text("未作出任何决策，请稍后重试", "no decision was given; try again later"),
    ),
    "log_fork": Kind(
        503,
        Text("日志与已见证的树头不符，不再签名", "the log is not the one that was witnessed; nothing is signed"),
        Text(
            "数据库可能是旧副本。请联系运维：由管理员在案处理之前，不作决策也不提供数据",
            "the database may be an older copy; ask the operators: nothing is decided or shown until an admin settles "
            "it on record",
        ),
    ),
    "signing_key_missing": Kind(
        503,
        Text("没有日志的签名密钥", "the log's signing key is not here"),
        Text("证据包须由日志的签名密钥签署", "a pack of evidence is signed with the key that signs the log"),
    ),
    "drafts_busy": Kind(
        503,
        Text("正在审查其他规则草稿", "other drafts of rules are being examined"),
        Text("请在 Retry-After 所示秒数后重试", "try again after the seconds that Retry-After says"),
    ),
    "overloaded": Kind(
        503,
        Text("服务繁忙", "the service is too busy"),
        Text("未作出任何决策，请稍后重试", "no decision was given; try again later"),
    ),
}
"""Every problem the service can answer with, by code."""

BY_STATUS: Mapping[int, str] = {
    404: "not_found",
    405: "method_not_allowed",
    408: "too_slow",
    413: "too_large",
    414: "address_too_long",
    415: "unsupported_media_type",
    422: "invalid",
    503: "overloaded",
}
"""The problem for a status that a library answers with by itself."""
