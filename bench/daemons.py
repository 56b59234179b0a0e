# SPDX-License-Identifier: Apache-2.0
"""Four daemons on one database through fifty periods: fifty editions, each to every reader once, nothing more.

    daemons.py [PERIODS] [READERS]

Real processes, real mail over loopback; the clock alone is set by hand, an hour at a time, for all of them at once.
"""

from __future__ import annotations

import os
import runpy
import sys
import tempfile
from pathlib import Path

DAEMONS = Path(__file__).resolve().parents[1] / "tests/cases/deliver/daemons.py"


def main() -> None:
    """Exits 1 if a promise is broken."""
    periods, readers = (int(text) for text in (*sys.argv[1:3], *("50", "20")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        held = runpy.run_path(str(DAEMONS))["run"](Path(folder), periods, readers)
    print(f"4 daemons, {periods} periods, {readers} readers, load average {os.getloadavg()[0]:.1f}")
    print(f"editions {held.editions}, mails {held.mails}, extra {held.extra}, missing {held.missing}, ", end="")
    print(f"other Message-IDs {held.other_ids}, took turns leading {held.leaders} times, {held.seconds:.0f} s")
    kept = held.editions == periods and not (held.extra or held.missing or held.other_ids)
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
