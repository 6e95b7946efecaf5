"""The service over real HTTP, in a thread of the test's own process."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette


@contextmanager
def serve_app(make_app: Callable[[str], Starlette]) -> Iterator[str]:
    """Serve on loopback what `make_app` makes of its own address, and give the address."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    config = uvicorn.Config(
        make_app(url), log_config=None, proxy_headers=False, ws="none", lifespan="on"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the service did not start")
            time.sleep(0.01)
        yield url
    finally:
        server.should_exit = True
        thread.join()
        bound.close()
