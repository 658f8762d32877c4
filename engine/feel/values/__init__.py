"""FEEL values (DMN 10.3.2): numbers, dates, times, durations, ranges and functions; their text, parts and types.

Numbers are Decimal, strings str, booleans bool, null None, lists list or tuple, contexts dict. All others are frozen.
"""

from __future__ import annotations

from greenlane.engine.feel.values.dates import (
    Date,
    DaysTime,
    Duration,
    FarDate,
    YearsMonths,
    add_months,
    date_at,
    date_text,
    days_of,
    is_date,
    make_date,
    parse_date,
    parse_duration,
)
from greenlane.engine.feel.values.indexed import IndexedRows
from greenlane.engine.feel.values.number import CONTEXT, number_text, parse_number
from greenlane.engine.feel.values.times import DateTime, Time, parse_date_time, parse_time
from greenlane.engine.feel.values.types import (
    FeelFunction,
    Range,
    literal_text,
    parse_at,
    text_of,
    type_name,
)

__all__ = [
    "CONTEXT",
    "Date",
    "DateTime",
    "DaysTime",
    "Duration",
    "FarDate",
    "FeelFunction",
    "IndexedRows",
    "Range",
    "Time",
    "YearsMonths",
    "add_months",
    "date_at",
    "date_text",
    "days_of",
    "is_date",
    "literal_text",
    "make_date",
    "number_text",
    "parse_at",
    "parse_date",
    "parse_date_time",
    "parse_duration",
    "parse_number",
    "parse_time",
    "text_of",
    "type_name",
]
