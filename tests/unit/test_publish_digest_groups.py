# SPDX-License-Identifier: Apache-2.0
"""What a digest's stories stand under, and what its headers tell a mail program."""

from __future__ import annotations

import email
import runpy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from lxml import html as reader

from syndicate.model import Edition, Verified
from syndicate.proof import verify
from syndicate.publish.digest import render_digest
from syndicate.publish.templates import environment

S = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/publish/samples.py")))
TEMPLATES = environment()


def message(channel, entries=S.EDITION, period="2026-11-23T0700"):
    """The message of a digest."""
    part = render_digest(channel, S.SITE, entries, S.NOW, period, TEMPLATES)[0]
    return email.message_from_bytes(part.content, policy=email.policy.default)


def heads(channel):
    """The headings of its sections."""
    page = message(channel).get_body(("html",)).get_content()
    return [" ".join(head.text_content().split()) for head in reader.fromstring(page).iter("h2")]


def test_groups():
    """By category, by source, by theme, or not at all; what is only linked stands last in any case."""
    last = "Also worth your time"
    by_category, by_source = heads(S.DIGEST), heads(replace(S.DIGEST, group="source"))
    assert by_category[-1] == by_source[-1] == last
    assert by_category != by_source
    assert heads(replace(S.DIGEST, group="none")) == ["Stories", last]
    themes = {"Nothing of the kind": ("zzzz",), "Everything": ("a", "e")}
    assert heads(replace(S.DIGEST, group="theme", themes=themes)) == ["Everything", last]
    assert heads(replace(S.DIGEST, group="theme", themes={"x": ("zzzz",)})) == ["Stories", last]


@pytest.mark.parametrize("name", ["weekly", "weekly~daily@7@Europe/Paris"])
def test_one_list_one_thread(name):
    """All editions of a list share its id and thread, whatever cadence a reader chose; each has its own feedback id."""
    first, second = (message(replace(S.DIGEST, id=name), period=period) for period in ("2026-11-23", "2026-11-30"))
    assert first["List-Id"] == second["List-Id"] == "<weekly.bulletin.example>"
    assert first["References"] == second["References"] == "<weekly.editions@bulletin.example>"
    assert first["Feedback-ID"] == "20261123:weekly:digest:bulletin-exampl"
    assert second["Feedback-ID"] != first["Feedback-ID"]


def test_a_note_that_nothing_is_new():
    """An edition without stories is a whole mail that says so, and is proved."""
    part, subject, entries = render_digest(S.DIGEST, S.SITE, (), S.NOW, "2026-11-23", TEMPLATES)
    edition = Edition("e-1", S.DIGEST, "2026-11-23", S.NOW, (part,), entries, subject)
    assert isinstance(verify(edition, S.SITE), Verified)
    text = email.message_from_bytes(part.content, policy=email.policy.default).get_body(("plain",)).get_content()
    assert "No stories this time." in text
    assert "Unsubscribe" in text
