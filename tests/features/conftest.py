"""Steps of the specifications in `features/`, in Chinese and in English. All of them go through the API."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pytest_bdd import given, parsers, then, when

from greenlane.api.app import create_app
from greenlane.api.config import Settings
from greenlane.api.wiring.services import build_services
from greenlane.engine.rules.files import read
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.vocabulary import Vocabulary
from greenlane.rule_files import read_files
from tests.compiled_once import compiled_once
from tests.features.asking import Asking, listed

RULES = Path(__file__).parents[2] / "rules"


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """Rule files that this run has compiled are not compiled again."""
    with compiled_once():
        yield


@pytest.fixture(scope="session")
def ruleset() -> Ruleset:
    """The shipped rules."""
    reading = read(read_files(RULES))
    assert reading.ruleset is not None, reading.diagnostics
    return reading.ruleset


@pytest.fixture(scope="session")
def vocabulary(ruleset: Ruleset) -> Vocabulary:
    return ruleset.vocabulary


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of the service with the shipped rules, on a database of its own."""
    database = tmp_path_factory.mktemp("features") / "greenlane.db"
    services = build_services(Settings(database_url=f"sqlite:///{database}", rules=RULES))
    yield create_app(services).test_client()
    services.close()


@pytest.fixture
def other_service(tmp_path: Path) -> Iterator[Callable[[str, str], FlaskClient]]:
    """Makes a client of a service whose rules have another text in one place."""
    with ExitStack() as opened:

        def made(before: str, after: str) -> FlaskClient:
            copied = tmp_path / "rules"
            shutil.copytree(RULES, copied)
            (holder,) = (path for path in copied.glob("*.yaml") if before in path.read_text(encoding="utf-8"))
            text = holder.read_text(encoding="utf-8")
            assert text.count(before) == 1
            holder.write_text(text.replace(before, after), encoding="utf-8")
            services = build_services(Settings(database_url=f"sqlite:///{tmp_path}/greenlane.db", rules=copied))
            opened.callback(services.close)
            return create_app(services).test_client()

        yield made


@pytest.fixture
def asking(client: FlaskClient, vocabulary: Vocabulary) -> Asking:
    return Asking(client, vocabulary)


@given(parsers.parse('一份达标的"{product}"申请'))
@given(parsers.parse('an application for "{product}" that qualifies'))
def qualifying(asking: Asking, product: str) -> None:
    asking.start_with(product)


@given(parsers.parse('the worked case "{case}"'))
def worked_case(asking: Asking, case: str) -> None:
    asking.start_from(case)


@given(parsers.parse('事实改为 "{facts}"'))
@given(parsers.parse('the facts "{facts}"'))
def changed(asking: Asking, facts: str) -> None:
    asking.change(facts)


@given("another company with the same facts", target_fixture="other")
def other(asking: Asking) -> Asking:
    twin = Asking(asking.client, asking.vocabulary, copy.deepcopy(asking.application))
    twin.application["application_id"] = "APP-TWIN"
    twin.application["applicant"]["name"] = "Twin company"
    return twin


@given(parsers.re('rules in which "(?P<before>.*)" has become "(?P<after>.*)"'))
@given(parsers.re('规则中的 "(?P<before>.*)" 改成了 "(?P<after>.*)"'))
def other_rules(asking: Asking, other_service: Callable[[str, str], FlaskClient], before: str, after: str) -> None:
    asking.client = other_service(before, after)


@when("提交决策")
@when("the application is decided")
def decided(asking: Asking) -> None:
    asking.decide("fired")


@when("the application is decided with a full trace")
def decided_in_full(asking: Asking) -> None:
    asking.decide("full")


@when("both are decided")
def both_decided(asking: Asking, other: Asking) -> None:
    asking.decide()
    other.decide()


@when("the decision is replayed", target_fixture="replay")
def replay(asking: Asking) -> dict[str, object]:
    return replayed(asking)


def replayed(asking: Asking) -> dict[str, object]:
    """What a replay of the decision says."""
    response = asking.client.post(f"/v1/decisions/{asking.answer['decision_id']}/replay")
    assert response.status_code == 200
    return dict(response.get_json())


@then(parsers.parse('结论为 "{status}"'))
@then(parsers.parse('the status is "{status}"'))
def status_is(asking: Asking, status: str) -> None:
    assert asking.answer["status"] == status, asking.codes()


@then(parsers.re(r'结果代码包含 "(?P<codes>[^"]*)"'))
@then(parsers.re(r'the codes include "(?P<codes>[^"]*)"'))
def codes_include(asking: Asking, codes: str) -> None:
    assert set(listed(codes)) <= asking.codes()


@then(parsers.re(r'结果代码不含 "(?P<codes>[^"]*)"'))
@then(parsers.re(r'the codes do not include "(?P<codes>[^"]*)"'))
def codes_exclude(asking: Asking, codes: str) -> None:
    assert not set(listed(codes)) & asking.codes()


@then("没有拒绝或转人工代码")
def no_adverse_codes(asking: Asking) -> None:
    assert asking.outcome["decline_codes"] == asking.outcome["refer_codes"] == []


@then(parsers.parse('拒绝代码为 "{codes}"'))
def decline_codes(asking: Asking, codes: str) -> None:
    assert asking.outcome["decline_codes"] == listed(codes)


@then(parsers.parse("评分为 {score:d}"))
def score_is(asking: Asking, score: int) -> None:
    assert asking.outcome["score"] == score


@then(parsers.parse('层级为 "{tier}"'))
def tier_is(asking: Asking, tier: str) -> None:
    assert asking.outcome["tier"] == tier, (asking.outcome["score"], asking.outcome["tier_codes"])


@then(parsers.parse('预警等级为 "{level}"'))
def warning_level(asking: Asking, level: str) -> None:
    assert asking.outcome["ews_level"] == level, asking.outcome["ews_codes"]


@then(parsers.parse('利率为 "{rate}"'))
@then(parsers.parse('the rate is "{rate}"'))
def rate_is(asking: Asking, rate: str) -> None:
    assert asking.outcome["pricing"]["rate_pct"] == rate


@then("价格仅供参考")
@then("the price is indicative")
def price_indicative(asking: Asking) -> None:
    assert asking.outcome["pricing"]["indicative"] is True


@then("the price is firm")
def price_firm(asking: Asking) -> None:
    assert asking.outcome["pricing"]["indicative"] is False


@then("没有价格")
def no_price(asking: Asking) -> None:
    assert asking.outcome["pricing"] is None


@then("没有通道")
def no_route(asking: Asking) -> None:
    assert asking.outcome["routing"] is None


@then("没有服务推荐")
def no_services(asking: Asking) -> None:
    assert asking.outcome["services"] == []


@then(parsers.parse('通道为 "{lane}"'))
@then(parsers.parse('the lane is "{lane}"'))
def lane_is(asking: Asking, lane: str) -> None:
    assert asking.outcome["routing"]["lane"] == lane, asking.outcome["routing"]


@then(parsers.parse('答复期限为 "{day}"'))
def due_on(asking: Asking, day: str) -> None:
    assert asking.outcome["routing"]["sla_due"] == day


@then("没有答复期限")
def no_due_day(asking: Asking) -> None:
    assert asking.outcome["routing"]["sla_due"] is None


@then(parsers.parse("the approver level is {level:d}"))
def approver(asking: Asking, level: int) -> None:
    assert asking.outcome["routing"]["approver_level"] == level


@then(parsers.parse('待定原因提到 "{fact}"'))
def undetermined_by(asking: Asking, fact: str) -> None:
    assert fact in json.dumps(asking.answer["undetermined"])


@then(parsers.parse('the undetermined rows include "{row}" because of "{fact}"'))
def undetermined_row(asking: Asking, row: str, fact: str) -> None:
    found = [u for u in asking.answer["undetermined"] if u.get("row") == row]
    assert found
    assert fact in json.dumps(found)


@then(parsers.parse('the reasons are "{codes}"'))
@then(parsers.parse('原因为 "{codes}"'))
def reasons_are(asking: Asking, codes: str) -> None:
    assert [reason["code"] for reason in asking.answer["reasons"]] == listed(codes)


@then(parsers.parse('the reasons begin with "{code}"'))
@then(parsers.parse('首个原因为 "{code}"'))
def reasons_begin_with(asking: Asking, code: str) -> None:
    assert asking.answer["reasons"][0]["code"] == code


@then(parsers.parse('"{member}" cannot be told because of "{fact}"'))
@then(parsers.parse('"{member}" 因 "{fact}" 无法判定'))
def member_not_told(asking: Asking, member: str, fact: str) -> None:
    value = asking.outcome
    for name in member.split("."):
        value = value[name]
    assert value is None
    (found,) = (u for u in asking.answer["undetermined"] if u.get("member") == f"/outcome/{member.replace('.', '/')}")
    assert fact in {cause["subject"] for cause in found["because"]}


@then("nothing of the answer cannot be told")
def all_told(asking: Asking) -> None:
    assert [found for found in asking.answer["undetermined"] if "member" in found] == []


@then("the decision replays")
def replays(asking: Asking) -> None:
    assert replayed(asking)["identical"] is True


@then(parsers.re(r'the adjustments include "(?P<codes>[^"]*)"'))
def adjustments_include(asking: Asking, codes: str) -> None:
    assert set(listed(codes)) <= {code for code, _ in asking.outcome["pricing"]["adjustments"]}


@then(parsers.re(r'the adjustments do not include "(?P<codes>[^"]*)"'))
def adjustments_exclude(asking: Asking, codes: str) -> None:
    assert not set(listed(codes)) & {code for code, _ in asking.outcome["pricing"]["adjustments"]}


@then(parsers.parse("the discounts add up to {total:d} bp, of which {applied:d} bp apply"))
def discounts(asking: Asking, total: int, applied: int) -> None:
    pricing = asking.outcome["pricing"]
    assert (pricing["discount_sum_bp"], pricing["discount_applied_bp"]) == (total, applied)


@then("the floor applies")
def floor_applies(asking: Asking) -> None:
    assert asking.outcome["pricing"]["floor_applied"] is True


@then(parsers.parse("the product discount is {fate}"))
def product_discount(asking: Asking, fate: str) -> None:
    assert asking.outcome["pricing"]["product_discount_dropped"] is {"dropped": True, "kept": False}[fate]
    assert ("P471" in asking.codes()) is (fate == "dropped")


@then(parsers.parse('the base rate is "{rate}" for "{tenor}" published "{day}"'))
def base_rate(asking: Asking, rate: str, tenor: str, day: str) -> None:
    pricing = asking.outcome["pricing"]
    assert (pricing["lpr_pct"], pricing["lpr_tenor"], pricing["lpr_published"]) == (rate, tenor, day)


@then("the alternatives are the other five loan products")
def alternatives(asking: Asking) -> None:
    found = {a["product"] for a in asking.outcome["alternatives"]}
    assert found == {"CARBON", "MFG_UPG", "PROJ_FIN", "SME_FLEX", "SCF"}


@then("alternatives with a rate come first, the lowest rate first")
def alternatives_in_order(asking: Asking) -> None:
    rates = [a["rate_pct"] for a in asking.outcome["alternatives"]]
    offered = [r for r in rates if r is not None]
    assert rates == sorted(offered, key=float) + [None] * (len(rates) - len(offered))


@then(parsers.parse('the first reason is "{code}" in row "{row}" with the texts "{zh}" and "{en}"'))
def first_reason(asking: Asking, code: str, row: str, zh: str, en: str) -> None:
    first = asking.answer["reasons"][0]
    assert (first["code"], first["row"], first["zh"], first["en"]) == (code, row, zh, en)


@then("every reason names a line of a rule file")
def reasons_sourced(asking: Asking) -> None:
    for reason in asking.answer["reasons"]:
        path, _, line = reason["source"].rpartition(":")
        assert path.endswith(".yaml")
        assert int(line) > 0


@then("the replay is identical")
def identical(replay: dict[str, object]) -> None:
    assert replay["identical"] is True


@then(parsers.re(r"the explanation mentions (?P<words>.+)"))
def explanation_mentions(asking: Asking, words: str) -> None:
    response = asking.client.get(f"/v1/decisions/{asking.answer['decision_id']}/explanation")
    text = response.get_data(as_text=True)
    for word in words.replace(" and ", ", ").split(", "):
        assert word.strip('"') in text


@then("both outcomes are equal")
def equal_terms(asking: Asking, other: Asking) -> None:
    assert asking.outcome == other.outcome


@then(parsers.parse('the trace says that row "{row}" failed because "{fact}" was {value}'))
def row_failed(asking: Asking, row: str, fact: str, value: str) -> None:
    rows = [r for d in asking.answer["trace"]["decisions"] for r in d.get("failed", []) if r["row"] == row]
    assert rows, f"row {row} is not in the trace"
    conditions = [c for r in rows for c in r["conditions"]]
    assert any(c.get("fact") == fact and json.dumps(c["value"]) == value for c in conditions), conditions
