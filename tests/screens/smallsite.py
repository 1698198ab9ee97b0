"""A web server with pages written by the test, which counts what is posted to it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from csr_bot.adapters.erp.browser import Site


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path answers with."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class SmallSite:
    """Serves ``pages`` (path without query to answer) on a free loopback port, for GET and POST alike."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer] = {}
        self.seen: list[tuple[str, str, bytes]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler_class())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def show(self, path: str, html: str) -> None:
        page = f"<!doctype html><title>t</title><link rel=icon href='data:,'>{html}"
        self.pages[path] = Answer(page.encode(), headers={"Content-Type": "text/html; charset=utf-8"})

    def posts(self, path: str) -> list[bytes]:
        return [body for method, seen, body in self.seen if (method, seen) == ("POST", path)]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler_class(site) -> type[BaseHTTPRequestHandler]:  # noqa: N805  # two selves in one place
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer("GET")

            def do_POST(self) -> None:
                self._answer("POST")

            def log_message(self, *_: object) -> None:
                """Keep the test output clean."""

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except ConnectionError:
                    self.close_connection = True  # a browser that goes away is no news

            def _answer(self, method: str) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                path = self.path.partition("?")[0]
                site.seen.append((method, path, body))
                answer = site.pages.get(path, Answer(b"no such page", status=404))
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

        return Handler


def site_of(server: SmallSite, *, seconds: float = 4) -> Site:
    """The server as the bot's user sees it; only ``/login`` may be posted to at any time."""
    return Site(server.origin, "bot", free_paths=frozenset({"/login"}), timeout=timedelta(seconds=seconds))
