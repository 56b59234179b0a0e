# SPDX-License-Identifier: Apache-2.0
"""The keys of sending: what they become, and what is refused."""

import pytest

from syndicate.config import load
from syndicate.errors import ConfigError
from syndicate.model import Pace
from syndicate.publish.subject import fault

SITE = "site: {name: B, url: https://b.example, contact: ed@b.example}\n"


def read(text, **env):
    """The configuration."""
    return load(SITE + text, licence=lambda _: None, read_file=lambda _: "hush", env=env, subject=fault)


def test_defaults():
    """Ten connections, no limits, what is unknown is sent again, the relay signs, nothing is read."""
    delivery = read("").delivery
    assert (delivery.connections, delivery.pace, delivery.unknown, delivery.bounces) == (10, Pace(), "resend", "")
    assert (delivery.dkim.selector, delivery.returns.maildir, delivery.returns.imap_port) == ("", "", 993)


def test_values():
    """Everything can be set, the password by a file, and it is not shown."""
    text = """\
delivery:
  connections: 3
  per_second: 5
  per_hour: 300
  domain_per_minute: 20
  unknown: hold
  bounces: returns@b.example
  returns: {maildir: var/returns, imap_host: mail.b.example, imap_username: u, lmtp: "127.0.0.1:8024"}
  dkim: {selector: s1, key_file: dkim.pem, domain: b.example}
"""
    delivery = read(text, SYNDICATE_DELIVERY__RETURNS__IMAP_PASSWORD_FILE="/run/secret").delivery
    assert (delivery.connections, delivery.pace, delivery.unknown) == (3, Pace(5, 300, 20), "hold")
    assert (delivery.returns.imap_password, delivery.returns.lmtp) == ("hush", "127.0.0.1:8024")
    assert (delivery.dkim.key_file, delivery.bounces) == ("dkim.pem", "returns@b.example")
    assert "hush" not in repr(delivery)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("delivery: {bounces: nonsense}", "delivery.bounces: 'nonsense' is not a mail address"),
        ("delivery: {returns: {lmtp: 8024}}", "delivery.returns.lmtp: '8024' is not an address to listen on"),
        ("delivery: {connections: 0}", "delivery.connections"),
        ("delivery: {unknown: ask}", "delivery.unknown"),
    ],
)
def test_mistakes(text, words):
    """A wrong value is named with its key."""
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert words in str(caught.value)


def test_channel_keys():
    """A list may be closed, a digest grouped by themes, and say that nothing is new."""
    text = """\
channels:
  weekly: {kind: digest, schedule: "@weekly", from: ed@b.example, signup: false, nothing_new: note, group: theme,
    themes: {Rivers: [river, boat], Land: farm}}
"""
    (channel,) = read(text).channels
    assert (channel.signup, channel.nothing_new, channel.group) == (False, "note", "theme")
    assert channel.themes == {"Rivers": ("river", "boat"), "Land": ("farm",)}
