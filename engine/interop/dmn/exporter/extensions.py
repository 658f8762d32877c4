"""The functions of rule files that FEEL lacks, defined in FEEL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from greenlane.engine.interop.dmn.exporter.elements import context, function, literal


@dataclass(frozen=True, slots=True)
class Extension:
    """A business knowledge model: parameters with types, entries of a context, the text of its result."""

    parameters: tuple[tuple[str, str], ...]
    entries: tuple[tuple[str, str], ...]
    result: str
    type_ref: str
    about: str

    def logic(self) -> Element:
        """The function."""
        body = context([(name, literal(text)) for name, text in self.entries], literal(self.result))
        return function(self.parameters, body, "encapsulatedLogic")


EXTENSIONS: Mapping[str, Extension] = {
    "fixed": Extension(
        (("n", "number"), ("places", "number")),
        (
            ("rounded", "decimal(n, places)"),
            ("size", "abs(rounded)"),
            ("whole", "floor(size)"),
            ("fraction", "string(decimal((size - whole) * 10 ** places + 10 ** places, 0))"),
        ),
        '(if rounded < 0 then "-" else "") + string(whole) + (if places = 0 then "" else "." + substring(fraction, 2))',
        "string",
        "保留固定小数位的文本 / A number as text with exactly that many decimals, rounded half to even",
    ),
    "working day after": Extension(
        (("start", "date"), ("days", "number"), ("calendar", "")),
        (
            ("years", "distinct values(for entry in calendar return entry.date.year)"),
            ("last", "2 * (days + count(calendar)) + 14"),
            ("dates", 'for i in 1..last return start + duration("P" + string(i) + "D")'),
            ("on", "for entry in calendar[item.working = true] return string(entry.date)"),
            ("off", "for entry in calendar[item.working = false] return string(entry.date)"),
            (
                "marked",
                "for day in dates return {day: day, text: string(day), working: "
                "if list contains(on, text) and list contains(off, text) then calendar[item.date = day][-1].working "
                "else if list contains(on, text) then true else if list contains(off, text) then false "
                'else not(day of week(day) in ("Saturday", "Sunday"))}',
            ),
            ("due", "if days = 0 then start else marked[item.working = true][days].day"),
            ("covered", "for year in start.year..due.year return list contains(years, year)"),
        ),
        "if every known in covered satisfies known then due else null",
        "date",
        "第N个工作日 / The date so many working days after the start; exceptions to Monday to Friday are in "
        "the calendar, which gives null when it has none for a year on the way",
    ),
}
