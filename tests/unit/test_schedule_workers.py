# SPDX-License-Identifier: Apache-2.0
"""Names of processes in claims."""

import os
import subprocess
import sys

from syndicate.schedule import workers


def test_this_process_works_and_an_earlier_one_of_its_number_does_not():
    """Our own name is no dead one's; the same number from before a restart is."""
    host, number, _ = workers.name().rsplit(":", 2)
    assert number == str(os.getpid())
    assert not workers.is_gone(workers.name())
    assert workers.is_gone(f"{host}:{number}:before")


def test_processes_that_ended_and_those_that_cannot_be_known():
    """A process of this machine that has ended is gone; another machine's, another form of name, or process 1 is not."""
    host = workers.name().rsplit(":", 2)[0]
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert workers.is_gone(f"{host}:{ended.pid}:x")
    for name in (f"elsewhere:{ended.pid}:x", f"{host}:{ended.pid}", "poller", f"{host}:one:x", f"{host}:1:x"):
        assert not workers.is_gone(name)
