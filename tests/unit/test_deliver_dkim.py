# SPDX-License-Identifier: Apache-2.0
"""Our signatures are good for another's verifier, cover the fields of a list, and break when anything is changed."""

from __future__ import annotations

import base64

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from syndicate.deliver.dkim import signer
from syndicate.errors import UsageError


def pem(key):
    """A private key as text."""
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


KEY = rsa.generate_private_key(65537, 2048)
SIGNER = signer(pem(KEY), "s1", place="dkim.pem")
MESSAGE = (
    b"From: Bulletin <news@bulletin.example>\r\nTo: r@reader.example\r\nSubject: This  week\r\n and more\r\n"
    b"Date: Mon, 23 Nov 2026 06:00:00 +0000\r\nMessage-ID: <1@bulletin.example>\r\nMIME-Version: 1.0\r\n"
    b"List-Id: <weekly.bulletin.example>\r\nList-Unsubscribe: <https://b.example/unsubscribe/t>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nContent-Type: text/plain\r\n\r\nHello.\r\n.dot\r\n"
)


def good(message, by=SIGNER):
    """Whether another's verifier finds the signature good, given our record."""
    record = f"v=DKIM1; k=rsa; p={by.public}".encode()

    def ask(name, **_):
        assert name == b"s1._domainkey.bulletin.example."
        return record

    return dkim.verify(message, dnsfunc=ask)


@pytest.mark.parametrize("end", [b"", b"no line end", b"\r\n", b"\r\n\r\n\r\n"])
def test_signed_and_verified(end):
    """Dkimpy finds our signature good, however the body ends; the same message has the same signature."""
    message = MESSAGE + end
    signature = SIGNER(message)
    assert good(signature + message)
    assert SIGNER(message) == signature
    assert b" t=" not in signature


@pytest.mark.parametrize("bits", [2048, 4096])
def test_the_field_is_folded(bits):
    """No line of the field passes 78 columns, whatever the key's length. Spec: RFC 5322 2.1.1."""
    by = signer(pem(rsa.generate_private_key(65537, bits)), "s1", place="x")
    field = by(MESSAGE)
    assert max(map(len, field.split(b"\r\n"))) <= 78
    assert good(field + MESSAGE, by)


def test_it_covers_the_fields_of_a_list():
    """Both unsubscribe fields stand in h=, From stands there twice. Spec: RFC 8058 4."""
    covered = "".join(SIGNER(MESSAGE).partition(b"h=")[2].partition(b";")[0].decode().split()).split(":")
    assert {"List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "Message-ID"} <= set(covered)
    assert covered.count("From") == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Hello.", b"Hallo."),
        (b"One-Click", b"Two-Clicks"),
        (b"unsubscribe/t>", b"unsubscribe/u>"),
        (b"This  week", b"That week"),
        (b"From: Bulletin", b"From: evil@evil.example\r\nFrom: Bulletin"),
    ],
)
def test_what_is_changed_is_noticed(old, new):
    """A changed body or field, or a second From, breaks the signature."""
    assert not good(SIGNER(MESSAGE) + MESSAGE.replace(old, new))


def test_blanks_may_change_on_the_way():
    """What servers do to the blanks of a header does no harm."""
    assert good(SIGNER(MESSAGE) + MESSAGE.replace(b"This  week\r\n and", b"This week and"))


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (b"nonsense", "no private key"),
        (pem(rsa.generate_private_key(65537, 1024)), "2048"),  # noqa: S505 - too small is what it is about
        (pem(ed25519.Ed25519PrivateKey.generate()), "RSA"),
    ],
)
def test_keys_that_will_not_do(key, words):
    """A key that is none, too small or of another kind is refused, with what to do."""
    with pytest.raises(UsageError, match=words):
        signer(key, "s1", place="dkim.pem")


def test_no_sender_no_signature():
    """A message without From cannot be signed."""
    with pytest.raises(UsageError, match="without a sender"):
        SIGNER(b"To: a@b.example\r\n\r\nx\r\n")


def test_a_domain_of_its_own():
    """The signing domain may be set; the public key is what the record must hold."""
    assert b" d=mail.example;" in signer(pem(KEY), "s1", "mail.example", place="x")(MESSAGE)
    assert base64.b64decode(SIGNER.public)
