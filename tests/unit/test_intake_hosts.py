# SPDX-License-Identifier: Apache-2.0
"""Whom a request burdens."""

import pytest

from syndicate.intake.hosts import host_of


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://south.example/feed", "south.example"),
        ("https://blogs.south.example:8443/feed", "south.example"),
        ("https://one.tumblr.com/rss", "tumblr.com"),
        ("https://reader:secret@one.github.io/feed", "github.io"),
        ("https://news.council.gov.uk/rss", "council.gov.uk"),
        ("https://NEWS.Council.GOV.UK./rss", "council.gov.uk"),
        ("https://gov.uk/rss", "gov.uk"),
        ("http://127.0.0.9:8700/feed", "127.0.0.9"),
        ("http://[2001:db8::1]/feed", "2001:db8::1"),
        ("http://localhost:80/feed", "localhost"),
        ("http://[broken/feed", ""),
        ("nonsense", ""),
    ],
)
def test_host_of(url, host):
    """All names of one registrable domain are one host, also those that a service gives to strangers."""
    assert host_of(url) == host
