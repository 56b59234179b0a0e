# SPDX-License-Identifier: Apache-2.0
"""What processes are called in the claims that they take, and whether one of them surely works no more."""

from __future__ import annotations

import os

_HOST = os.uname().nodename
_BOOT = os.urandom(4).hex()  # in a container every process may be number 1


def name() -> str:
    """This process; a forked one has a name of its own."""
    return f"{_HOST}:{os.getpid()}:{_BOOT}"


def is_gone(worker: str) -> bool:
    """Whether a worker of this machine has ended; of another machine's we cannot tell."""
    host, number, _ = worker.rsplit(":", 2) if worker.count(":") > 1 else ("", "", "")
    if host != _HOST or not number.isdigit():
        return False
    if int(number) == os.getpid():
        return worker != name()
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
