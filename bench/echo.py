"""The yardstick of the HTTP measurement: a bare Flask application that reads JSON and sends it back."""

from __future__ import annotations

import sys
from dataclasses import replace

from flask import Flask, Response, request

from greenlane.api.config import Settings
from greenlane.api.server.process import Server


class EchoServer(Server):
    """The same gunicorn settings as the service, around the bare application."""

    def load_config(self) -> None:
        """Without what belongs to the service's metrics."""
        super().load_config()
        self.cfg.set("child_exit", lambda _server, _worker: None)

    def load(self) -> Flask:
        """The application of one worker."""
        app = Flask("echo", static_folder=None)

        @app.post("/v1/decisions")
        def echo() -> Response:
            return Response(app.json.dumps(request.get_json()), 201, mimetype="application/json")

        @app.get("/healthz")
        def health() -> str:
            return "ok"

        return app


if __name__ == "__main__":
    EchoServer(replace(Settings(), port=int(sys.argv[1]), log_level="warning")).run()
