# SPDX-License-Identifier: Apache-2.0
"""What acceptance tests stand on: the commands as their users type them, and the demo's world on loopback."""

from __future__ import annotations

import asyncio
import io
import json
import os
import shutil
import subprocess
import sys
import threading
from contextlib import AsyncExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass

import pytest

from syndicate import demo
from syndicate.app import clock
from syndicate.cli import main, show

SECONDS = 100  # no command may take longer


class Loopback:
    """The demo's publishers and mail sink in a thread, for programs that are processes of their own."""

    def __init__(self, mail):
        self._started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._mail = mail
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self):
        self._stop = asyncio.Event()
        async with AsyncExitStack() as stack:
            self.world = await stack.enter_async_context(demo.world(clock()))
            self.sink = await stack.enter_async_context(demo.sink(self._mail))
            self._started.set()
            await self._stop.wait()

    def __enter__(self):
        self._thread.start()
        assert self._started.wait(30)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)

    def config(self, folder, web_port=8080):
        """The demo's configuration for a folder, with the folder's own paths left relative."""
        text = demo.demo_config(self.world.port, self.sink.port, folder, web_port)
        return text.replace(f"{folder.absolute()}/", "")

    def mail_to(self, recipient):
        """The files of the messages that came for an address, oldest first."""
        return [message.path for message in self.sink.messages if recipient in message.recipients]


@pytest.fixture(scope="session")
def loopback(tmp_path_factory):
    """Publishers and a mail sink on loopback."""
    with Loopback(tmp_path_factory.mktemp("maildir")) as running:
        yield running


@dataclass(frozen=True)
class Done:
    """A command that has ended: its exit code and what it printed."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture(scope="session")
def syndicate():
    """Run a command in a folder, in this process; gives what it printed and its exit code."""

    def run(folder, *arguments, columns=120):
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.chdir(folder)
            patch.setattr(sys, "argv", ["syndicate", *map(str, arguments)])
            for console in (show.OUT, show.ERR):  # they look at the terminal once, when they are made
                patch.setattr(console, "_width", columns)
                patch.setattr(console, "_color_system", None)
            with pytest.raises(SystemExit) as end:
                main()
        return Done(end.value.code or 0, out.getvalue(), err.getvalue())

    return run


@pytest.fixture(scope="session")
def program():
    """Start the program in a folder as a shell or cron does; gives what it printed and its exit code."""

    def run(folder, *arguments, **environment):
        return subprocess.run(
            [sys.executable, "-m", "syndicate", *map(str, arguments)],
            cwd=folder,
            env=os.environ | {"COLUMNS": "120"} | environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def home(tmp_path_factory, loopback, syndicate):
    """A folder with everything polled and published and two readers, one of whom has left."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "config.yaml").write_text(loopback.config(folder))
    syndicate(folder, "poll", "--all")
    syndicate(folder, "publish")
    (folder / "readers.csv").write_text(
        "email,confirmed_at,method,wording\nada@reader.example,2026-03-04,form,I want the weekly digest.\n"
        "eve@reader.example,2026-03-04T09:30Z,form,I want the weekly digest.\n"
    )
    syndicate(folder, "subscribers", "import", "readers.csv", "--channel", "weekly")
    return folder


@pytest.fixture
def folder(home, tmp_path):
    """A copy of that folder, to change."""
    return shutil.copytree(home, tmp_path / "house")


@pytest.fixture
def start(tmp_path, loopback):
    """A configured folder where nothing has happened yet."""
    (tmp_path / "config.yaml").write_text(loopback.config(tmp_path))
    return tmp_path


LONG = 120
LOADED = """  # the program with all that it needs loaded, so that moments fall into its work and not into its start
import json, os, signal, sys, time
from syndicate.cli import mail, main, work

signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
for line in sys.stdin:
    folder, seconds, sys.argv[1:] = json.loads(line)
    began = time.monotonic()
    child = os.fork()
    if not child:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        os.chdir(folder)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        main()
    if not signal.sigtimedwait({signal.SIGCHLD}, seconds):
        os.kill(child, signal.SIGKILL)
        signal.sigwait({signal.SIGCHLD})
    os.waitpid(child, 0)
    print(time.monotonic() - began, flush=True)
"""


@pytest.fixture(scope="session")
def run():
    """Run a command in a folder and kill it after so many seconds, if it still runs; gives how long it ran."""
    with subprocess.Popen(
        [sys.executable, "-c", LOADED],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as loaded:

        def run(folder, *arguments, seconds=LONG):
            loaded.stdin.write(json.dumps([str(folder), seconds, arguments]) + "\n")
            loaded.stdin.flush()
            return float(loaded.stdout.readline())

        yield run
        loaded.stdin.close()
