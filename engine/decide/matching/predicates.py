"""Conditions that compare one name with constants only, so that an index can answer them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from greenlane.engine.feel import STRICT, evaluate_node, names_read
from greenlane.engine.feel.ast import (
    And,
    AtLiteral,
    Between,
    Boolean,
    Call,
    Comparison,
    In,
    InputValue,
    ListLiteral,
    Name,
    Negation,
    Node,
    Null,
    Number,
    Or,
    RangeLiteral,
    String,
    UnaryTests,
)
from greenlane.engine.feel.visitor import walk
from greenlane.engine.rules.vocabulary import Scalar

_SCALARS = (Decimal, str, bool, date, type(None))
_INPUT = "?"


@dataclass(frozen=True, slots=True)
class ColumnPredicate:
    """A condition that is a function of the value of one name (`?` for the input of a cell) and of nothing else.

    Its truth changes only at `constants` of the value's own type. `ordered`: order matters, not equality alone.
    """

    subject: str
    constants: tuple[Scalar, ...]
    ordered: bool


class _NotIndexableError(Exception):
    """The condition reads more than one name, or does more than compare."""


@dataclass(slots=True)
class _Survey:
    """What has been seen of a condition so far."""

    subject: str | None
    constants: list[Scalar]
    ordered: bool


def column_predicate(node: Node) -> ColumnPredicate | None:
    """How an index can answer `node`, a boolean expression or a cell; None when it cannot."""
    survey = _Survey(_INPUT if isinstance(node, UnaryTests) else None, [], False)
    try:
        _survey_condition(node, survey)
    except _NotIndexableError:
        return None
    if survey.subject is None:
        return None
    return ColumnPredicate(survey.subject, tuple(survey.constants), survey.ordered)


def _survey_condition(node: Node, survey: _Survey) -> None:
    match node:
        case UnaryTests(tests=tests):
            for test in tests:
                _survey_cell_test(test, survey)
        case Name() | InputValue():
            _see_subject(node, survey)
        case Boolean():
            pass
        case Comparison(operator=operator, left=left, right=right):
            survey.ordered |= operator not in ("=", "!=")
            subject, constant = (left, right) if isinstance(left, Name | InputValue) else (right, left)
            _see_subject(subject, survey)
            _see_constant(constant, survey)
        case Between(value=value, low=low, high=high):
            survey.ordered = True
            _see_subject(value, survey)
            _see_constant(low, survey)
            _see_constant(high, survey)
        case In(value=value, tests=tests):
            _see_subject(value, survey)
            for test in tests:
                _survey_member(test, survey)
        case And(operands=operands) | Or(operands=operands):
            for operand in operands:
                _survey_condition(operand, survey)
        case Call(function=Name(name="not"), arguments=(operand,)):
            _survey_condition(operand, survey)
        case _:
            raise _NotIndexableError


def _survey_cell_test(node: Node, survey: _Survey) -> None:
    if any(isinstance(part, InputValue) for part in walk(node)):
        _survey_condition(node, survey)
    else:
        _survey_member(node, survey)


def _survey_member(node: Node, survey: _Survey) -> None:
    """A range to lie in, or constants to equal."""
    match node:
        case RangeLiteral(low=low, high=high):
            survey.ordered = True
            for end in (low, high):
                if end is not None:
                    _see_constant(end, survey)
        case ListLiteral(items=items) | UnaryTests(tests=items):
            for item in items:
                _survey_member(item, survey)
        case _:
            _see_constant(node, survey)


def _see_subject(node: Node, survey: _Survey) -> None:
    name = node.name if isinstance(node, Name) else _INPUT if isinstance(node, InputValue) else None
    if name is None or survey.subject not in (None, name):
        raise _NotIndexableError
    survey.subject = name


def _see_constant(node: Node, survey: _Survey) -> None:
    if not _constant_form(node) or names_read(node):
        raise _NotIndexableError
    value = evaluate_node(node, {}, STRICT)
    if type(value) not in _SCALARS:
        raise _NotIndexableError
    survey.constants.append(value)


def _constant_form(node: Node) -> bool:
    match node:
        case Number() | String() | Boolean() | Null() | AtLiteral():
            return True
        case Negation(operand=operand):
            return _constant_form(operand)
        case Call(function=Name(name="date"), arguments=(String(),)):
            return True
        case _:
            return False
