# SPDX-License-Identifier: Apache-2.0
"""Signed in threads, sent over several connections: every message that arrives has a good signature of its own."""

from __future__ import annotations

import email
import re
import runpy
from pathlib import Path
from types import SimpleNamespace

import dkim
from cryptography.hazmat.primitives.asymmetric import rsa

from syndicate.deliver.dkim import Signer
from syndicate.model import DeliveryState

H = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/deliver/house.py")))
SIGNER = Signer("s1", rsa.generate_private_key(65537, 2048))


def test_every_message_is_signed(tmp_path):
    """Of 150 readers' messages each verifies, covers its own unsubscribe link, and goes out again with the same bytes."""
    record = f"v=DKIM1; k=rsa; p={SIGNER.public}".encode()
    faults = {"r7.1@reader.example": "dropafter"}
    with H.house(tmp_path, lambda r, n: faults.get(r, "") if n == 1 else "", sign=SIGNER) as (home, sink):
        sink.keep_bodies = True
        home.edition(150)
        assert home.deliver()[DeliveryState.ACCEPTED] == 149
        home.run_until_done()
        assert len(sink.bodies) == 150
        for body in sink.bodies.values():
            assert dkim.verify(body, dnsfunc=lambda *_, **__: record)
            covered = re.search(r"h=([^;]*)", email.message_from_bytes(body)["DKIM-Signature"])[1]
            assert "List-Unsubscribe" in "".join(covered.split()).split(":")
        assert len({one.sha256 for one in sink.taken if one.recipient == "r7.1@reader.example"}) == 1
        assert sink.copies()["r7.1@reader.example"] == 2
