# SPDX-License-Identifier: Apache-2.0
"""The demo's configuration, as text that the ordinary loader reads, and its three readers."""

from __future__ import annotations

import csv
import io
import json
import string
from datetime import datetime
from pathlib import Path
from typing import Final

from syndicate.demo.publishers import BROKEN, FEED_FILES, HOST

TEMPLATE: Final = Path(__file__).with_name("config.yaml")
WORDING: Final = "A weekly digest of reporting from the river and the coast, for information and education."
PEOPLE: Final = ("ada@reader.example", "ben@reader.example", "carmen@reader.example")


def demo_config(port: int, smtp_port: int, folder: Path, web_port: int) -> str:
    """The YAML text for a world on ``port``, a sink on ``smtp_port``, pages on ``web_port``, files in ``folder``."""
    at = f"http://{HOST}:{port}"
    values = {
        "site": f"http://{HOST}:{web_port}",
        "world": at,
        "database": json.dumps(f"sqlite:///{folder.absolute()}/syndicate.db"),
        "output": json.dumps(str(folder.absolute() / "public")),
        "smtp_port": smtp_port,
        "sources": "".join(_source(name, f"{at}/{name}/{file}") for name, file in FEED_FILES.items()).rstrip(),
    }
    return string.Template(TEMPLATE.read_text(encoding="utf-8")).substitute(values)


def readers(now: datetime) -> str:
    """The subscribers of the weekly digest as CSV for ``subscribers import``, confirmed at ``now``."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(("email", "confirmed_at", "method", "wording"))
    rows.writerows((person, now.isoformat(), "demo", WORDING) for person in PEOPLE)
    return out.getvalue()


def _source(name: str, url: str) -> str:
    note = "   # stops in the middle" if name == BROKEN else ""
    return f"  - id: {name}\n    url: {url}{note}\n    publisher: {name}\n    every: 30m\n"
