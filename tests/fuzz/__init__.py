"""Fuzzing: inputs that nobody would write, and what must hold of all of them. `make fuzz` runs it, `test_corpus` what
it has found."""
