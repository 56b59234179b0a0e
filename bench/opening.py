# SPDX-License-Identifier: Apache-2.0
"""What opening addresses changes: 1,000 GET and HEAD requests on every route, and the database as it was before.

    opening.py [REQUESTS]

Tokens of a reader who is on the list stand where a route takes one. The dumps of the database are compared.
"""

from __future__ import annotations

import os
import runpy
import sys
import tempfile
from pathlib import Path

READERS = Path(__file__).resolve().parents[1] / "tests/cases/serve/readers.py"


def paths(house) -> dict[str, str]:
    """An address for each route, one that leads somewhere where there is one."""
    reader = house.join()
    house.post("/subscribe", list="weekly", address="new@mail.example")
    tokens = {"unsubscribe": house.token("unsubscribe", reader), "preferences": house.token("preferences", reader)}
    tokens["confirm"] = house.link()
    routes = [route.path for route in house.pages._app.app.routes if hasattr(route, "methods")]  # noqa: SLF001 - the routes themselves
    routes += [
        "/",
        "/style.css",
        "/robots.txt",
        "/items/x",
        "/digests/weekly/2026-11-23",
        "/digests/weekly/2026-11-23.txt",
    ]
    return {route: tokens.get(route.split("/")[1]) or route.replace("{", "").replace("}", "") for route in routes}


def main() -> None:
    """Exits 1 if anything was changed."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    kept = True
    with tempfile.TemporaryDirectory() as folder:
        house = runpy.run_path(str(READERS))["House"](Path(folder))
        asked = paths(house)
        before = house.dump()
        for number in range(requests):
            for path in asked.values():
                house.ask(("GET", "HEAD")[number % 2], path)
        after = house.dump()
        changes = [line for line in after if line not in before] + [line for line in before if line not in after]
        kept = not changes
        print(
            f"{len(asked)} routes, {requests} GET and HEAD each: {len(changes)} changes; load {os.getloadavg()[0]:.1f}"
        )
        house.app.close()
        print(*changes[:5], sep="\n")
    print("routes: " + " ".join(asked))
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
