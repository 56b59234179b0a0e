# SPDX-License-Identifier: Apache-2.0
"""Web servers in front of the daemon, or over its files, as operators set them up; each from the system."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest


@contextmanager
def nginx(folder: Path, location: str) -> Iterator[str]:
    """A real nginx with a location or two; yields its address. Skips the test where there is none."""
    port = _free()
    paths = "".join(f"{kind}_temp_path {folder};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; {'user root;' if os.getuid() == 0 else ''} "
        f"events {{}} http {{ {paths} access_log off; "
        "types { text/html html; text/plain txt; text/css css; image/svg+xml svg; image/x-icon ico; "
        "application/json json; application/rss+xml rss; application/atom+xml atom; } "
        f"server {{ listen 127.0.0.1:{port}; {location} }} }}"
    )
    with _running([_program("nginx"), "-c", f"{folder}/nginx.conf", "-e", f"{folder}/error.log"], folder, port) as at:
        yield at


@contextmanager
def caddy(folder: Path, site: str) -> Iterator[str]:
    """A real Caddy with a site block; yields its address. Skips the test where there is none."""
    port = _free()
    (folder / "Caddyfile").write_text(f"{{\n admin off\n auto_https off\n}}\nhttp://127.0.0.1:{port} {{\n{site}\n}}\n")
    command = [_program("caddy"), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    with _running(command, folder, port) as at:
        yield at


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(command: list[str], folder: Path, port: int) -> Iterator[str]:
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=os.environ | home)
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()
