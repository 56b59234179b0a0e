# SPDX-License-Identifier: Apache-2.0
"""What is proved of a skeleton is proved of every mail that is made of it: substitution cannot break the proof."""

from __future__ import annotations

import email
import runpy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.deliver import tokens
from syndicate.deliver.wire import on_the_wire
from syndicate.model import Edition, Key, Verified
from syndicate.proof import verify
from syndicate.publish.digest import render_digest
from syndicate.publish.mail import Skeleton, fill
from syndicate.publish.templates import environment

S = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/publish/samples.py")))
PART, SUBJECT, ENTRIES = render_digest(S.DIGEST, S.SITE, S.EDITION, S.NOW, "2026-11-23", environment())
EDITION = Edition("e-1", S.DIGEST, "2026-11-23", S.NOW, (PART,), ENTRIES, SUBJECT)
VALUES = {
    "recipient": st.from_regex(r"[A-Za-z0-9._%+=!#$&'*/?^`{|}~-]{1,40}@[a-z0-9.-]{1,40}", fullmatch=True),
    "message_id": st.from_regex(r"<[a-z2-7]{1,26}\.e-[0-9a-f]{16}@[a-z0-9.-]{1,40}>", fullmatch=True),
    "token": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,74}", fullmatch=True),
    "preferences": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,74}", fullmatch=True),
    "since": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 ]{0,38}[A-Za-z0-9]", fullmatch=True),
}


def proof_of(message):
    """What is proved of a message in place of the skeleton."""
    found = verify(replace(EDITION, parts=(replace(PART, content=message),)), S.SITE)
    assert isinstance(found, Verified), found
    return found.proved


PROVED = proof_of(PART.content)


@settings(deadline=None, max_examples=25)
@given(values=st.fixed_dictionaries(VALUES))
def test_every_mail_carries_the_proof_of_its_skeleton(values):
    """Whatever may stand in the places, the same duties are found met, and the rest of the message is the same."""
    message = fill(PART.content, **values)
    assert proof_of(message) == PROVED
    first, second = (email.message_from_bytes(content) for content in (PART.content, message))
    assert [part.get_content_type() for part in first.walk()] == [part.get_content_type() for part in second.walk()]
    assert [name for name, _ in first.items()] == [name for name, _ in second.items()]


@settings(deadline=None, max_examples=25)
@given(values=st.fixed_dictionaries(VALUES))
def test_filling_and_the_form_of_the_wire_commute(values):
    """Filled in after the dots were doubled it is what it would be if doubled after filling in."""
    wire = Skeleton(on_the_wire(PART.content)).fill(**values)
    assert wire == on_the_wire(fill(PART.content, **values))


def test_our_tokens_are_of_that_alphabet():
    """What the tokens are made of may stand in the places, however large the numbers."""
    key = Key("123", b"k")
    for number in (0, 1, 2**62):
        token = tokens.make(key, "unsubscribe", number)
        message = fill(PART.content, recipient="a@b.example", message_id="<1@b.example>", token=token)
        assert message.count(token.encode()) == 3
