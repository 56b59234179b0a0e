# SPDX-License-Identifier: Apache-2.0
"""Programs and children that measurements start; it loads nothing of ours, so that it adds to no figure."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path


def tool(name: str, package: str) -> str:
    """The path of a program; installs its package, as root, where it is missing."""
    os.environ["PATH"] += ":/usr/sbin"
    if not shutil.which(name) and os.getuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        subprocess.run(["apt-get", "update", "-qq"], env=environment, check=True)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    found = shutil.which(name)
    if not found:
        sys.exit(f"{name} is not here: it comes with the package {package}")
    return found


def port(name: str) -> int:
    """A free port on loopback for a server of that name, the same one in all children of this process.

    A fixed one could be another measurement's, which would be measured instead.
    """
    if name not in os.environ:
        with socket.create_server(("127.0.0.1", 0)) as free:
            os.environ[name] = str(free.getsockname()[1])
    return int(os.environ[name])


def wait_for(server: subprocess.Popen[bytes], url: str) -> None:
    """Until a server answers there, two minutes at most."""
    for _ in range(2400):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url).close()
            return
        if server.poll() is not None:
            break
        time.sleep(0.05)
    sys.exit(f"nothing answers at {url}: {server.args!r}")


def pinned(core: int, command: list[str]) -> list[str]:
    """The command on one core, where there are several."""
    return ["taskset", "-c", str(core), *command] if (os.cpu_count() or 1) > 1 and shutil.which("taskset") else command


def nginx_of(folder: Path, http: str) -> list[str]:
    """The command for an nginx of one worker that keeps all it writes in the folder; ``http`` says what it serves."""
    paths = "".join(f"{kind}_temp_path {folder};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/err.log warn; "
        f"{'user root;' if os.getuid() == 0 else ''} events {{ worker_connections 8192; }} "
        f"http {{ {paths} access_log off; gzip_static on; types {{ application/rss+xml xml rss; }} {http} }}"
    )
    return [tool("nginx", "nginx-light"), "-c", f"{folder}/nginx.conf", "-e", f"{folder}/err.log"]


def cpu_of_children() -> float:
    """Seconds of CPU that the living children of this process, and theirs, have taken so far. Linux only."""
    parents, spent = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            words = path.read_text().rpartition(")")[2].split()
            parents[int(path.parent.name)] = int(words[1])
            spent[int(path.parent.name)] = int(words[11]) + int(words[12])
    ours = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(spent[pid] for pid in ours - {os.getpid()}) / os.sysconf("SC_CLK_TCK")


def in_child(script: str, *arguments: str, core: int | None = None, **environment: str) -> dict[str, float]:
    """Run a script's own ``--child`` in a process of its own; what it prints as JSON."""
    command = [sys.executable, script, "--child", *arguments]
    done = subprocess.run(
        command if core is None else pinned(core, command),
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    return json.loads(done.stdout.splitlines()[-1])
