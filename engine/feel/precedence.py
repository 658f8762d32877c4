"""How tightly the operators bind, the loosest first."""

from __future__ import annotations

OR, AND, COMPARISON, SUM, PRODUCT, POWER, MINUS, INSTANCE, POSTFIX, PRIMARY = range(1, 11)
