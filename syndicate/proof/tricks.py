# SPDX-License-Identifier: Apache-2.0
"""Addresses and names that are not what they seem: links through redirectors, characters that nobody sees."""

import re
from urllib.parse import unquote, urlsplit

from syndicate.proof.words import is_web

#: Hosts whose whole purpose is to lead elsewhere, and counting links of mailing services.
_REDIRECTORS = re.compile(
    r"""(?:^|\.)(?:
      t\.co | bit\.ly | tinyurl\.com | goo\.gl | ow\.ly | buff\.ly | lnkd\.in | is\.gd | dlvr\.it | ift\.tt | trib\.al
    | feedproxy\.google\.com | feeds?portal\.com | list-manage\.com | ct\.sendgrid\.net | mailchimp\.com | mjt\.lu
    | (?:l|lm)\.facebook\.com | l\.instagram\.com | out\.reddit\.com | nl\.pepipost\.com
    )$""",
    re.VERBOSE,
)
_PASSING = re.compile(r"^(?:www\.)?google\.[a-z.]+/url$|^feeds\.feedburner\.com/~r/|^news\.google\.com/rss/articles/")
_INSIDE = re.compile(r"[=&?]https?:/", re.IGNORECASE)
# Joiners and marks of direction are letters' business in many scripts; these are nobody's.
_UNSEEN = re.compile("[\u00ad\u180e\u200b\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")


def leads_elsewhere(url: str) -> bool:
    """Whether ``url`` is one of a redirector, or has another address in its query."""
    if not is_web(url):
        return False
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return True
    inside = _INSIDE.search(f"?{unquote(unquote(parts.query))}") is not None
    return inside or _REDIRECTORS.search(host) is not None or _PASSING.search(host + parts.path) is not None


def has_unseen(text: str) -> bool:
    """Whether characters stand in ``text`` that nobody sees, as themselves or percent-encoded."""
    return _UNSEEN.search(unquote(text)) is not None
