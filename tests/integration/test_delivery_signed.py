# SPDX-License-Identifier: Apache-2.0
"""Signed in threads, sent over several connections: every message that arrives has a good signature of its own."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from syndicate.app import open_app
from syndicate.deliver.dkim import Signer
from syndicate.errors import UsageError
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
            assert b":List-Unsubscribe:" in body.partition(b"\r\n")[0]
        assert len({one.sha256 for one in sink.taken if one.recipient == "r7.1@reader.example"}) == 1
        assert sink.copies()["r7.1@reader.example"] == 2


def test_the_key_comes_from_the_configuration(tmp_path):
    """With delivery.dkim the app signs with the key in the file; a file that is not there is named."""
    (tmp_path / "config.yaml").write_text(
        "site: {name: B, url: https://b.example, contact: ed@b.example}\n"
        "delivery: {dkim: {selector: s1, key_file: dkim.pem}}\n"
    )
    app = open_app(tmp_path / "config.yaml")
    with pytest.raises(UsageError, match=r"dkim\.pem"):
        app.signer()
    form = serialization.PrivateFormat.PKCS8
    pem = SIGNER.key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    (tmp_path / "dkim.pem").write_bytes(pem)
    assert app.posting.sign(b"From: a@b.example\r\n\r\nx\r\n") == SIGNER(b"From: a@b.example\r\n\r\nx\r\n")
    app.close()
