"""The patterns of facts: which there are, and that others read them alike."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.regex import fullmatch
from greenlane.engine.feel.regex.portable import LONGEST, check

REFUSED = r"""
[0-9           invalid pattern: it ends too early
(a             invalid pattern: `(` without `)`
a)(b           invalid pattern: `)` without `(`
*a             invalid pattern: `*` needs `\` before it here
\d{6}          `\d` does not mean the same to all tools
[\w-]+         `\w` does not mean the same to all tools
\p{Lu}         `\p` does not mean the same to all tools
(a)\1          `\1` does not mean the same to all tools
[a-z-[aeiou]]  `-[` does not mean the same to all tools
(a{50}){50}    the pattern is too large
"""
ALONE = st.sampled_from(["a", "b", "0", "企", ".", r"\.", r"\-", "[a-c0]", "[^a-c]", r"[\]a]", "[a-]"])
PATTERNS = st.recursive(
    ALONE,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["?", "*", "+", "{2}", "{1,3}", "{2,}"])).map(lambda p: f"({p[0]}){p[1]}"),
    ),
    max_leaves=6,
)


@pytest.mark.parametrize(("pattern", "because"), [line.split(maxsplit=1) for line in REFUSED.strip().splitlines()])
def test_patterns_that_are_not_for_all(pattern: str, because: str) -> None:
    """They are refused, and the message says for what."""
    with pytest.raises(FeelError) as refused:
        check(pattern)
    assert refused.value.en == because


@given(PATTERNS, st.text("abc0.-]企", max_size=8))
def test_others_read_them_alike(pattern: str, text: str) -> None:
    """Python's own reader, which shares its syntax with JavaScript here, judges every text the same."""
    check(pattern)
    assert fullmatch(pattern, text) == (re.fullmatch(pattern, text) is not None)


def test_no_pattern_holds_up_a_request() -> None:
    """One that takes other matchers longer than the universe has been there judges the longest text at once."""
    check("(a+)+b")
    assert not fullmatch("(a+)+b", "a" * LONGEST)
