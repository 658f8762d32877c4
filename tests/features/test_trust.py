"""Runs the specifications in `features/trust`, in Chinese and in English: releases, privacy, evidence."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pytest_bdd import given, parsers, scenarios, then, when

from greenlane.api.cli import main
from tests.api.auditor import CORRECTED, SEEDED, Bank, Machine, application, limited
from tests.api.conftest import USCC
from tests.api.submitting import asked

scenarios("../../features/trust")


@dataclass
class Telling:
    """A bank, and what the steps of a scenario speak of."""

    bank: Bank
    directory: Path
    release: str = ""
    answer: dict[str, Any] = field(default_factory=dict)
    response: Any = None

    def post(self, name: str, path: str, body: Mapping[str, Any] | None = None) -> None:
        """Somebody does something, which may be refused."""
        self.response = self.bank.people()[name].post(path, body)

    def get(self, name: str, path: str) -> Any:
        """What somebody reads, if they may."""
        self.response = self.bank.people()[name].get(path)
        return self.response.get_json()

    def decided(self) -> str:
        """The path of the decision."""
        return f"/v1/decisions/{self.answer['decision_id']}"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """The auditor's machine."""
    return Machine.install(tmp_path_factory.mktemp("machine"))


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[Telling]:
    """What the scenario speaks of, on a database of its own."""
    bank = Bank(
        tmp_path,
        f"sqlite:///{tmp_path}/greenlane.db",
        GREENLANE_RETENTION="APPROVED=5 *=30",
        GREENLANE_DRAFT_ANSWER="1",
    )
    yield Telling(bank, tmp_path)
    bank.services.close()


@given("a bank where releases decide")
@given("一家由发布决策的银行")
def bank_of_releases(telling: Telling) -> None:
    assert telling.get("Ann", "/v1/releases")["releases"][0]["current"] is True


@given("a decision about a company")
@given("一家企业的一笔决策")
def decision(telling: Telling) -> None:
    telling.answer = telling.bank.decide(application(), "?trace=fired")


@given(parsers.parse("{author}'s limit of {limit:d}, approved by {approver}"))
@given(parsers.parse("{author} 的限额 {limit:d} 已由 {approver} 批准"))
def approved_limit(telling: Telling, author: str, limit: int, approver: str) -> None:
    drafted(telling, author, limit)
    approved(telling, approver)
    assert telling.response.status_code == 200


@when(parsers.parse("{author}'s limit of {limit:d}, approved by {approver}, comes to decide"))
@when(parsers.parse("{author} 起草、{approver} 批准的限额 {limit:d} 生效"))
def decides(telling: Telling, author: str, limit: int, approver: str) -> None:
    approved_limit(telling, author, limit, approver)
    activated(telling, approver)
    assert telling.response.status_code == 200


@when(
    parsers.parse(
        "{author}'s correction of February's rate to 3.00, approved by {approver}, comes to decide from \"{day}\""
    )
)
@when(parsers.parse('{author} 起草、{approver} 批准的二月利率更正为 3.00 自 "{day}" 起生效'))
def corrected(telling: Telling, author: str, approver: str, day: str) -> None:
    people = telling.bank.people()
    telling.release = telling.bank.release(CORRECTED, people[author], people[approver], effective_from=day)


@when(parsers.parse("{name} drafts a limit of {limit:d}"))
@when(parsers.parse("{name} 起草限额 {limit:d}"))
def only_drafted(telling: Telling, name: str, limit: int) -> None:
    telling.post(name, "/v1/releases", {"files": limited(limit)})


@when(parsers.parse("{name} drafts rules of {size:d} MB"))
@when(parsers.parse("{name} 起草 {size:d} MB 的规则"))
def drafted_large(telling: Telling, name: str, size: int) -> None:
    files = limited(500)
    files["outcome.yaml"] = f"# {'x' * size * 10**6}\n{files['outcome.yaml']}"
    telling.post(name, "/v1/releases", {"files": files})


@when(parsers.parse("{name} drafts and submits a limit of {limit:d}"))
@when(parsers.parse("{name} 起草并提交限额 {limit:d}"))
def drafted(telling: Telling, name: str, limit: int) -> None:
    telling.release = telling.bank.draft(limited(limit), telling.bank.people()[name])


@when(parsers.parse("{name} drafts a limit of {limit:d} {flaw}, and submits it"))
@when(parsers.parse("{name} 起草限额 {limit:d} {flaw}，并提交"))
def flawed(telling: Telling, name: str, limit: int, flaw: str) -> None:
    telling.post(name, "/v1/releases", {"files": FLAWED[flaw](limited(limit))})
    telling.release = telling.response.get_json()["release"]
    telling.response = asked(telling.bank.people()[name], telling.release)


def _without_a_case(files: dict[str, str]) -> dict[str, str]:
    return {path: text for path, text in files.items() if path != "cases/B.json"}


def _as_in_force(files: dict[str, str]) -> dict[str, str]:
    return files | {"ruleset.yaml": SEEDED["ruleset.yaml"]}


FLAWED: Mapping[str, Callable[[dict[str, str]], dict[str, str]]] = {
    "without a case above it": _without_a_case,
    "但无超限案例": _without_a_case,
    "with the version in force": _as_in_force,
    "但版本号不变": _as_in_force,
    "which a case contradicts": dict,
    "而与案例不符": dict,
}


@given("the process that Ann calls is killed before it judges")
@given("Ann 所用的进程在评审前被杀")
def killed(telling: Telling) -> None:
    telling.bank.services.judge.stop()


@when(parsers.parse("{name} drafts a limit of {limit:d} and asks for its approval"))
@when(parsers.parse("{name} 起草限额 {limit:d} 并申请批准"))
def approval_asked(telling: Telling, name: str, limit: int) -> None:
    only_drafted(telling, name, limit)
    telling.release = telling.response.get_json()["release"]
    telling.post(name, f"/v1/releases/{telling.release}/submit")
    assert telling.response.status_code == 202


@when(parsers.parse("another process looks after {seconds:d} seconds"))
@when(parsers.parse("{seconds:d} 秒后另一进程接手"))
def taken_over(telling: Telling, seconds: int) -> None:
    other = Bank(telling.directory, telling.bank.variables["DATABASE_URL"])
    other.clock.forward(seconds=seconds)
    submissions = other.services.submissions
    (request,) = submissions.overdue()
    submissions.judge(request)
    other.services.close()


@then(parsers.parse('the submission is "{state}"'))
@then(parsers.parse('提交状态为 "{state}"'))
def submission_is(telling: Telling, state: str) -> None:
    assert telling.get("Ann", f"/v1/releases/{telling.release}")["submission"]["state"] == state


@when(parsers.parse("{name} approves it"))
@when(parsers.parse("{name} 批准该发布"))
def approved(telling: Telling, name: str) -> None:
    telling.post(name, f"/v1/releases/{telling.release}/approve")


@when(parsers.parse("{name} activates it"))
@when(parsers.parse("{name} 启用该发布"))
def activated(telling: Telling, name: str) -> None:
    telling.post(name, f"/v1/releases/{telling.release}/activate")


@when(parsers.parse('{name} activates it from "{day}"'))
@when(parsers.parse('{name} 自 "{day}" 起启用该发布'))
def activated_from(telling: Telling, name: str, day: str) -> None:
    telling.post(name, f"/v1/releases/{telling.release}/activate", {"effective_from": day})


@when(parsers.parse("{name} rolls back"))
@when(parsers.parse("{name} 回退"))
def rolled_back(telling: Telling, name: str) -> None:
    telling.post(name, "/v1/releases:rollback")


@when(parsers.parse("{name} turns the kill switch {turn}"))
@when(parsers.parse("{name} {turn}停用开关"))
def switched(telling: Telling, name: str, turn: str) -> None:
    telling.post(name, "/v1/kill-switch", {"on": turn in ("on", "打开"), "reason": "利率异常"})
    assert telling.response.status_code == 200


@when(parsers.re(r"(?P<count>\d+) (?P<unit>days|years?) pass(es)?"))
@when(parsers.re(r"过去 (?P<count>\d+) (?P<unit>天|年)"))
def time_passes(telling: Telling, count: str, unit: str) -> None:
    telling.bank.clock.forward(days=int(count) * (1 if unit in ("days", "天") else 366))


@when(parsers.parse("{name} looks for decisions"))
@when(parsers.parse("{name} 查询决策"))
def searched(telling: Telling, name: str) -> None:
    telling.get(name, "/v1/decisions")


@when(parsers.parse("{name} erases the company"))
@when(parsers.parse("{name} 删除该企业"))
def erased(telling: Telling, name: str) -> None:
    telling.post(name, "/v1/erasures", {"customer": USCC})


@when(parsers.parse("{name} reads the decision"))
@when(parsers.parse("{name} 读取该决策"))
def read(telling: Telling, name: str) -> None:
    telling.get(name, telling.decided())


@when(parsers.parse('{name} asks for a review because "{reason}"'))
@when(parsers.parse('{name} 以 "{reason}" 为由要求复核'))
def review_asked(telling: Telling, name: str, reason: str) -> None:
    telling.post(name, f"{telling.decided()}/review", {"requested_by": "customer", "reason": reason})


@when(parsers.parse('{name} finds that the decision is "{outcome}"'))
@when(parsers.parse('{name} 复核结论为 "{outcome}"'))
def reviewed(telling: Telling, name: str, outcome: str) -> None:
    telling.post(name, f"{telling.decided()}/review/outcome", {"outcome": outcome, "comment": "复核"})


@when("the auditor takes the evidence", target_fixture="pack")
@when("审计员取得证据包", target_fixture="pack")
def evidence(telling: Telling) -> Path:
    pack = telling.directory / "pack.zip"
    pack.write_bytes(telling.bank.eve.get(f"{telling.decided()}/evidence").data)
    return pack


@then("that is answered")
@then("操作得到答复")
def answered(telling: Telling) -> None:
    assert telling.response.status_code == 200


@then(parsers.parse('that is refused with "{code}"'))
@then(parsers.parse('操作被拒绝，代码为 "{code}"'))
def refused(telling: Telling, code: str) -> None:
    assert telling.response.get_json()["code"] == code
    assert telling.response.status_code in (403, 409, 410)


@then(parsers.parse('the draft is refused because of "{code}"'))
@then(parsers.parse('草稿因 "{code}" 被拒绝'))
def draft_refused(telling: Telling, code: str) -> None:
    assert telling.response.status_code == 422
    assert [fault["code"] for fault in telling.response.get_json()["errors"]] == [code]


@then(parsers.parse('the release is "{state}"'))
@then(parsers.parse('发布状态为 "{state}"'))
def state_is(telling: Telling, state: str) -> None:
    assert telling.bank.ann.get(f"/v1/releases/{telling.release}").get_json()["state"] == state


@then(parsers.parse('an application for {amount:d} is "{status}"'))
@then(parsers.parse('申请 {amount:d} 万元的结论为 "{status}"'))
def application_is(telling: Telling, amount: int, status: str) -> None:
    telling.answer = telling.bank.decide(application(amount, telling.bank.clock.now.date().isoformat()))
    assert telling.answer["status"] == status


@then(parsers.parse('the last step is "{kind}" by {name}'))
@then(parsers.parse('最后一步为 {name} 的 "{kind}"'))
def last_step(telling: Telling, kind: str, name: str) -> None:
    last = telling.get("Ann", "/v1/releases:log")["steps"][-1]
    assert (last["step"], last["by"]) == (kind, name.lower())


@then(parsers.parse('the only reason is "{code}"'))
@then(parsers.parse('唯一的原因代码为 "{code}"'))
def only_reason(telling: Telling, code: str) -> None:
    assert [reason["code"] for reason in telling.answer["reasons"]] == [code]


@then("its replay is identical")
@then("重放结果一致")
def replay_identical(telling: Telling) -> None:
    assert telling.bank.eve.post(f"{telling.decided()}/replay").get_json()["identical"] is True


@then("the company is masked")
@then("企业已遮蔽")
def masked(telling: Telling) -> None:
    (line,) = telling.response.get_json()["decisions"]
    assert line["uscc"] == {"masked": True}
    assert USCC not in telling.response.text


@then("the company is shown")
@then("企业可见")
def shown(telling: Telling) -> None:
    (line,) = telling.response.get_json()["decisions"]
    assert line["uscc"] == USCC


@then(parsers.parse('its status "{status}" remains'))
@then(parsers.parse('其结论 "{status}" 保留'))
def remains(telling: Telling, status: str) -> None:
    assert telling.response.get_json()["remains"]["status"] == status
    assert USCC not in telling.response.text


@then("the log is as it was written")
@then("日志与写入时一致")
def audited(telling: Telling) -> None:
    done = CliRunner().invoke(main, ["audit", "verify"], env=telling.bank.variables)
    assert done.exit_code == 0, done.output


@then(parsers.parse('its review is "{state}"'))
@then(parsers.parse('复核状态为 "{state}"'))
def review_is(telling: Telling, state: str) -> None:
    assert telling.get("Ann", f"{telling.decided()}/review")["state"] == state


@then("the decision is as it was answered")
@then("决策与答复时一致")
def unaltered(telling: Telling) -> None:
    assert telling.get("Eve", telling.decided()) == telling.answer


@then("nothing is due by retention")
@then("没有到期的决策")
def nothing_due(telling: Telling) -> None:
    decisions_due(telling, 0)


@then(parsers.parse("{count:d} decision is due by retention"))
@then(parsers.parse("到期的决策有 {count:d} 笔"))
def decisions_due(telling: Telling, count: int) -> None:
    assert sum(found.decisions for found in telling.bank.services.retention.classes() if found.due) == count


@then(parsers.parse("the rate of 2 March is {rate:f}, and was {before:f} as known when the decision was made"))
@then(parsers.parse("三月二日的利率为 {rate:f}，按决策时所知为 {before:f}"))
def rate_of_march(telling: Telling, rate: float, before: float) -> None:
    path = "/v1/reference/rates?as_of=2026-03-02"
    now = telling.get("Ann", path)["rows"][-1]["values"]["rate"]
    then_known = telling.get("Ann", f"{path}&known_at={telling.answer['decided_at']}")["rows"][-1]["values"]["rate"]
    assert (now, then_known) == (rate, before)


@then("it verifies on a machine without Greenlane")
@then("证据包在没有 Greenlane 的机器上验证通过")
def verifies(machine: Machine, pack: Path) -> None:
    assert not machine.has("api")
    assert not machine.has("engine")
    done = machine.verifies(pack)
    assert done.returncode == 0, done.stdout


@then("one byte changed in any member is refused")
@then("任一成员改动一个字节即被拒绝")
def damage_refused(machine: Machine, pack: Path) -> None:
    seed = random.randrange(10**6)
    found = machine.damages(pack, seed)
    assert found["unnoticed"] == [], f"seed {seed}"
    assert found["tried"] > 100
