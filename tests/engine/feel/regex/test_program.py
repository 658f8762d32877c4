"""Patterns match as Python's do where both have them, and never take for ever."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.regex import compile_pattern, find, find_all

SUBJECTS = st.text("abcd", max_size=12)
CLASSES = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "[a-c]", "(?:ab|c)", "(a|b)", "(a|ab)", "^", "$", "(b*)"])
QUANTITIES = st.sampled_from(["", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{1,}?"])
PIECES = st.builds(lambda atom, quantity: atom if atom in "^$" else atom + quantity, CLASSES, QUANTITIES)
BRANCHES = st.lists(PIECES, min_size=1, max_size=5).map("".join)
PATTERNS = st.lists(BRANCHES, min_size=1, max_size=2).map("|".join)


@given(PATTERNS, SUBJECTS)
def test_same_match_as_python(pattern: str, subject: str) -> None:
    """The first match, whole, is where Python's `re` finds it."""
    ours = find(compile_pattern(pattern), subject)
    theirs = re.search(pattern.replace("$", r"\Z"), subject)
    assert (ours and ours.spans[0]) == (theirs and theirs.span())


@given(PATTERNS.filter(lambda pattern: "(b*)" not in pattern), SUBJECTS)
def test_same_groups_as_python(pattern: str, subject: str) -> None:
    """So are the groups; but in loops whose body may match nothing the two may differ in a last empty round."""
    ours = find(compile_pattern(pattern), subject)
    theirs = re.search(pattern.replace("$", r"\Z"), subject)
    if ours is not None and theirs is not None:
        spans = [None if theirs.start(group) < 0 else theirs.span(group) for group in range(len(theirs.groups()) + 1)]
        assert list(ours.spans) == spans


@given(st.sampled_from(["(a|b)\\1", "(a+)b\\1", "(a)|b\\1c", "((a)b)\\2\\1"]), SUBJECTS)
def test_back_references(pattern: str, subject: str) -> None:
    """Back references match what the group has matched; a group that took no part has matched nothing."""
    ours = find(compile_pattern(pattern), subject)
    theirs = re.search(pattern.replace("b\\1c", "bc"), subject)
    assert (ours and ours.spans[0]) == (theirs and theirs.span())


@pytest.mark.parametrize(
    ("pattern", "subject"),
    [
        ("(a+)+$", "a" * 5000 + "b"),
        ("^(a|a)*$", "a" * 5000 + "b"),
        (".*.*.*x", "a" * 5000),
        ("(.?){20}a{20}$", "a" * 500 + "b"),
    ],
)
def test_no_pattern_runs_away(pattern: str, subject: str) -> None:
    """What would take other engines hours has its answer in steps in proportion to the subject."""
    assert find(compile_pattern(pattern), subject) is None


@pytest.mark.parametrize(
    ("pattern", "subject"),
    [("(a+)+\\1$", "a" * 40 + "b"), ("(a*)*b\\1", "a" * 3000), ("[a-z]+[0-9]", "a" * 400_000)],
)
def test_too_many_steps_are_refused(pattern: str, subject: str) -> None:
    """Back references and huge subjects meet the limit, always at the same step."""
    with pytest.raises(FeelError) as caught:
        find(compile_pattern(pattern), subject)
    assert caught.value.kind == "limit"
    assert caught.value.en == "matching the pattern takes too many steps"


@pytest.mark.parametrize(
    "pattern",
    ["((a{0,100}){0,100}){0,100}", "a{1001}", "a{99999999999}", "(" * 60 + ")" * 60, "a" * 2001],
    ids=["product of counts", "count", "long count", "depth", "length"],
)
def test_too_large_patterns_are_refused(pattern: str) -> None:
    """The size of a pattern is limited, unfolded counts included."""
    with pytest.raises(FeelError) as caught:
        compile_pattern(pattern)
    assert caught.value.kind == "limit"


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("a)", "invalid pattern: `)` without `(`"),
        ("(a", "invalid pattern: `(` without `)`"),
        ("*a", "invalid pattern: `*` needs `\\` before it here"),
        ("a**", "invalid pattern: `*` needs `\\` before it here"),
        ("a{2,1}", "invalid pattern: a quantity is `{2}`, `{2,}` or `{2,5}`"),
        ("a{,2}", "invalid pattern: a quantity is `{2}`, `{2,}` or `{2,5}`"),
        ("[b-a]", "invalid pattern: a range of characters ends before it starts"),
        ("[a", "invalid pattern: it ends too early"),
        ("[a[b]]", "invalid pattern: `[` needs `\\` before it here"),
        ("[]", "invalid pattern: `]` needs `\\` before it here"),
        ("\\y", "invalid pattern: unknown escape `\\y`"),
        ("\\p{Xx}", "invalid pattern: there is no property `Xx`"),
        ("\\p{IsAtlantis}", "invalid pattern: there is no property `IsAtlantis`"),
        ("(a\\1)", "invalid pattern: there is no group 1 before `\\1`"),
        ("(a)\\2", "invalid pattern: there is no group 2 before `\\2`"),
    ],
)
def test_invalid_patterns(pattern: str, message: str) -> None:
    """An invalid pattern is an error that says what is wrong with it."""
    with pytest.raises(FeelError) as caught:
        compile_pattern(pattern)
    assert (caught.value.kind, caught.value.en) == ("argument", message)


@pytest.mark.parametrize(
    ("pattern", "subject", "found"),
    [
        ("[^Q]", "qQ", []),
        ("[A-Z-[OI]]", "oix", ["x"]),
        ("straße", "STRAßE", ["STRAßE"]),
        ("\\p{Lu}", "aB", ["B"]),
        ("k", "kK\u212a", ["k", "K", "\u212a"]),
    ],
)
def test_case_insensitive(pattern: str, subject: str, found: list[str]) -> None:
    """Flag i compares characters by their case variants, in classes and what is taken from them, not in properties."""
    program = compile_pattern(pattern, "i")
    assert [subject[match.begin : match.end] for match in find_all(program, subject)] == found


@pytest.mark.parametrize(
    ("pattern", "subject", "begins"),
    [("^a", "a\na\n", [0, 2]), ("a$", "a\na\n", [0, 2]), ("^", "a\n", [0]), ("$", "a\n", [1, 2])],
)
def test_lines(pattern: str, subject: str, begins: list[int]) -> None:
    """With flag m lines begin after a line feed, but not at the end of the subject, and end before one."""
    assert [match.begin for match in find_all(compile_pattern(pattern, "m"), subject)] == begins
