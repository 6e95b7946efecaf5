"""Writers queue in the order they came, and none waits for ever."""

from __future__ import annotations

import threading
import time

import pytest

from backend.actions.context import Context
from backend.store.turns import Turns
from tests.support.service import add_account


def test_a_thread_that_never_pauses_does_not_keep_another_out(context: Context) -> None:
    stop = threading.Event()

    def write_without_a_pause() -> None:
        while not stop.is_set():
            with context.database.transaction():
                pass

    greedy = threading.Thread(target=write_without_a_pause)
    greedy.start()
    try:
        for _ in range(20):
            add_account(context)
    finally:
        stop.set()
        greedy.join()


def test_turns_come_in_order() -> None:
    turns = Turns()
    order: list[int] = []
    threads = []

    def wait_for_a_turn(number: int) -> None:
        with turns.take(10):
            order.append(number)

    with turns.take(10):
        for number in range(5):
            thread = threading.Thread(target=wait_for_a_turn, args=[number])
            thread.start()
            threads.append(thread)
            while len(turns._waiting) <= number:  # nothing else tells
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def test_a_turn_that_does_not_come_is_given_up_and_the_next_one_works() -> None:
    turns = Turns()
    with turns.take(1), pytest.raises(TimeoutError), turns.take(0.01):
        pass
    with turns.take(1):
        pass
