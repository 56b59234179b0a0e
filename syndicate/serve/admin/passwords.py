# SPDX-License-Identifier: Apache-2.0
"""Passwords of operators: kept as Argon2id hashes, compared in a time that tells nothing."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from syndicate.errors import UsageError

SHORTEST = 12
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("nobody has this password")


def hashed(password: str) -> str:
    """What is kept of a password; raises UsageError for one that is too short."""
    if len(password) < SHORTEST:
        raise UsageError("is too short", subject="the password", remedy=f"take {SHORTEST} characters or more")
    return _HASHER.hash(password)


def right(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one; of a name that nobody has (None) it takes as long to say no."""
    try:
        _HASHER.verify(password_hash or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
