"""Generated FEEL values."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from greenlane.engine.feel.values import CONTEXT, Date, DateTime, DaysTime, Range, Time, YearsMonths, date_at
from greenlane.engine.feel.values.dates import DAY, NANOS

ZONES = ("Asia/Shanghai", "Europe/Paris", "Etc/UTC", "America/New_York", "Australia/Lord_Howe")

python_dates = st.dates()
dates: st.SearchStrategy[Date] = python_dates | st.integers(-300_000_000_000, 300_000_000_000).map(date_at)
local_times = st.builds(
    Time, st.integers(0, 23), st.integers(0, 59), st.integers(0, 59), st.integers(0, NANOS - 1) | st.just(0)
)
times = st.one_of(
    local_times,
    st.builds(
        lambda time, offset: Time(time.hour, time.minute, time.second, time.nanos, offset),
        local_times,
        st.integers(-64_800, 64_800),
    ),
    st.builds(
        lambda time, zone: Time(time.hour, time.minute, time.second, time.nanos, None, zone),
        local_times,
        st.sampled_from(ZONES),
    ),
)
date_times = st.builds(DateTime, dates, times)
spans = st.integers(-(10**8) * DAY, 10**8 * DAY).map(DaysTime)
months = st.integers(-(10**9), 10**9).map(YearsMonths)
numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=9)
wide_numbers = st.builds(
    lambda digits, exponent: CONTEXT.create_decimal(Decimal((digits < 0, tuple(map(int, str(abs(digits)))), exponent))),
    st.integers(-(10**34) + 1, 10**34 - 1),
    st.integers(-200, 200),
)
scalars: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), numbers, st.text(max_size=20), dates, times, date_times, spans, months
)
ranges = st.builds(
    lambda ends, low, high: Range(min(ends), max(ends), low, high),
    st.tuples(numbers, numbers),
    st.booleans(),
    st.booleans(),
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars | ranges,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
epoch = datetime.date(1970, 1, 1)
