"""Decisions that stand on others, knowledge models, services, imports, bounds."""

from __future__ import annotations

import pytest

from greenlane.engine.feel.values import parse_at
from greenlane.engine.interop.dmn import DmnRuntime, UnknownElementError, read
from tests.engine.interop.dmn.models import (
    answer,
    decision,
    feel,
    given,
    item,
    library,
    literal,
    model,
    requires,
    value,
)


def knowledge(name: str, body: str, parameters: str = "x", needs: str = "", type_ref: str = "") -> str:
    """A business knowledge model of numbers."""
    wanted = "".join(f'<formalParameter name="{one}" typeRef="number"/>' for one in parameters.split())
    kind = f' typeRef="{type_ref}"' if type_ref else ""
    logic = f"<encapsulatedLogic>{wanted}{body}</encapsulatedLogic>"
    head = f'<businessKnowledgeModel id="{name}" name="{name}"><variable name="{name}"{kind}/>'
    return f"{head}{logic}{needs}</businessKnowledgeModel>"


def service(name: str, outputs: str, data: str = "", decisions: str = "", type_ref: str = "") -> str:
    """A decision service of what is named."""
    parts = "".join(f'<outputDecision href="#{one}"/>' for one in outputs.split())
    parts += "".join(f'<inputDecision href="#{one}"/>' for one in decisions.split())
    parts += "".join(f'<inputData href="#{one}"/>' for one in data.split())
    kind = f' typeRef="{type_ref}"' if type_ref else ""
    return f'<decisionService id="{name}" name="{name}"><variable name="{name}"{kind}/>{parts}</decisionService>'


def test_names_with_spaces_and_operators() -> None:
    """Are read as they stand among the requirements; others are unknown."""
    body = given("a b", "number") + given("c-d", "number") + decision("e", literal("100"))
    body += decision("d", literal("[a b - c-d, e]"), requires("a b", "c-d"))
    assert value(body, inputs='{"a b": 9, "c-d": 4}') == [5, None]


def test_inputs_that_are_missing_or_too_many() -> None:
    """Are null, and ignored."""
    body = given("n", "number") + decision("d", literal("n"), requires("n"))
    assert value(body, inputs="{m: 1}") is None


def test_knowledge_model() -> None:
    """Called by position, by name, of the wrong type and with too few arguments; and asked for by itself."""
    body = knowledge("twice", literal("x * 2"))
    calls = literal('[twice(2), twice(x: 3), twice("a"), twice(), twice([4])]')
    body += decision("d", calls, requires("twice()"))
    assert value(body) == feel("[4, 6, null, null, 8]")
    assert value(body, "twice", "{x: 21}") == 42


def test_knowledge_models_use_others_and_themselves() -> None:
    """And nothing that they do not require."""
    body = knowledge("inc", literal("x + 1")) + knowledge("fact", literal("if x < 2 then 1 else x * fact(x - 1)"))
    body += knowledge("both", literal("inc(x) + fact(x)"), needs=requires("inc()", "fact()"))
    body += decision("d", literal("[both(4), inc(1)]"), requires("both()"))
    assert value(body) == feel("[29, null]")


@pytest.mark.parametrize("type_ref", ["string", "f"])
def test_result_of_a_knowledge_model(type_ref: str) -> None:
    """Is of the result type of its function type, or of its type itself as older models have it."""
    types = item("f", '<functionItem outputTypeRef="string"><parameters name="x"/></functionItem>')
    body = knowledge("k", literal("if x > 1 then x else string(x)"), type_ref=type_ref)
    assert value(types + body + decision("d", literal("[k(1), k(2)]"), requires("k()"))) == ["1", None]


SERVICE = (
    given("n", "number")
    + given("m", "number")
    + decision("inner", literal("n + 1000"), requires("n"), "number")
    + decision("out", literal("[n, m, inner]"), requires("n", "m", "inner"))
    + decision("more", literal("inner"), requires("inner"))
)


def test_service_takes_input_data_first_then_decisions() -> None:
    """Its arguments stand for them inside of it only."""
    body = SERVICE + service("s", "out", "n m", "inner")
    body += decision("d", literal("[s(1, 2, 3), s(inner: 3, m: 2, n: 1), inner, s(1, 2)]"), requires("s()", "inner"))
    assert value(body, inputs="{n: 7}") == feel("[[1, 2, 3], [1, 2, 3], 1007, null]")
    assert value(body, "s", "{n: 1, m: 2, inner: 3}") == feel("[1, 2, 3]")


def test_service_without_the_inputs_of_what_it_holds() -> None:
    """Those are null inside of it, whatever they are outside."""
    assert value(SERVICE + service("s", "out", "m"), "s", "{n: 7, m: 2}") == feel("[null, 2, null]")


def test_service_of_several_decisions() -> None:
    """Is a context, each by its name."""
    assert value(SERVICE + service("s", "more out", "n m"), "s", "{n: 1, m: 2}") == feel(
        "{more: 1001, out: [1, 2, 1001]}"
    )


def test_service_types() -> None:
    """An argument of the wrong type makes the call null; the result has the service's type."""
    body = SERVICE + service("s", "more", "n", type_ref="string") + service("t", "more", "n")
    body += decision("d", literal('[s(1), t("a"), t([1])]'), requires("s()", "t()"))
    assert value(body) == feel("[null, null, 1001]")


LOWER = model(
    item("rate", "<typeRef>number</typeRef><allowedValues><text>&gt;= 0</text></allowedValues>")
    + given("amount", "number")
    + decision("due now", literal("amount * 2"), requires("amount"), "rate")
    + knowledge("add one", literal("x + 1")),
    "urn:lower",
)


def imported(name: str, namespace: str = "urn:lower") -> str:
    """An import."""
    return f'<import name="{name}" namespace="{namespace}" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>'


def test_import_under_a_name() -> None:
    """Elements and types stand behind the name."""
    body = imported("low er") + given("n", "low er.rate")
    body += decision(
        "d", literal("low er.add one(low er.due now) + n"), requires("urn:lower#due now", "urn:lower#add one()", "n")
    )
    body += decision("typed", literal("-1"), "", "low er.rate")
    call = f'<invocation>{literal("low er.add one")}<binding><parameter name="x"/>{literal("1")}</binding></invocation>'
    body += decision("boxed", call, requires("urn:lower#add one()"))
    assert value(body, inputs="{amount: 5, n: 100}", lower=LOWER) == 111
    assert value(body, inputs="{amount: 5, n: -1}", lower=LOWER) is None
    assert value(body, "typed", lower=LOWER) is None
    assert value(body, "boxed", lower=LOWER) == 2
    assert value(body, "low er.due now", "{amount: 4}", lower=LOWER) == 8


def test_import_without_a_name() -> None:
    """Its elements and types stand among the model's own, also through another import."""
    middle = model(imported("") + decision("m", literal("due now"), requires("urn:lower#due now")), "urn:middle")
    body = imported("", "urn:middle") + decision("d", literal("m"), requires("urn:middle#m"), "rate")
    assert value(body, inputs="{amount: 5}", middle=middle, lower=LOWER) == 10
    assert value(body, "due now", "{amount: 5}", middle=middle, lower=LOWER) == 10


def test_inputs_of_one_name_in_several_models() -> None:
    """Are told apart by namespace."""
    body = imported("low") + given("amount", "number")
    body += decision("d", literal("[amount, low.due now]"), requires("amount", "urn:lower#due now"))
    program = DmnRuntime(library(model(body), lower=LOWER))
    assert program.decide("d", {"amount": feel("1"), ("urn:lower", "amount"): feel("2")}).value == feel("[1, 4]")


def test_models_that_import_each_other() -> None:
    """Are read once each."""
    other = model(imported("main", "urn:main") + decision("o", literal("1")), "urn:other")
    body = imported("other", "urn:other") + decision("d", literal("other.o"), requires("urn:other#o"))
    assert value(body, other=other) == 1


def test_import_that_is_not_there() -> None:
    """Is a fault; what needs it is null."""
    body = imported("low") + decision("d", literal("low.due now"), requires("urn:lower#due now"))
    reading = read({"main.dmn": model(body), "broken.dmn": b"<a>", "other.dmn": b"<a/>"}, "main.dmn")
    assert [fault.code for fault in reading.diagnostics] == ["GL603"]
    assert reading.models is not None
    assert DmnRuntime(reading.models).decide("d", {}).value is None


def test_long_chains() -> None:
    """A decision may stand on thousands of others."""
    chain = "".join(decision(f"d{n}", literal(f"d{n - 1} + 1"), requires(f"d{n - 1}")) for n in range(1, 3001))
    assert value(decision("d0", literal("0")) + chain, "d3000") == 3000


def test_circles_end() -> None:
    """What stands on itself is null there."""
    body = decision("d", literal("e"), requires("e")) + decision("e", literal("d"), requires("d"))
    assert value(body) is None


def test_work_is_bounded() -> None:
    """Loops in loops and functions that never end are null."""
    body = decision("d", literal("for a in 1..2000, b in 1..2000 return a"))
    body += knowledge("f", literal("f(x + 1)")) + decision("e", literal("f(1)"), requires("f()"))
    assert value(body) is None
    assert value(body, "e") is None
    assert value(body, "f", "{x: 1}") is None


def test_clock() -> None:
    """The engine has none: `now()` is what it is told."""
    program = DmnRuntime(library(model(decision("d", literal("[now(), today()]")))))
    moment = parse_at("2026-03-02T10:30:00Z")
    assert program.decide("d", {}, moment).value == [moment, moment.date]
    assert program.decide("d", {}).value == [None, None]


def test_nothing_of_that_name() -> None:
    """The nearest name is told; input data are not decided."""
    program = DmnRuntime(library(model(given("rates") + decision("rate", literal("1")) + service("s", "rate"))))
    with pytest.raises(UnknownElementError) as unknown:
        program.decide("rates", {})
    assert (unknown.value.name, unknown.value.near) == ("rates", "rate")
    assert program.decisions() == ("rate",)
    assert program.services() == ("s",)


def test_a_program_keeps_nothing_of_what_it_decides() -> None:
    """One after another gives what each gives alone."""
    program = DmnRuntime(library(model(given("n") + decision("d", literal("n"), requires("n")))))
    assert [program.decide("d", {"n": n}).value for n in ("a", "b")] == ["a", "b"]


def test_a_decision_is_evaluated_once() -> None:
    """However many others read it, so that its notes come once."""
    body = decision("a", literal('"x"'), "", "number")
    body += decision("b", literal("a"), requires("a")) + decision("d", literal("[a, b]"), requires("a", "b"))
    found = answer(body)
    assert found.value == [None, None]
    assert len(found.diagnostics) == 1


ENDLESS = {
    "a function that calls itself twice": knowledge("b", literal("b(x + 1) + b(x + 2)"), needs="")
    + decision("d", literal("b(1)"), requires("b()")),
    "a function that calls itself twice, to a depth": knowledge(
        "b", literal("if x > 40 then 1 else b(x + 1) + b(x + 1)"), needs=""
    )
    + decision("d", literal("b(1)"), requires("b()")),
    "a loop in every call": knowledge("b", literal("count(for i in 1..9999, j in 1..9999 return x)"))
    + decision("d", literal("for x in 1..99 return b(x)"), requires("b()")),
    "boxed loops in one another": decision(
        "d",
        f'<for iteratorVariable="x"><in>{literal("[1..99999]")}</in><return><for iteratorVariable="y"><in>'
        f"{literal('[1..99999]')}</in><return>{literal('[x, y]')}</return></for></return></for>",
    ),
    "a null in place of work without end": knowledge("b", literal("b(x + 1) + b(x + 2)"))
    + decision("d", literal("if b(1) = null then 1 else 2"), requires("b()")),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_work_without_end_is_null_and_says_so(name: str) -> None:
    """Calls and loops of all decisions and functions are on one budget; what was decided after its end is not told."""
    found = answer(ENDLESS[name])
    assert found.value is None
    assert [note.code for note in found.diagnostics] == ["GL609"]
    assert found.diagnostics[0].message.startswith("`d` has no value: more ")
