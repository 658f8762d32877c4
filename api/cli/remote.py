"""A running service, called as anybody calls it: it, not a command, knows who may do what. HTTP, no store."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from greenlane.api.cli.console import CommandError
from greenlane.api.cli.options import Lang
from greenlane.engine.json_text import JsonError, decode, encode

URL, KEY = "GREENLANE_URL", "GREENLANE_KEY"
DEFAULT_URL = "http://127.0.0.1:8000"
TIMEOUT = 60


class Remote:
    """The service at `GREENLANE_URL`, with the key in `GREENLANE_KEY`. What it refuses ends the command."""

    def __init__(self, lang: Lang) -> None:
        self._url = os.environ.get(URL, DEFAULT_URL).rstrip("/")
        self._headers = {"Accept-Language": "zh" if lang == "zh" else "en"}
        if os.environ.get(KEY):
            self._headers["Authorization"] = f"Bearer {os.environ[KEY]}"

    def get(self, *path: str, **query: str | None) -> Any:
        """The JSON answer to a GET."""
        given = {name: value for name, value in query.items() if value is not None}
        return self._call(Request(self._address(path) + (f"?{urlencode(given)}" if given else "")))

    def post(self, *path: str, **body: Any) -> Any:
        """The JSON answer to a POST; members that are None are left out."""
        content = encode({name: value for name, value in body.items() if value is not None})
        return self._call(Request(self._address(path), content, {"Content-Type": "application/json"}, method="POST"))

    def _address(self, path: Iterable[str]) -> str:
        return f"{self._url}/v1/" + "/".join(quote(part, safe=":") for part in path)

    def _call(self, request: Request) -> Any:
        for name, value in self._headers.items():
            request.add_header(name, value)
        try:
            with urlopen(request, timeout=TIMEOUT) as response:
                return decode(response.read())
        except HTTPError as error:
            raise _answered(error) from None
        except (URLError, OSError) as error:
            hint = f"start it with `greenlane serve`, or say where it is with {URL}"
            raise CommandError(
                f"no service answers at {self._url}: {getattr(error, 'reason', error)}", [hint]
            ) from None
        except JsonError:
            raise CommandError(f"what answers at {self._url} is not Greenlane") from None


def refused(problem: Mapping[str, Any]) -> CommandError:
    """The end of a command that the service refused with this problem."""
    lines = [problem["detail"], *(_line(fault) for fault in problem.get("errors", ()))]
    return CommandError(f"{problem['title']} ({problem['code']})", lines)


def _answered(error: HTTPError) -> CommandError:
    try:
        return refused(json.loads(error.read()))
    except (ValueError, KeyError, TypeError):
        return CommandError(f"the service answered {error.code}")


def _line(fault: Mapping[str, Any]) -> str:
    place = fault.get("place") or fault.get("pointer") or fault.get("parameter") or ""
    kind = f" {fault['severity']} {fault['code']}" if "severity" in fault else ""
    help_text = f" ({fault['help']})" if fault.get("help") else ""
    return f"{place}:{kind} {fault['detail']}{help_text}"
