"""What goes wrong, as problem details (RFC 9457): a stable code, a status, and zh/en texts. No web framework here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.model.vocabulary import Text

Language = Literal["zh", "en"]


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
        Text("请求体接收超时", "the body did not arrive in time"),
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
    "trace_not_reproducible": Kind(
        409,
        Text("无法重现完整轨迹", "the full trace cannot be reproduced"),
        Text(
            "用存储的规则与输入重新决策得到了不同结果，请调用 replay 查看差异",
            "deciding again from the stored rules and inputs gave another result; call replay to see what differs",
        ),
    ),
    "release_unreadable": Kind(
        409,
        Text("本版本服务无法读取该规则发布", "this version of the service cannot read the release"),
        Text("请用作出该决策的服务版本重放", "replay with the version of the service that decided"),
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
    "unsupported_media_type": Kind(
        415,
        Text("不支持的内容类型", "the content type is not supported"),
        Text("需要 Content-Type: application/json（UTF-8）", "Content-Type: application/json (UTF-8) is expected"),
    ),
    "invalid": Kind(
        422,
        Text("内容不符合要求", "the content is not acceptable"),
        Text("全部问题见 errors", "`errors` lists every fault"),
    ),
    "internal": Kind(
        500,
        Text("服务内部错误", "the service failed"),
        Text("请凭 trace_id 联系运维", "quote the trace_id to the operators"),
    ),
    "store_unavailable": Kind(
        503,
        Text("存储暂不可用", "the store is not available"),
        Text("未作出任何决策，请稍后重试", "no decision was given; try again later"),
    ),
    "signing_key_missing": Kind(
        503,
        Text("没有日志的签名密钥", "the log's signing key is not here"),
        Text("证据包须由日志的签名密钥签署", "a pack of evidence is signed with the key that signs the log"),
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
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    503: "overloaded",
}
RETRY_AFTER = 2
"""Seconds a client is asked to wait after a 503."""


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One fault of one field or parameter. `code` is stable; `allowed` and `nearest` help the caller on."""

    code: str
    detail: Text
    allowed: tuple[object, ...] | None = None
    nearest: str | None = None


@dataclass(frozen=True, slots=True)
class PlacedFault:
    """A fault with the JSON pointer (RFC 6901) of the field in the body, or the name of the parameter."""

    fault: FieldFault
    pointer: str | None = None
    parameter: str | None = None


class Problem(Exception):
    """The request ends here, with this problem. `subject` fills the detail text of the kind, `more` are members."""

    def __init__(
        self,
        code: str,
        faults: tuple[PlacedFault, ...] = (),
        subject: Text | None = None,
        more: Mapping[str, object] | None = None,
    ) -> None:
        self.code = code
        self.faults = faults
        self.subject = subject or Text("", "")
        self.more = more or {}
        super().__init__(code)

    @property
    def kind(self) -> Kind:
        """The kind that `code` names."""
        return KINDS[self.code]


def pointer(*parts: str | int) -> str:
    """The JSON pointer (RFC 6901) of a place."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def document(problem: Problem, language: Language, trace_id: str) -> dict[str, object]:
    """The problem as RFC 9457 members, texts in `language`."""
    kind = problem.kind
    found: dict[str, object] = {
        "type": f"urn:greenlane:problem:{problem.code}",
        "title": _in(kind.title, language),
        "status": kind.status,
        "detail": _in(kind.detail, language).replace("{subject}", _in(problem.subject, language)),
        "code": problem.code,
        "trace_id": trace_id,
    }
    if problem.faults:
        found["errors"] = [_fault(f, language) for f in problem.faults]
    return {**found, **problem.more}


def _fault(placed: PlacedFault, language: Language) -> dict[str, object]:
    fault = placed.fault
    found: dict[str, object] = {}
    if placed.pointer is not None:
        found["pointer"] = placed.pointer
    if placed.parameter is not None:
        found["parameter"] = placed.parameter
    found["code"] = fault.code
    found["detail"] = _in(fault.detail, language)
    if fault.allowed is not None:
        found["allowed"] = list(fault.allowed)
    if fault.nearest is not None:
        found["nearest"] = fault.nearest
    return found


def _in(text: Text, language: Language) -> str:
    return text.zh if language == "zh" else text.en
