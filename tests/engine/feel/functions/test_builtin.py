"""How arguments find parameters, and what the errors say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.functions import BUILTINS, NOW, TODAY, signature
from greenlane.engine.feel.values import FeelFunction, parse_at

ONE, TWO = Decimal(1), Decimal(2)


def fault(name: str, *arguments: Any, names: tuple[str, ...] = ()) -> FeelError:
    """The error of a call."""
    with pytest.raises(FeelError) as caught:
        BUILTINS[name].call(arguments, names)
    return caught.value


def test_names_are_those_of_the_registry() -> None:
    """A function stands under its own name, and forms differ in their parameters."""
    for name, builtin in BUILTINS.items():
        assert builtin.name == name
        assert len({form.parameters for form in builtin.overloads}) == len(builtin.overloads)


def test_by_name_in_any_order() -> None:
    """Named arguments need no order."""
    assert BUILTINS["modulo"].call([ONE, TWO], ["divisor", "dividend"]) == 0


@pytest.mark.parametrize(
    ("name", "arguments", "names", "kind", "place", "message"),
    [
        ("sqrt", (None,), (), "missing", 0, "a value is needed, got null"),
        ("modulo", (ONE, None), (), "missing", 1, "a value is needed, got null"),
        ("modulo", (ONE, None), ("divisor", "dividend"), "missing", 1, "a value is needed, got null"),
        ("floor", (ONE, None), (), "missing", 1, "a value is needed, got null"),
        ("sqrt", ("4",), (), "type", 0, "`number` must be a number, not a string"),
        ("abs", (True,), (), "type", 0,
         "`n` must be a number or years and months duration or days and time duration, not a boolean"),
        ("sqrt", (), (), "argument", None, "`sqrt(number)`: not with 0 arguments"),
        ("sqrt", (ONE,), ("n",), "argument", None, "`sqrt(number)`: not with these names"),
        ("floor", (ONE, ONE, ONE), (), "argument", None, "`floor(n, scale?)`: not with 3 arguments"),
        ("floor", (ONE, TWO), ("n", "n"), "argument", None, "`floor(n, scale?)`: not with these names"),
        ("modulo", (ONE, Decimal(0)), (), "arithmetic", 1, "division by zero"),
        ("sum", ([ONE, None],), (), "missing", 0, "a value is needed, got null"),
        ("sum", (ONE, None), (), "missing", 1, "a value is needed, got null"),
        ("max", (ONE, TWO, None), (), "missing", 2, "a value is needed, got null"),
        ("max", ([ONE, None],), (), "missing", 0, "a value is needed, got null"),
        ("max", (ONE, "a"), (), "type", None, "cannot compare string and number"),
        ("any", (False, None), (), "missing", 1, "a value is needed, got null"),
        ("sum", ([ONE, "a"],), (), "type", 0, "the list must hold numbers, not a string"),
        ("remove", ([ONE], TWO), (), "argument", 1, "there is no position 2 in the list"),
    ],
)  # fmt: skip
def test_faults(
    name: str, arguments: tuple[Any, ...], names: tuple[str, ...], kind: str, place: int | None, message: str
) -> None:
    """The error tells its kind, the argument at fault by its index in the call, and what is wrong."""
    error = fault(name, *arguments, names=names)
    assert (error.kind, error.argument, error.en) == (kind, place, message)
    assert error.zh != error.en


def test_there_is_no_clock() -> None:
    """`now` and `today` give what the caller supplies, and are missing where nothing is supplied."""
    moment, day = parse_at("2026-03-02T10:30:00Z"), parse_at("2026-03-02")
    assert BUILTINS["now"].call((), (), {NOW: moment}) == moment
    assert BUILTINS["today"].call((), (), {TODAY: day}) == day
    assert fault("now").kind == "missing"
    assert fault("today").kind == "missing"


def test_a_function_as_a_value_has_the_parameters_of_its_first_form() -> None:
    """A built-in function can be handed over like any other."""
    function = BUILTINS["substring"].as_function()
    assert function.parameters == ("string", "start position", "length")
    assert function.call("foobar", Decimal(3)) == "obar"


def test_what_a_function_argument_answers_is_handed_on() -> None:
    """When a function handed over answers with no FEEL value, the error carries that answer."""
    doubt = object()
    precedes = FeelFunction(("x", "y"), lambda x, y: doubt)
    assert fault("sort", [ONE, TWO], precedes).answer is doubt


def test_signatures() -> None:
    """A signature marks what may be left out and what may be repeated."""
    assert signature(BUILTINS["substring"].overloads[0]) == "string, start position, length?"
    assert signature(BUILTINS["append"].overloads[0]) == "list, item..."


def test_work_is_limited() -> None:
    """Lists that hold themselves many times over are not walked for ever, nor endless items compared."""
    value: list[Any] = [ONE]
    for _ in range(60):
        value = [value, value]
    assert fault("flatten", value).kind == "limit"
    assert fault("distinct values", [{"a": Decimal(number)} for number in range(3000)]).kind == "limit"
