# SPDX-License-Identifier: Apache-2.0
"""The request to confirm a subscription: a plain mail in our own words alone, so that no form can send another's."""

from __future__ import annotations

from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from jinja2 import Environment

from syndicate.model import Beacons, Channel, Interest, Site
from syndicate.publish.templates import render
from syndicate.publish.words import listed

COUNTERS = "Some stories load a counter of their publisher\u2019s, which tells the publisher that they were opened."
"""What readers are told where publishers' counters are carried."""

_INTERESTS = {
    Interest.PRIOR_INTEREST: "what I have asked for",
    Interest.RESEARCH: "research",
    Interest.EDUCATION: "education",
}
_POLICY = policy.SMTP.clone(max_line_length=998)


def wording(channel: Channel, site: Site) -> str:
    """What a reader of the channel agrees to, in words; it is kept with the consent."""
    what = [_INTERESTS[interest] for interest in channel.consent]
    why = f" for {listed(what)}" if what else ""
    counted = f" {COUNTERS}" if channel.beacons is Beacons.CARRY else ""
    return f"{site.name} may send me {channel_title(channel)} by mail{why} until I unsubscribe.{counted}"


def channel_title(channel: Channel) -> str:
    """The name of a digest channel for people."""
    return channel.title or f"its digest “{channel.id}”"


def render_confirmation(
    channel: Channel, site: Site, recipient: str, message_id: str, link: str, now: datetime, templates: Environment
) -> bytes:
    """The finished mail, ended by CRLF. ``link`` is the confirmation page. Raises RenderError."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = channel.sender or str(Address(site.name, addr_spec=site.contact))
    message["To"] = recipient
    message["Subject"] = f"Please confirm: {site.name}"
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    title, words = channel_title(channel), wording(channel, site)
    text = render(templates, "confirm.txt", site=site, title=title, link=link, wording=words)
    message.set_content(text, cte="quoted-printable")
    return message.as_bytes()
