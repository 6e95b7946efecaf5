"""Serve a folder on this machine, rebuild what changed, and reload the browser.

Two kinds of answer: the site's files, and `/__4site`, a stream that says when to reload. The
script that listens is added to pages on the way out, so the folder itself stays as published.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_STREAM = "/__4site"
_RELOAD = (
    b"<script>new EventSource('/__4site').onmessage=function(){location.reload()}</script></body>"
)
# The preview's page needs one inline script more than the published one allows.
_POLICY_TAG = b'<meta http-equiv="Content-Security-Policy"'
_HIDDEN_POLICY_TAG = b'<meta name="published-policy"'
_KEEP_ALIVE_SECONDS = 15.0


class Preview:
    """A loopback server of one folder. Make it, `start` it, `reload` after each build, `stop`."""

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        """Port 0 takes any free one. Raises OSError when the port is taken."""
        self._changed = threading.Condition()
        self._version = 0
        self._is_open = True
        preview = self

        class Handler(_Handler):
            def __init__(self, *args: Any) -> None:
                self.preview = preview
                super().__init__(*args, directory=str(folder))

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def reload(self) -> None:
        """Tell every open page that there is something new."""
        with self._changed:
            self._version += 1
            self._changed.notify_all()

    def wait_for_change(self, seen: int) -> int:
        """Wait a while for a version after `seen`; return the newest, `seen` when time ran out."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._version != seen or not self._is_open, timeout=_KEEP_ALIVE_SECONDS
            )
            return self._version

    @property
    def is_open(self) -> bool:
        return self._is_open

    @property
    def version(self) -> int:
        return self._version

    def stop(self) -> None:
        with self._changed:
            self._is_open = False
            self._changed.notify_all()
        self._server.shutdown()
        self._server.server_close()


class _Handler(SimpleHTTPRequestHandler):
    preview: Preview
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == _STREAM:
            self._stream()
        else:
            self._serve(has_body=True)

    def do_HEAD(self) -> None:
        self._serve(has_body=False)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the console shows builds, not requests."""

    def _serve(self, *, has_body: bool) -> None:
        path = Path(self.translate_path(self.path))
        status = HTTPStatus.OK
        if path.is_dir():
            if not self.path.partition("?")[0].endswith("/"):
                self.send_response(HTTPStatus.MOVED_PERMANENTLY)
                self.send_header("Location", self.path.partition("?")[0] + "/")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            path /= "index.html"
        if not path.is_file():
            status, path = HTTPStatus.NOT_FOUND, Path(self.directory) / "404.html"
        content = path.read_bytes() if path.is_file() else b"Not found\n"
        if path.suffix == ".html":
            content = content.replace(_POLICY_TAG, _HIDDEN_POLICY_TAG)
            content = content.replace(b"</body>", _RELOAD, 1)
        self.send_response(status)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if has_body:
            self.wfile.write(content)

    def _stream(self) -> None:
        # Read before the answer begins: a build that ends in between must not be missed.
        seen = self.preview.version
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            while self.preview.is_open:
                now = self.preview.wait_for_change(seen)
                self.wfile.write(b"data: reload\n\n" if now != seen else b": still here\n\n")
                self.wfile.flush()
                seen = now
        except OSError:
            return  # the page was closed


def watch(
    folder: Path,
    *,
    ignore: Iterable[Path],
    changed: Callable[[], None],
    stop: threading.Event | None = None,
) -> None:
    """Call `changed` after each burst of changes below `folder`, until `stop` is set."""
    from watchfiles import DefaultFilter  # noqa: PLC0415
    from watchfiles import watch as watch_files  # noqa: PLC0415

    ignored = tuple(str(path.resolve()) for path in ignore)
    filtered = DefaultFilter(ignore_paths=ignored)
    for _ in watch_files(folder, watch_filter=filtered, stop_event=stop):
        changed()
