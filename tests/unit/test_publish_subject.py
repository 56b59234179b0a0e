# SPDX-License-Identifier: Apache-2.0
"""A digest's subject is tried when the configuration is read, not when the mail is due."""

import pytest

from syndicate.publish.subject import fault


@pytest.mark.parametrize(
    "source",
    ["This week", "{{ site.name }}, {{ date }}", "{{ count }} on {{ channel.id }} of {{ channel.title or site.url }}"],
)
def test_a_subject_that_can_be_used(source):
    """Plain words and all that a subject may name."""
    assert fault(source) == ""


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ sitename }} and {{ dat }}", "names dat and sitename; it may name site, channel, date and count"),
        ("{% if count > 99 %}{{ many }}{% endif %}x", "names many; it may name"),
        ("{{ site.nme }}", "cannot be used: site has no attribute 'nme'"),
        ("{{ date", "is no template: unexpected end of template"),
        ("{{ ''.__class__ }}", "cannot be used: access to attribute '__class__'"),
        ("{{ date | loud }}", "is no template: No filter named 'loud'."),
        ("{% if count > 1 %}x{% endif %}", "says nothing; write a line of text"),
    ],
)
def test_what_is_wrong_is_said(source, said):
    """Unknown names, also where they would seldom be met, broken templates, and lines with nothing in them."""
    assert fault(source).startswith(said)
