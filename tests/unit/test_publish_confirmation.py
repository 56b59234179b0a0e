# SPDX-License-Identifier: Apache-2.0
"""The request to confirm a subscription: our own words alone, and what the reader would agree to."""

import email
from dataclasses import replace
from datetime import UTC, datetime
from email import policy

import pytest

from syndicate.model import Channel, ChannelKind, Medium, Purpose, Site
from syndicate.pipeline.people import IN_A_DAY, IN_A_MONTH, MONTH
from syndicate.publish.confirmation import channel_title, render_confirmation, wording
from syndicate.publish.templates import environment

SITE = Site("Riverside Bulletin", "https://bulletin.example", "editor@bulletin.example")
WEEKLY = Channel(
    "weekly", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY, title="This week", sender="News <news@b.example>"
)
LINK = "https://bulletin.example/confirm/" + "x" * 120
NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


def confirmation(channel):
    """The request for a reader of a channel, as a mail program reads it."""
    mail = render_confirmation(channel, SITE, "ada@r.example", "<1@bulletin.example>", LINK, NOW, environment())
    assert mail.endswith(b"\r\n")
    return email.message_from_bytes(mail, policy=policy.default)


def test_it_says_who_asks_what_for_and_how_to_agree():
    """Headers, the link on a line of its own and whole, and the wording that is kept with the consent."""
    message = confirmation(WEEKLY)
    assert message["From"] == "News <news@b.example>"
    assert message["To"] == "ada@r.example"
    assert message["Subject"] == "Please confirm: Riverside Bulletin"
    assert message["Message-ID"] == "<1@bulletin.example>"
    assert message["Date"].datetime == NOW
    assert message["Auto-Submitted"] == "auto-generated"
    lines = message.get_content().splitlines()
    assert LINK in lines
    assert wording(WEEKLY, SITE) in lines
    assert "Nothing is sent to it before you agree." in message.get_content()
    often = {1: "once", 3: "three times"}
    limit = f"at most {often[IN_A_DAY]} a day, and {often[IN_A_MONTH]} in {MONTH.days} days."
    assert limit in " ".join(message.get_content().split())


def test_a_channel_without_a_sender_writes_as_the_site():
    """Where the channel names no sender, the site's name and contact stand there."""
    assert confirmation(replace(WEEKLY, sender=""))["From"] == "Riverside Bulletin <editor@bulletin.example>"


@pytest.mark.parametrize(("title", "shown"), [("This week", "This week"), ("", "its digest “weekly”")])
def test_a_channel_has_a_name_for_people(title, shown):
    """The channel's title, else its id said as one; the wording of the consent carries it."""
    channel = replace(WEEKLY, title=title)
    assert channel_title(channel) == shown
    assert wording(channel, SITE) == f"Riverside Bulletin may send me {shown} by mail until I unsubscribe."
