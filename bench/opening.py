# SPDX-License-Identifier: Apache-2.0
"""What opening addresses changes: 1,000 GET and HEAD requests on every route, and all as it was before.

    opening.py [REQUESTS]

The routes are those that the application names, the operator's console included, with a session; behind each stands
something (tests/cases/serve/every_route.py), tokens of a reader who is on the list among it. The dumps of the database
and the files beside it are compared.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.cases.serve.every_route import Furnished  # the house of the tests, which pytest finds by itself


def main() -> None:
    """Exits 1 if anything was changed."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        house = Furnished(Path(folder))
        addresses = house.addresses()
        before = house.everything()
        answers = Counter(status for path in addresses.values() for status in house.open(path, requests))
        after = house.everything()
        changes = sorted(set(after) ^ set(before))
        house.app.close()
    print(f"{len(house.routes())} routes, {len(addresses)} addresses, {requests} GET and HEAD each: ", end="")
    print(f"{len(changes)} changes; addresses by status {dict(answers)}; load {os.getloadavg()[0]:.1f}")
    print(*changes[:5], sep="\n")
    print("routes: " + " ".join(addresses))
    sys.exit(1 if changes else 0)


if __name__ == "__main__":
    main()
