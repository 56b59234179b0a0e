# SPDX-License-Identifier: Apache-2.0
"""Signed tokens for links in mail: they name a subscriber and one purpose, and nobody can make one up.

Pure. A token says nothing about a person but a number. It does not expire: a letter from years ago must still be able
to stop the next one. What a token may do is decided when it is used.
"""

from __future__ import annotations

import hashlib

from itsdangerous import BadData, URLSafeSerializer


def make(secret: bytes, purpose: str, subscriber_id: int) -> str:
    """A token in URL-safe characters for ``purpose`` ("unsubscribe", "confirm"); equal input gives equal tokens."""
    return str(_serializer(secret, purpose).dumps(subscriber_id))


def read(secret: bytes, purpose: str, token: str) -> int | None:
    """The subscriber's id, or None if the token was not made by us for this purpose."""
    try:
        value = _serializer(secret, purpose).loads(token)
    except BadData:
        return None
    return value if type(value) is int else None


def _serializer(secret: bytes, purpose: str) -> URLSafeSerializer:
    # The purpose salts the key: a confirmation link can never unsubscribe.
    return URLSafeSerializer(secret, salt=f"syndicate.{purpose}", signer_kwargs={"digest_method": hashlib.sha256})
