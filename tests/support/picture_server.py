"""A web server on the loopback that serves prepared answers and remembers who asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(slots=True, kw_only=True)
class Prepared:
    """One answer. With an `etag`, a question that names it gets 304."""

    body: bytes = b""
    status: int = 200
    kind: str = "image/png"
    etag: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0


@dataclass(slots=True, kw_only=True)
class PictureServer:
    """The answers by path, and the paths asked for with the status they got."""

    base: str = ""
    answers: dict[str, Prepared] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)

    @property
    def host(self) -> str:
        return self.base.removeprefix("http://")


@contextmanager
def serve_pictures() -> Iterator[PictureServer]:
    """Run a server until the block ends."""
    state = PictureServer()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Stay silent; what was asked is kept in the state."""

        def do_GET(self) -> None:
            prepared = state.answers.get(self.path, Prepared(status=404))
            time.sleep(prepared.delay_seconds)
            is_known = prepared.etag and self.headers.get("If-None-Match") == prepared.etag
            status = 304 if is_known else prepared.status
            state.asked.append((self.path, status))
            self.send_response(status)
            self.send_header("Content-Type", prepared.kind)
            if prepared.etag:
                self.send_header("ETag", prepared.etag)
            for name, value in prepared.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if not is_known:
                self.wfile.write(prepared.body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
