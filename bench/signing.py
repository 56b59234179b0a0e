# SPDX-License-Identifier: Apache-2.0
"""P7b: digest delivery with a DKIM signature of our own on every message, against what the machine can sign at all.

    signing.py [ROUNDS] [MESSAGES]

Ours: a personal digest of 30 kB a reader, signed (rsa2048), journalled and sent over 50 connections into Postfix's
sink. The limit: ``openssl speed`` on both cores in the same run. Before that, 200 messages are verified by dkimpy.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import runpy
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import delivery
from cryptography.hazmat.primitives.asymmetric import rsa
from served.programs import in_child, tool

from syndicate.deliver.dkim import Signer
from syndicate.pipeline.loop import run
from syndicate.pipeline.post import deliver

GOAL = 0.5
CORES = min(2, os.cpu_count() or 1)


def child(folder: Path, messages: int) -> dict[str, float]:
    """Deliver so many signed messages; the rate."""
    house = SimpleNamespace(**runpy.run_path(str(delivery.HOUSE)))
    signer = Signer("s1", rsa.generate_private_key(65537, 2048))
    home = house.House(f"sqlite:///{folder}/test.db", delivery.PORT, connections=50, sign=signer)
    home.edition(messages, size=delivery.SIZE)
    before = time.perf_counter()
    outcomes = run(deliver(home.posting))
    assert dict(outcomes) == {"accepted": messages}, outcomes
    return {"rate": messages / (time.perf_counter() - before)}


def verified(count: int = 200) -> int:
    """How many of so many messages that arrive have a signature that an independent verifier accepts."""
    import dkim

    house = SimpleNamespace(**runpy.run_path(str(delivery.HOUSE)))
    signer = Signer("s1", rsa.generate_private_key(65537, 2048))
    record = f"v=DKIM1; k=rsa; p={signer.public}".encode()
    with tempfile.TemporaryDirectory() as folder, house.house(Path(folder), sign=signer) as (home, sink):
        sink.keep_bodies = True
        home.edition(count, size=delivery.SIZE)
        home.deliver()
        return sum(dkim.verify(body, dnsfunc=lambda *_, **__: record) for body in sink.bodies.values())


def limit() -> float:
    """Signatures a second on both cores."""
    command = [tool("openssl", "openssl"), "speed", "-seconds", "3", "-multi", str(CORES), "rsa2048"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(re.findall(r"rsa 2048 bits +\S+ +\S+ +([\d.]+)", said)[-1])


def main() -> None:
    """Interleaved rounds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rounds", nargs="?", type=int, default=3)
    parser.add_argument("messages", nargs="?", type=int, default=3000)
    options = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f}; dkimpy accepts {verified()} of 200 messages")
    rates, limits = [], []
    running = delivery.sink()
    try:
        for _ in range(options.rounds):
            limits.append(limit())
            with tempfile.TemporaryDirectory() as folder:
                rates.append(in_child(__file__, folder, str(options.messages))["rate"])
    finally:
        running.terminate()
        running.wait()
    ratios = [mine / most for mine, most in zip(rates, limits, strict=True)]
    ratio = statistics.median(ratios)
    verdict = "met" if ratio >= GOAL else "missed"
    print(
        f"P7b signed delivery {statistics.median(rates):.0f}/s, openssl {statistics.median(limits):.0f} signs/s", end=""
    )
    print(f"  {ratio:.2f}x ({min(ratios):.2f}-{max(ratios):.2f})  goal {GOAL}x  {verdict}")


if __name__ == "__main__" and sys.argv[1:2] == ["--child"]:
    print(json.dumps(child(Path(sys.argv[2]), int(sys.argv[3]))))
elif __name__ == "__main__":
    main()
