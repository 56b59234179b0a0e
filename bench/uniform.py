# SPDX-License-Identifier: Apache-2.0
"""Whether a stranger can tell by time or bytes who reads us: the sign-up form, and links with tokens that are made up.

    uniform.py [SAMPLES]

The server runs in a process of its own. Addresses of every kind are given to the form in turns of random order, each
from another network and in another hour, so that no limit is reached; on a second connection a page is asked for the
moment the answer is there, so that work that goes on behind it would show as well. For every kind the whole answers are
compared with those for an address that nobody has given before, and the times by the share of pairs in which one of the
kind took longer than one of the others: .5 is no difference, and the goal is to stay between .45 and .55 (with 500 of
each the share of equal ones lies between .46 and .54 in 97 of 100 runs). Links: a token that is made up for a reader
who is there against one for nobody.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

NEAR = 0.05
KINDS = ("new", "reader", "left", "suppressed", "asked", "malformed")


def serve(folder: Path, many: int) -> None:
    """Children do this: a house with so many people of every kind; says port and paths, ends with its input."""
    from syndicate.model import Consent, Purpose
    from syndicate.serve.run import serving
    from tests.cases.serve.readers import NOW, House

    house = House(folder)
    house.app.store.keys(NOW)
    consent = Consent(Purpose.COMMUNITY, "The digest.", "test", NOW)
    with house.app.store.write() as tx:
        for kind in KINDS[1:5]:
            emails = [f"{kind}{n}@mail.example" for n in range(many)]
            if kind == "asked":
                tx.people.add_pending(
                    "weekly", emails, purpose=Purpose.COMMUNITY, wording="Yes.", method="form", now=NOW
                )
                continue
            found = tx.people.add_confirmed("weekly", dict.fromkeys(emails, consent), now=NOW).added
            for one in found if kind != "reader" else ():
                (tx.people.unsubscribe if kind == "left" else tx.people.dead)(one.id, NOW)
    begun = time.monotonic()
    # Hours go by in seconds: the limits of an hour are for a test of their own.
    object.__setattr__(house.app, "clock", lambda: NOW + timedelta(minutes=10) * (time.monotonic() - begun) / 0.02)

    async def work() -> None:
        async with serving(house.app.application(lambda: True)) as port:
            there = house.reader("reader0@mail.example")
            print(json.dumps({"port": port, "token": house.token("unsubscribe", there)}), flush=True)
            await asyncio.to_thread(sys.stdin.read)

    asyncio.run(work())


class Stranger:
    """Two connections that are kept, and how long each answer took."""

    def __init__(self, port: int) -> None:
        self._first, self._second = (http.client.HTTPConnection("127.0.0.1", port, timeout=30) for _ in range(2))
        self._number = 0

    def ask(self, method: str, path: str, **form: str) -> tuple[bytes, float, float]:
        """The whole answer but its date, its seconds, and those of a page that is asked for right after it."""
        self._number += 1
        headers = {"X-Forwarded-For": f"10.{self._number // 250}.{self._number % 250}.1"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        before = time.perf_counter()
        self._first.request(method, path, urlencode(form) if form else None, headers)
        answer = self._first.getresponse()
        whole = answer.read()
        between = time.perf_counter()
        self._second.request("GET", "/healthz")
        self._second.getresponse().read()
        after = time.perf_counter()
        head = [f"{name}: {value}" for name, value in answer.getheaders() if name.lower() != "date"]
        return "\n".join([str(answer.status), *head]).encode() + whole, between - before, after - between


def longer(some: list[float], others: list[float]) -> float:
    """The share of pairs in which one of the first took longer."""
    return sum((a > b) + (a == b) / 2 for a in some for b in others) / (len(some) * len(others))


def table(title: str, found: dict[str, list[tuple[bytes, float, float]]], plain: str) -> bool:
    """Print each kind against the plain one; whether none can be told from it."""
    good = True
    print(f"{title:14}{'answers':>9}{'median ms':>11}{'longer':>9}{'next ms':>9}{'longer':>9}")
    bodies = {body for body, _, _ in found[plain]}
    for kind, answers in found.items():
        row = f"{kind:14}{len({body for body, _, _ in answers} | bodies):9}"
        for at in (1, 2):
            times, others = [one[at] for one in answers], [one[at] for one in found[plain]]
            share = longer(times, others)
            good &= abs(share - 0.5) <= NEAR
            row += f"{statistics.median(times) * 1000:{11 if at == 1 else 9}.2f}{share:9.3f}"
        good &= len({body for body, _, _ in answers} | bodies) == 1
        print(row)
    return good


def main() -> None:
    """Exits 1 if a kind can be told."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--child", folder, str(many)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
            said = json.loads(server.stdout.readline())
            stranger, forms, links = Stranger(said["port"]), defaultdict(list), defaultdict(list)
            turns = [(kind, number) for kind in KINDS for number in range(many)]
            random.shuffle(turns)
            for kind, number in [("new", -n) for n in range(1, 21)] + turns:
                address = f"nonsense {number}" if kind == "malformed" else f"{kind}{number}@mail.example"
                answer = stranger.ask("POST", "/subscribe", list="weekly", address=address)
                if number >= 0:
                    forms[kind].append(answer)
            head, _, mac = said["token"].rpartition("-")
            nobody = head.split("-")[0] + "-zzzzz-" + "-".join(head.split("-")[2:])
            for _ in range(many):
                for kind, path in random.sample([("there", head), ("nobody", nobody)], 2):
                    links[kind].append(stranger.ask("POST", f"{path}-{mac[::-1]}"))
            server.stdin.close()
    print(f"{many} of each; load {os.getloadavg()[0]:.1f}")
    good = table("form", forms, "new") & table("made-up link", links, "nobody")
    print("nobody can be told" if good else "SOMEBODY CAN BE TOLD")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        serve(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
