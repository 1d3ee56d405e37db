"""A small HTTP server of the simulated TI that answers with JSON (Lagebild, played network, control)."""

import http.server
import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from papierbruecke.drill.listener import HOST, Listener

MAX_BODY = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: method, decoded path, query, body."""

    method: str
    path: str
    query: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """JSON (or raw bytes) with its HTTP status."""

    status: int
    content: Any


class JsonServer:
    """``answer`` decides about every request, in the thread of its connection."""

    def __init__(self, answer: Callable[[Request], Answer], port: int | None = None) -> None:
        self.answer = answer
        self.listener = Listener(self._serve, port)

    @property
    def url(self) -> str:
        """Root of this server."""
        return f"http://{HOST}:{self.listener.port}"

    def close(self) -> None:
        """Stop serving."""
        self.listener.close()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(300)
        _Handler(connection, self)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def __init__(self, connection: socket.socket, server: JsonServer) -> None:
        self._json_server = server
        super().__init__(connection, (HOST, 0), None)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def _answer(self, method: str) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(length, MAX_BODY))
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        answer = self._json_server.answer(Request(method, unquote(parts.path), query, body))
        content = answer.content
        data = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
