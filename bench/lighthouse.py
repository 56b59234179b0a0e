# SPDX-License-Identifier: Apache-2.0
"""Lighthouse on the pages that readers meet most, served by the daemon of the demo: front page, story, archive, digest.

    lighthouse.py

Performance is measured as on a slow phone (Lighthouse's own simulation). Goals: accessibility and best practices 100,
performance at least 95. Needs npm (it installs bench/pages/package.json) and Debian's Chromium.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

from served.programs import port, wait_for

HERE = Path(__file__).parent / "pages"
PORT = port("BENCH_DEMO_PORT")
AT = f"http://127.0.0.1:{PORT}"
GOALS = {"accessibility": 1.0, "best-practices": 1.0, "performance": 0.95}


def installed() -> Path:
    """The program, installed where it is missing."""
    program = HERE / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        if not shutil.which("npm"):
            sys.exit("npm is not here: it comes with the package npm")
        command = ["npm", "install", "--prefix", str(HERE), "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run([*command, "--no-package-lock"], check=True)
    return program


def read(path: str) -> str:
    with urllib.request.urlopen(f"{AT}{path}") as answer:
        return answer.read().decode()


def measured(program: Path, path: str) -> dict[str, float]:
    """The scores of a page."""
    command = [str(program), f"{AT}{path}", "--quiet", "--output=json", "--chrome-flags=--headless --no-sandbox"]
    command += [f"--only-categories={','.join(GOALS)}"]
    environment = os.environ | {"CHROME_PATH": shutil.which("chromium") or "chromium"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    if "runtimeError" in found:
        sys.exit(f"{path}: {found['runtimeError']['message']}")
    return {name: found["categories"][name]["score"] for name in GOALS}


def main() -> None:
    program = installed()
    demo = subprocess.Popen(
        [sys.executable, "-m", "syndicate", "demo", "--port", str(PORT)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    missed = False
    try:
        wait_for(demo, f"{AT}/readyz")
        story = re.search(r"/items/[\w-]+", read("/"))
        digest = re.search(r"/digests/weekly/[\d-]+", read("/digests"))
        if not story or not digest:
            sys.exit("the demo shows no story or no digest")
        for name, path in (("front", "/"), ("story", story[0]), ("archive", "/digests"), ("digest", digest[0])):
            scores = measured(program, path)
            missed = missed or any(scores[one] < goal for one, goal in GOALS.items())
            print(f"{name:8}" + ", ".join(f"{one} {score * 100:.0f}" for one, score in scores.items()))
    finally:
        demo.terminate()
        demo.wait()
    print("goals: " + ", ".join(f"{one} {goal * 100:.0f}" for one, goal in GOALS.items()))
    print("missed" if missed else "met")


if __name__ == "__main__":
    main()
