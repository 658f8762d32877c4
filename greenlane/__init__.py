"""Greenlane: rules that decide, and say why."""
