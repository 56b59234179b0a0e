# SPDX-License-Identifier: Apache-2.0
"""Tokens in links of a mail and in return addresses."""

from __future__ import annotations

import random
import string
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.deliver import tokens
from syndicate.model import Key

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
OLD, NEW = Key("1", b"o" * 32), Key("2", b"n" * 32)
ALPHABET = string.ascii_lowercase + string.digits + "-"


def test_round_trip():
    """What was made for a purpose is read for that purpose, in the alphabet of addresses, the same each time."""
    token = tokens.make(NEW, "unsubscribe", 42)
    assert tokens.read([NEW], "unsubscribe", token, NOW) == 42
    assert set(token) <= set(ALPHABET)
    assert len(token) < 40
    assert token == tokens.make(NEW, "unsubscribe", 42)
    assert tokens.read([NEW], "unsubscribe", tokens.make(NEW, "unsubscribe", 0), NOW) == 0


def test_purposes_are_apart():
    """A token for one purpose is nobody's for every other."""
    purposes = ("unsubscribe", "preferences", "confirm", "return")
    for made in purposes:
        for asked in purposes:
            found = tokens.read([NEW], asked, tokens.make(NEW, made, 7), NOW)
            assert found == (7 if made == asked else None)


def test_keys_follow_one_another():
    """A token of an old key is accepted until the key is retired; a key's name alone opens nothing."""
    token = tokens.make(OLD, "unsubscribe", 42)
    assert tokens.read([NEW, OLD], "unsubscribe", token, NOW) == 42
    assert tokens.read([NEW], "unsubscribe", token, NOW) is None
    assert tokens.read([Key("1", b"other")], "unsubscribe", token, NOW) is None
    assert tokens.read([], "unsubscribe", token, NOW) is None


def test_time_runs_out():
    """A token with an end is accepted before it and not after; the end cannot be moved."""
    token = tokens.make(NEW, "confirm", 42, NOW + timedelta(days=7))
    assert tokens.read([NEW], "confirm", token, NOW) == 42
    assert tokens.read([NEW], "confirm", token, NOW + timedelta(days=7)) is None
    key, number, until, mac = token.split("-")
    assert tokens.read([NEW], "confirm", f"{key}-{number}-{until}z-{mac}", NOW) is None
    assert tokens.read([NEW], "confirm", f"{key}-{number}-0-{mac}", NOW) is None


@pytest.mark.parametrize("token", ["", "-", "€", "a-b-c-d", "1-٣-0-x", "1--0-x", "1-1_0-0-x", "x" * 10_000, "-" * 3])
def test_junk_is_nobody(token):
    """Junk is refused without an error."""
    assert tokens.read([NEW, OLD], "unsubscribe", token, NOW) is None


def test_no_mutation_is_accepted():
    """Of 100,000 mutated tokens (changed, lost, doubled, swapped characters, other spellings) none is accepted."""
    chance = random.Random(8058)  # noqa: S311 - any mutations will do, the same ones each time
    pool = [tokens.make(NEW, "unsubscribe", number) for number in range(1, 200)]
    accepted = 0
    for _ in range(100_000):
        token = chance.choice(pool)
        at = chance.randrange(len(token))
        other = chance.choice(ALPHABET + string.ascii_uppercase + "._~%")
        mutated = chance.choice(
            [
                token[:at] + other + token[at + 1 :],
                token[:at] + token[at + 1 :],
                token[:at] + other + token[at:],
                token[:at] + token[at : at + 2][::-1] + token[at + 2 :],
                token.upper(),
                token[:at] + chance.choice(pool)[at:],
                "0".join(token.split("-", 1)),
                token + "=",
            ]
        )
        accepted += mutated not in pool and tokens.read([NEW, OLD], "unsubscribe", mutated, NOW) is not None
    assert accepted == 0
