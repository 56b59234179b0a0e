# SPDX-License-Identifier: Apache-2.0
"""Several machines on one: workers in network namespaces with hostnames of their own, a database, a feed world, a relay.

A namespace has no loopback of its own: addresses of 127.0.0.0/8 are reached over its cable, at whose other end the servers are, so
that cutting the cable cuts it off from all of them. Where namespaces are not permitted, workers are plain processes.

All go by one clock, which is the world's calendar, runs as the real one does, and is set forward between rounds. What
servers ask for in seconds is lengthened in the same measure, so that nobody is asked sooner than it allows in either
time.

As a program it is one of the machines' processes: ``hosts.py FOLDER NUMBER KIND ADDRESS`` until it is stopped.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
HOURS, ROUND = 8, 5.5
STRETCH = HOURS * 3600 / ROUND
WORKER, DAEMON = "worker", "daemon"
QUEUES = ("polling", "composing", "delivering")
CONNECTIONS = 4
PER_HOST = 2
OFTEN = 12


class Clock:
    """The time of all processes that look into the same folder."""

    def __init__(self, folder: Path) -> None:
        """The clock stands in a file; it is made if there is none."""
        self._file = Path(folder) / "clock"
        if not self._file.exists():
            self._set(time.monotonic(), 0.0)
        self._read, self._until = (0.0, 0.0), 0.0

    def __call__(self) -> datetime:
        """Now."""
        if time.monotonic() > self._until:
            began, ahead = json.loads(self._file.read_text())
            self._read, self._until = (began, ahead), time.monotonic() + 0.05
        began, ahead = self._read
        return START + timedelta(seconds=time.monotonic() - began + ahead)

    def jump(self, by: timedelta) -> None:
        """Set it forward for everybody."""
        began, ahead = json.loads(self._file.read_text())
        self._set(began, ahead + by.total_seconds())
        self._until = 0.0

    def _set(self, began: float, ahead: float) -> None:
        half = self._file.with_suffix(".half")
        half.write_text(json.dumps([began, ahead]))
        half.replace(self._file)


# ------------------------------------------------------------------------------------------------ machines


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def may_divide() -> bool:
    """Whether this user may make network namespaces here, with cables that carry addresses of loopback."""
    if sys.platform != "linux" or os.getuid() or not all(map(shutil.which, ("ip", "unshare", "hostname"))):
        return False
    try:
        with closing(Machine(9)):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


class Machine:
    """A network namespace with a cable to this one, and a hostname; ``number`` tells it from others of this process."""

    def __init__(self, number: int) -> None:
        """It is there until it is closed."""
        self.name, self._cable = f"host{number}-{os.getpid()}", f"h{number}-{os.getpid()}"
        net = f"10.{77 + number}.{os.getpid() // 64 % 256}.{os.getpid() % 64 * 4}"
        here, there = (net.rpartition(".")[0] + f".{int(net.rpartition('.')[2]) + last}" for last in (1, 2))
        self.address = there
        _ip("netns", "add", self.name)
        try:
            _ip("link", "add", self._cable, "type", "veth", "peer", "name", "eth0", "netns", self.name)
            _ip("addr", "add", f"{here}/30", "dev", self._cable)
            _ip("link", "set", self._cable, "up")
            Path(f"/proc/sys/net/ipv4/conf/{self._cable}/route_localnet").write_text("1")
            for words in (f"addr add {there}/30 dev eth0", "link set eth0 up"):
                _ip("-n", self.name, *words.split())
            setting = "/proc/sys/net/ipv4/conf/eth0/route_localnet"
            subprocess.run(self.command(["sh", "-c", f"echo 1 > {setting}"]), check=True, capture_output=True)
            _ip("-n", self.name, "route", "add", "127.0.0.0/8", "via", here, "src", there)
        except BaseException:
            self.close()
            raise

    def command(self, words: list[str]) -> list[str]:
        """The command as it is run there."""
        named = 'hostname "$0"; exec "$@"'
        return ["ip", "netns", "exec", self.name, "unshare", "--uts", "sh", "-c", named, self.name, *words]

    def cut(self) -> None:
        """Pull the cable."""
        _ip("link", "set", self._cable, "down")

    def mend(self) -> None:
        """Plug it in again."""
        _ip("link", "set", self._cable, "up")

    def close(self) -> None:
        """Remove it."""
        subprocess.run(["ip", "netns", "del", self.name], check=False, capture_output=True)


class Here:
    """No machine of its own: where namespaces are not permitted. Its network cannot be cut."""

    name, address = "here", "127.0.0.1"

    def command(self, words: list[str]) -> list[str]:
        """The command itself."""
        return words

    def close(self) -> None:
        """Nothing."""


# ------------------------------------------------------------------------------------------------ processes


@dataclass
class Crew:
    """Workers, each on a machine; those that are to run are started again two seconds after they ended, as a unit is."""

    folder: Path
    machines: list
    running: dict[int, subprocess.Popen] = field(default_factory=dict)
    ended: Counter[int] = field(default_factory=Counter)

    def start(self, number: int, kind: str = WORKER) -> None:
        """Start one; its machine follows from its number."""
        words = [sys.executable, __file__, str(self.folder), str(number), kind, self.machine(number).address]
        with (self.folder / f"log.{number}").open("ab") as log:
            command = self.machine(number).command(words)
            self.running[number] = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def machine(self, number: int):
        """Where it runs."""
        return self.machines[number % len(self.machines)]

    def kill(self, number: int) -> None:
        """Kill one, with its children, as a machine does that loses its power."""
        with suppress(ProcessLookupError):
            os.killpg(self.running[number].pid, signal.SIGKILL)
        self.running.pop(number).wait()

    def check(self) -> None:
        """Start again what has ended, as its unit does: a database that is away, say. Again and again is a fault."""
        for number in [number for number, one in self.running.items() if one.poll() is not None]:
            self.ended[number] += 1
            said = (self.folder / f"log.{number}").read_text()[-2000:]
            assert self.ended[number] < OFTEN, f"{number} has ended: {said}"
            self.start(number)

    def stop(self) -> None:
        """Ask all to end, and wait."""
        for one in self.running.values():
            with suppress(ProcessLookupError):
                os.killpg(one.pid, signal.SIGTERM)
        for number in list(self.running):
            with suppress(subprocess.TimeoutExpired):
                self.running[number].wait(20)
            self.kill(number)

    def close(self) -> None:
        """End all, and remove the machines."""
        for number in list(self.running):
            self.kill(number)
        for machine in self.machines:
            machine.close()


def process(folder: Path, number: int, kind: str, address: str) -> None:
    """What ``Crew.start`` starts: the command ``worker`` or ``run``, by the common clock."""
    _keep_record(folder / f"fetched.{number}")
    from syndicate.app import open_app
    from syndicate.app.working import work_on
    from syndicate.cli.work import show_report
    from syndicate.pipeline.loop import run

    async def work() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        (folder / f"ready.{number}").touch()
        if kind == WORKER:
            await work_on(app, QUEUES, 4, show_report, stop)
            return
        async with app.daemon(address, 0, show_report):
            await stop.wait()

    with closing(open_app(folder / "config.yaml", now=Clock(folder))) as app:
        run(work())


def _keep_record(file: Path) -> None:
    """Every fetch is written down with its host, beginning and end, and what servers ask for is lengthened."""
    from syndicate.errors import FetchError
    from syndicate.intake import fetch

    record = file.open("a", buffering=1)

    class Recorded(fetch.Fetcher):
        async def fetch(self, url, **validators):
            began = time.monotonic()
            try:
                fetched = await super().fetch(url, **validators)
            except FetchError as error:
                if error.retry_after:
                    error.retry_after *= STRETCH
                raise
            finally:
                record.write(f"{urlsplit(url).hostname} {began:.4f} {time.monotonic():.4f}\n")
            return replace(fetched, fresh_for=fetched.fresh_for and fetched.fresh_for * STRETCH)

    fetch.Fetcher = Recorded


def at_once(folder: Path) -> int:
    """The most fetches that one host saw at one time, of all workers together."""
    moments = defaultdict(list)
    for file in folder.glob("fetched.*"):
        for line in file.read_text().splitlines():
            host, began, ended = line.split()
            moments[host] += [(float(began), 1), (float(ended), -1)]
    most = 0
    for changes in moments.values():
        running = 0
        for _, change in sorted(changes):
            running += change
            most = max(most, running)
    return most


if __name__ == "__main__":
    process(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
