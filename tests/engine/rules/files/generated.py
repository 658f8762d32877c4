"""Generated rule files, as analysts write them: untidy, with comments, keys in any order, all of it valid."""

from __future__ import annotations

from hypothesis import strategies as st

_WORDS = st.sampled_from(["one", "二", "三 四", "§4 (a)", "A & B", "ｆｕｌｌ", "5%"])
_COMMENTS = st.sampled_from(["", "", "", "# note", "#二", "\n# apart\n", "\n"])
_GAPS = st.sampled_from([" ", "  ", "   "])
_TESTS = {
    "rating": ["AAA", "AAA,AA", "not(A, none)", "-", ""],
    "amount_wan (万元)": [">= 80", "[1..30]", "", "-", "null, < 5"],
    "when": ['product = "LOAN"', "listed and employees > 3", '"甲 | 乙" = "x"', ""],
}


@st.composite
def decision_files(draw: st.DrawFn) -> str:
    """A file with one to three decisions that reads without faults in the small ruleset."""
    names = draw(st.lists(st.sampled_from(["x", "y", "z"]), min_size=1, max_size=3, unique=True))
    documents = [draw(_decision(name)) for name in names]
    separator = draw(st.sampled_from(["---\n", "--- # next\n", "---\n# about\n\n"]))
    head = draw(st.sampled_from(["", "# head\n\n", "# head\n"]))
    end = draw(st.sampled_from(["", "\n\n", "# end\n", "---\n"]))
    return head + separator.join(documents) + end


@st.composite
def _decision(draw: st.DrawFn, name: str) -> str:
    entries = [f"decision: {name}\n", draw(_title(0))]
    if draw(st.booleans()):
        entries.append(f"basis:{draw(_GAPS)}{draw(_WORDS)}{draw(st.sampled_from(['', '  # why']))}\n")
    entries += draw(_table(name)) if draw(st.booleans()) else [draw(_value())]
    order = draw(st.permutations(entries))
    comments = [draw(_COMMENTS) for _ in order]
    return "".join(f"{comment}\n{entry}" if comment else entry for comment, entry in zip(comments, order, strict=True))


@st.composite
def _title(draw: st.DrawFn, indent: int) -> str:
    zh, en = draw(_WORDS), draw(_WORDS)
    pad = " " * indent
    pairs = draw(st.permutations([f"zh: {zh}", f"en: {en}"]))
    if draw(st.booleans()):
        return f"{pad}title:{draw(_GAPS)}{{{pairs[0]},{draw(_GAPS)}{pairs[1]}}}\n"
    step = " " * (indent + draw(st.integers(1, 4)))
    return f"{pad}title:\n{step}{pairs[0]}\n{step}{pairs[1]}\n"


def _value() -> st.SearchStrategy[str]:
    return st.sampled_from(
        [
            "value: amount_wan * 2\n",
            "value:   listed  # inline\n",
            "value: |\n      if listed\n        then 1\n      else 2\n",
            "value: |-\n  // a comment\n  1 + 1\n\n",
            "value: 'rating = \"AAA\"'\n",
        ]
    )


@st.composite
def _table(draw: st.DrawFn, name: str) -> list[str]:
    frame = ["hit: first\n", "undetermined: refer\n", "outputs:\n   bp: {unit: bp, type: number}\n   code:  {}\n"]
    rows = [draw(_rows(f"{name}{number}", indent)) for number, indent in ((0, 1), (1, 8))]
    if draw(st.booleans()):
        return [*frame, f"rows: |\n{rows[0]}"]
    first = (
        f"sections:\n    -   for: listed\n        set: {{bp: 3}}\n        rows: |\n{draw(_rows(name + 's', 10, False))}"
    )
    second = f"    # second\n    - rows: |\n{rows[1]}      # its title\n{draw(_title(6))}"
    return [*frame, first + draw(st.sampled_from(["", "\n"])) + second]


@st.composite
def _rows(draw: st.DrawFn, prefix: str, indent: int, with_output: bool = True) -> str:
    columns = draw(st.lists(st.sampled_from(sorted(_TESTS)), unique=True, max_size=3))
    header = ["id", *columns, *(["bp (bp)"] if with_output else []), "code", "zh"]
    lines = [draw(_line(header))]
    for number in range(draw(st.integers(1, 4))):
        cells = [draw(st.sampled_from(_TESTS[column])) for column in columns]
        bp = [draw(st.sampled_from(["1", "-10", "2 * 3"]))] if with_output else []
        zh = draw(st.sampled_from(["", "中文", 'a "b', "甲 \\| 乙", "长一点的说明"]))
        lines.append(draw(_line([f"{prefix}-{number}", *cells, *bp, f"{prefix}C{number}", zh])))
        lines += draw(st.sampled_from([[], [], ["# R-9 is gone"], ["", ""]]))
    return "".join(f"{' ' * indent}{line}\n" if line else "\n" for line in lines)


@st.composite
def _line(draw: st.DrawFn, cells: list[str]) -> str:
    bars = [f" {draw(st.sampled_from(['', '  ']))}| {draw(st.sampled_from(['', ' ']))}" for _ in cells[1:]]
    line = cells[0] + "".join(bar + cell for bar, cell in zip(bars, cells[1:], strict=True))
    return line.rstrip() if draw(st.booleans()) else line
