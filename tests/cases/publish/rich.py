# SPDX-License-Identifier: Apache-2.0
"""A rich digest: two texts whole, one in part, links, one more beyond the limit, corrections. As one reader gets it."""

from __future__ import annotations

import runpy
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

from syndicate.model import Correction, Mode
from syndicate.publish.digest import render_digest
from syndicate.publish.mail import fill
from syndicate.publish.templates import environment

SAMPLES = runpy.run_path(str(Path(__file__).with_name("samples.py")))
CORRECTIONS = (
    Correction("i-9", "The lock-keeper’s ledger", "South Desk", SAMPLES["on"](16), "https://south.example/lock-keeper"),
    Correction("i-8", "Bridge to nowhere priced twice", "Marsh & Mill", SAMPLES["on"](16)),
)
LATE = SAMPLES["entry"](
    7,
    title="Nobody owns the quarry pond",
    authors=("Mattie Orr",),
    outlets=(("Kestrel Field Notes", "https://kestrel.example/notes/quarry-pond", 16),),
)


def rich():
    """The HTML part and the text part of the digest, and its entries as they are carried."""
    channel = replace(SAMPLES["DIGEST"], limit=5, group="category")
    entries = (*SAMPLES["EDITION"], LATE)
    part, _, carried = render_digest(
        channel, SAMPLES["SITE"], entries, SAMPLES["NOW"], "2026-11-23T0700", environment(), CORRECTIONS
    )
    mail = fill(
        part.content,
        recipient="ada@reader.example",
        message_id="<m1@bulletin.example>",
        token="token",
        preferences="choices",
        since="4 March 2026",
    )
    message = message_from_bytes(mail, policy=policy.default)
    html, text = (message.get_body((kind,)).get_content() for kind in ("html", "plain"))
    return html, text.replace("\r\n", "\n"), [entry for entry in carried if entry.decision.mode > Mode.WITHHOLD]
