"""How rule files are written: canonical layout, quoting, and the JSON Schema by which editors check them. Pure."""
