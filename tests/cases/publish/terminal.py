# SPDX-License-Identifier: Apache-2.0
"""Programs that want a terminal."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import threading


def on_a_terminal(command, cwd):
    """Run a program on a terminal of its own, 100 columns wide; what it drew, escape sequences as blanks."""
    ours, theirs = pty.openpty()
    drawn = bytearray()

    def read():
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # the other end is closed
                return
            drawn.extend(piece)

    screen = threading.Thread(target=read)
    env = os.environ | {"TERM": "vt100", "HOME": str(cwd), "LINES": "40", "COLUMNS": "100", "LC_ALL": "C.UTF-8"}
    process = subprocess.Popen(
        command, cwd=cwd, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    screen.start()
    try:
        assert process.wait(60) == 0
    finally:
        process.kill()
        screen.join(30)
        os.close(ours)
    text = drawn.decode(errors="replace")
    return " ".join(re.sub(r"\x1b(\[[0-9;?]*[A-Za-z]|[()][0AB]|[=>78MDEH])|[\x00-\x1f]", " ", text).split())
