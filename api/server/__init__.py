"""Serving under gunicorn: processes, the connections of each, and HTTP/1.1 on them. Knows no feature."""
