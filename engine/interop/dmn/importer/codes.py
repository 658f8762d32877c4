"""What keeps a DMN model from being rule files: codes of diagnostics."""

from __future__ import annotations

TYPE = "GL620"
LOGIC = "GL621"
NAME = "GL622"
LEFT_OUT = "GL623"

FACT_TYPES = "a fact is a number, string, boolean or date"
