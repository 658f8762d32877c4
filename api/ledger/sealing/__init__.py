"""Secrets and what they are for: keys that wrap keys, and the sealing of what is stored. No database here."""
