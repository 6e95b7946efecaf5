"""Live events: from whoever changes something to whoever listens, here and in other processes.

Publishing never blocks: it puts a message into bounded queues and returns. A listener that cannot
keep up is let go; it comes back with the id of the last message it saw. Between processes the
messages go through Redis; without it, or while it is away, each process tells its own listeners.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

from backend.errors import Unavailable
from backend.ids import Ids

LISTENER_MESSAGES = 256
"""What may wait for one listener."""
REMEMBERED_MESSAGES = 2_000
"""What a listener that comes back can have missed."""
OUTBOX_MESSAGES = 10_000
REDIS_SECONDS = 1.0
REDIS_CHANNEL = "4site:live"
_LOG = structlog.get_logger("live")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something that changed. `id` orders messages of one process and is unique among all."""

    id: str
    channel: str
    values: Mapping[str, object]


class Listener:
    """One listener's queue. Made and read on an event loop; filled from any thread."""

    def __init__(self, channels: Iterable[str]) -> None:
        self.channels = frozenset(channels)
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Message | None] = asyncio.Queue()
        self._is_over = False

    async def next(self) -> Message | None:
        """Wait for the next message; None when there will be no more."""
        return await self._queue.get()

    def offer(self, message: Message | None) -> None:
        """Hand over a message from any thread, or None to end the listener."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._put, message)

    def _put(self, message: Message | None) -> None:
        if self._is_over:
            return
        if message is None or self._queue.qsize() >= LISTENER_MESSAGES:
            self._is_over = True
            message = None
        self._queue.put_nowait(message)


class Fanout:
    """Brings messages to the listeners of their channel. One a process."""

    def __init__(self, ids: Ids, redis_url: str | None = None) -> None:
        self._origin = ids.random_bytes(4).hex()
        self._made = 0
        self._lock = threading.Lock()
        self._listeners: dict[str, set[Listener]] = {}
        self._remembered: deque[Message] = deque(maxlen=REMEMBERED_MESSAGES)
        self._relay = _Relay(redis_url, self._origin, self._deliver) if redis_url else None

    def start(self) -> None:
        if self._relay:
            self._relay.start()

    def stop(self) -> None:
        """End all listeners, and the connection to other processes."""
        with self._lock:
            waiting = {each for listeners in self._listeners.values() for each in listeners}
        for listener in waiting:
            listener.offer(None)
        if self._relay:
            self._relay.stop()

    def publish(self, channel: str, values: Mapping[str, object]) -> None:
        """Tell the listeners of a channel. Never blocks or raises."""
        with self._lock:
            self._made += 1
            message = Message(id=f"{self._origin}-{self._made}", channel=channel, values=values)
        self._deliver(message)
        if self._relay:
            self._relay.send(message)

    def listen(self, channels: Iterable[str], *, after: str | None = None) -> Listener:
        """Return a new listener, which gets first what came `after` a message id if that is
        remembered. Must be called on an event loop.
        """
        listener = Listener(channels)
        with self._lock:
            for channel in listener.channels:
                self._listeners.setdefault(channel, set()).add(listener)
            missed = self._missed(listener.channels, after) if after else []
        for message in missed:
            listener.offer(message)
        return listener

    def leave(self, listener: Listener) -> None:
        """Forget a listener."""
        with self._lock:
            for channel in listener.channels:
                here = self._listeners.get(channel, set())
                here.discard(listener)
                if not here:
                    self._listeners.pop(channel, None)

    def find_problem(self) -> str | None:
        """Return what is wrong with the way to other processes, None when nothing is."""
        return self._relay.find_problem() if self._relay else None

    def _deliver(self, message: Message) -> None:
        with self._lock:
            self._remembered.append(message)
            listeners = tuple(self._listeners.get(message.channel, ()))
        for listener in listeners:
            listener.offer(message)

    def _missed(self, channels: frozenset[str], after: str) -> list[Message]:
        known = list(self._remembered)
        start = next((at for at, message in enumerate(known) if message.id == after), None)
        if start is None:
            return []
        return [message for message in known[start + 1 :] if message.channel in channels]


class _Relay:
    """Two threads between this process and Redis. Losing Redis costs messages, never time."""

    def __init__(self, url: str, origin: str, deliver: Any) -> None:
        self._client = connect(url)
        self._origin = origin
        self._deliver = deliver
        self._outbox: deque[Message] = deque(maxlen=OUTBOX_MESSAGES)
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._is_away = False
        self._threads = [
            threading.Thread(target=self._keep, args=(work,), name=name, daemon=True)
            for name, work in (("live-out", self._send_all), ("live-in", self._receive))
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._wake.set()
        for thread in self._threads:
            thread.join(2 * REDIS_SECONDS)
        self._client.close()

    def send(self, message: Message) -> None:
        self._outbox.append(message)
        self._wake.set()

    def find_problem(self) -> str | None:
        try:
            self._client.ping()
        except redis.RedisError as error:
            return f"{type(error).__name__}; each process works for itself"
        return None

    def _keep(self, work: Any) -> None:
        """Do `work` until it is time to stop; begin again a second after Redis failed."""
        while not self._stopped.is_set():
            try:
                work()
            except redis.RedisError as error:
                if not self._is_away and not self._stopped.is_set():
                    self._is_away = True
                    effect = "events stay in their process"
                    _LOG.warning("redis_gone", reason=type(error).__name__, effect=effect)
                self._outbox.clear()
                self._stopped.wait(REDIS_SECONDS)

    def _send_all(self) -> None:
        self._wake.wait()
        self._wake.clear()
        with self._client.pipeline(transaction=False) as pipeline:
            while self._outbox:
                message = self._outbox.popleft()
                pipeline.publish(REDIS_CHANNEL, self._encode(message))
            pipeline.execute()

    def _receive(self) -> None:
        subscription: Any = self._client.pubsub(  # type: ignore[no-untyped-call]  # it has none
            ignore_subscribe_messages=True
        )
        with subscription:
            subscription.subscribe(REDIS_CHANNEL)
            subscription.get_message(timeout=REDIS_SECONDS)
            if self._is_away:
                self._is_away = False
                _LOG.warning("redis_back", effect="events reach all processes again")
            while not self._stopped.is_set():
                received = subscription.get_message(timeout=REDIS_SECONDS / 2)
                if received and (message := self._decode(received["data"])):
                    self._deliver(message)

    def _encode(self, message: Message) -> str:
        return json.dumps(
            {"id": message.id, "channel": message.channel, "values": dict(message.values)}
        )

    def _decode(self, data: bytes) -> Message | None:
        """Return another process's message; None for our own, which were delivered at once."""
        try:
            read = json.loads(data)
            message = Message(id=read["id"], channel=read["channel"], values=read["values"])
        except (ValueError, KeyError, TypeError):
            _LOG.warning("message_unreadable")
            return None
        return None if message.id.startswith(f"{self._origin}-") else message


def connect(url: str) -> redis.Redis:
    """Return a client that gives up early and never tries twice: callers have a way without."""
    return redis.Redis.from_url(
        url,
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def check_redis(url: str) -> None:
    """Raise Unavailable, saying why, when Redis does not answer."""
    client = connect(url)
    try:
        client.ping()
    except redis.RedisError as error:
        raise Unavailable(
            f"Redis cannot be used: {error}.",
            hint="Correct FOURSITE_REDIS_URL, start Redis, or unset the variable.",
        ) from error
    finally:
        client.close()
