"""Serves the application with uvicorn: one process, or several that share a socket."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import uvicorn
from uvicorn.supervisors import Multiprocess

from backend.app import App, create_app
from backend.commands.logs import configure_logs
from backend.commands.opening import open_context
from backend.errors import Unavailable
from backend.gateways.live import Fanout
from backend.ids import SystemIds
from backend.jobs.builders import Builders
from backend.jobs.engine import Engine
from backend.jobs.log_keeping import LogKeeper
from backend.settings import Settings

STOP_SECONDS = 30
"""How long requests may take to finish once the service was told to stop."""
WORKER_SECONDS = 60
"""How long a worker may take to answer its parent. It counts from the start of its imports: with
uvicorn's 5 seconds a slow machine would kill its workers for ever."""
KEEP_ALIVE_SECONDS = 75
"""Longer than the proxies' own (60 s is usual), so that they and not we end idle connections."""


def bind(settings: Settings) -> socket.socket:
    """Return a socket bound to the settings' address. Raises Unavailable when it is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    bound = socket.socket(family)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((settings.host, settings.port))
    except OSError as error:
        bound.close()
        raise Unavailable(
            f"{settings.host}:{settings.port} cannot be listened on: {error.strerror}.",
            hint="Choose another --port, or stop what uses this one.",
        ) from error
    bound.set_inheritable(True)
    return bound


def serve(settings: Settings, bound: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT, then finish what was begun."""
    if settings.workers > 1:
        settings = replace(settings, metrics_dir=_share_metrics(settings))
    config = uvicorn.Config(
        partial(make_app, settings),
        factory=True,
        http="httptools",
        ws="none",
        lifespan="on",
        workers=settings.workers,
        # The application believes trusted hops itself, and logs its own way.
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
        timeout_worker_healthcheck=WORKER_SECONDS,
    )
    if settings.workers > 1:
        Multiprocess(config, sockets=[bound]).run()
        return
    # uvicorn raises the signal again when it has stopped in order; that was the end already.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    uvicorn.Server(config).run(sockets=[bound])


def _share_metrics(settings: Settings) -> Path:
    """Make the folder through which processes add up their metrics, and name it to them.

    prometheus-client reads the variable when it is imported, which is in each new process.
    """
    folder = settings.data_dir / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    return folder


def make_app(settings: Settings) -> App:
    """Return the application of one process, over a database that was migrated before."""
    configure_logs(settings.log_format)
    engine, live = Engine(settings), Fanout(SystemIds(), settings.redis_url)
    context = open_context(settings, tasks=engine, live=live)
    return create_app(
        context,
        parts=[
            _Part(start=lambda: None, stop=context.database.close),
            live,
            _Part(start=partial(engine.run_for, context), stop=engine.stop),
            Builders(context),
            LogKeeper(context),
        ],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Something that is started and stopped with the application."""

    start: Callable[[], None]
    stop: Callable[[], None]
