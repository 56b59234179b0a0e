# SPDX-License-Identifier: Apache-2.0
"""Turns at a host: how many get on at once, what becomes of those that do not, and that hosts do not wait for another."""

import asyncio

import pytest

from syndicate.intake.turns import Turns


class Requests:
    """Requests that go on until they are let go."""

    def __init__(self, turns):
        self.turns, self.running, self.finish = turns, [], {}
        self.changed = asyncio.Condition()

    async def one(self, host, name):
        """Take a turn and hold it until the name is let go."""
        self.finish[name] = asyncio.Event()
        async with self.turns.turn(host):
            try:
                await self.note(self.running.append, name)
                await self.finish[name].wait()
            finally:
                self.running.remove(name)

    async def note(self, change, name):
        """Change who runs and say so."""
        async with self.changed:
            change(name)
            self.changed.notify_all()

    async def until(self, *names):
        """Wait until just these run."""
        async with self.changed:
            await self.changed.wait_for(lambda: set(self.running) == set(names))

    async def never(self, count):
        """For a moment, so many do not run at once."""
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2), self.changed:
                await self.changed.wait_for(lambda: len(self.running) >= count)


def run(scenario, **options):
    """Run a scenario on turns with these options; everything in it is over at the end."""

    async def whole():
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            requests = Requests(Turns(**options))
            await scenario(requests, group)
            for event in requests.finish.values():
                event.set()
        assert requests.turns._lanes == {}, "nothing is kept of hosts that nobody asks"

    asyncio.run(whole())


def test_a_host_gets_so_many_and_no_more():
    """The third request waits until one of two is over; another host's begins at once."""

    async def scenario(requests, group):
        for name in ("a", "b", "c"):
            group.create_task(requests.one("one.example", name))
        group.create_task(requests.one("two.example", "other"))
        await requests.until("a", "b", "other")
        await requests.never(4)
        requests.finish["a"].set()
        await requests.until("b", "c", "other")

    run(scenario, per_host=2)


def test_what_is_stuck_lets_others_pass_but_only_so_many():
    """Two that stand still make room for two more, and when all four stand still nobody else begins."""

    async def scenario(requests, group):
        for name in "abcdef":
            group.create_task(requests.one("one.example", name))
        await requests.until(*"abcd")
        await requests.never(5)
        requests.finish["a"].set()
        await requests.until(*"bcde")
        await requests.never(5)

    run(scenario, per_host=2, stuck_after=0.01)


def test_a_request_that_is_given_up_frees_its_turn():
    """Cancelled while it waits or while it runs, a request leaves no trace."""

    async def scenario(requests, group):
        first = group.create_task(requests.one("one.example", "first"))
        second = group.create_task(requests.one("one.example", "second"))
        await requests.until("first")
        second.cancel()
        first.cancel()
        group.create_task(requests.one("one.example", "third"))
        await requests.until("third")

    run(scenario, per_host=1)
