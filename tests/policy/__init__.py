"""Tests of the shipped lending policy."""
