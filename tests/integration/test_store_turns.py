# SPDX-License-Identifier: Apache-2.0
"""Writers of one process wait for those before them, and for nobody else."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from syndicate.store.turns import Turns


def test_who_came_first_goes_first():
    """Ten threads that wait for one go in their order, one at a time; one that fails holds up nobody."""
    turns, order, queued = Turns(60), [], threading.Semaphore(0)

    def work(number):
        queued.release()
        with turns.turn():
            order.append(number)
            if number == 3:
                raise InterruptedError

    with ThreadPoolExecutor(10) as pool:
        with turns.turn():
            done = []
            for number in range(10):
                done.append(pool.submit(work, number))
                queued.acquire()
                while len(turns._waiting) < number + 2:
                    threading.Event().wait(0.001)
            assert order == []
        failed = [one.exception() for one in done]
    assert order == list(range(10))
    assert [type(one) for one in failed if one] == [InterruptedError]


def test_nobody_waits_for_ever():
    """After the longest wait the turn is taken all the same: what is locked below decides then."""
    turns = Turns(0.01)
    with turns.turn(), ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: turns.turn().__enter__()).exception() is None


@pytest.mark.parametrize("after", [1, 2])
def test_turns_go_on_after_one_that_was_overtaken(after):
    """Whoever goes without a turn leaves the queue as it was for the others."""
    turns = Turns(0.01)
    with turns.turn():
        for _ in range(after):
            with turns.turn():
                pass
    with turns.turn():
        assert len(turns._waiting) == 1
    assert not turns._waiting
