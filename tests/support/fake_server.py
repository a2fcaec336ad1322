"""A server on this machine that speaks JSON: requests and answers as values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the server. `content` of None is an empty body, text is no JSON."""

    status: int
    content: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that arrived."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    authorization: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def refusal(status: int, message: str, **headers: str) -> Answer:
    """An error as GitHub words it; `Retry_After="1"` becomes the header Retry-After."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"message": message, "documentation_url": ""}, named)


def handler(answer_to: Callable[[Asked], Answer]) -> type[BaseHTTPRequestHandler]:
    """A request handler that hands every request to `answer_to` and sends what it returns."""

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            address = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length)
            asked = Asked(
                method=self.command,
                path=address.path,
                query={name: values[-1] for name, values in parse_qs(address.query).items()},
                body=json.loads(raw) if raw else None,
                authorization=self.headers.get("Authorization") or "",
            )
            answer = answer_to(asked)
            content = answer.content
            text = content if isinstance(content, str) else json.dumps(content)
            body = b"" if content is None else text.encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            kind = "text/html" if isinstance(content, str) else "application/json; charset=utf-8"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing: whoever answers keeps the log."""

    return Handler
