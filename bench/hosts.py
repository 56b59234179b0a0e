# SPDX-License-Identifier: Apache-2.0
"""Workers on three machines (network namespaces), one PostgreSQL, a feed world, a relay: how fast, and what faults do.

    hosts.py pace  [SOURCES] [READERS]    rounds by one daemon, by 1, 2 and 4 workers
    hosts.py night [SOURCES] [READERS]    four workers; kill -9, a cable cut for a minute, the database restarted

Needs root for the namespaces (else workers are plain processes and no cable is cut) and the shared feed world. A round
polls every source once, eight hours after the last, and sends a digest to every reader. docs/scale.md has the figures.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.databases import LARGE, POSTGRESQL, databases
from tests.nights import Night, Size, paces, troubled

SHARED = Path(__file__).resolve().parents[2] / "shared"
CREWS = (0, 1, 2, 4)


def main() -> None:
    """Exits 1 if a promise is broken."""
    what, sources, readers = (*sys.argv[1:], *("night", "5000", "100000")[len(sys.argv) - 1 :])
    databases.use(POSTGRESQL, LARGE)
    size = Size(int(sources), max(int(sources) // 5, 1), int(readers), cut=60, patience=3600)
    kept = True
    try:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            night = Night(folder, SHARED, size, stack)
            where = "three network namespaces" if night.divided else "plain processes: namespaces are not permitted"
            print(f"{sources} sources, {readers} readers, {os.cpu_count()} cores, {where}", flush=True)
            if what == "pace":
                for pace in paces(night, CREWS):
                    print(
                        f"{pace.who:12} {pace.seconds:7.1f} s for {pace.polls} polls and {pace.mails} mails; midst "
                        f"{pace.polls_a_second:7.1f} polls and {pace.mails_a_second:7.1f} mails a second; "
                        f"load {os.getloadavg()[0]:.1f}",
                        flush=True,
                    )
            else:
                found = troubled(night)
                kept = found.kept(night.size)
                print(found.told(), f"load {os.getloadavg()[0]:.1f}", sep="\n")
    finally:
        databases.clear()
        databases.server.stop()
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
