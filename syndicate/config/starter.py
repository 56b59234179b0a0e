# SPDX-License-Identifier: Apache-2.0
"""The file that ``syndicate init`` writes: short, valid, and commented where a newcomer has to decide."""

from __future__ import annotations

_STARTER = """\
# syndicate: what we publish, from whom, on whose terms. `syndicate check` explains every mistake.

site:
  name: Riverside Bulletin
  url: https://bulletin.example        # public address of the pages and feeds
  contact: editor@bulletin.example     # stands in every feed and mail
  timezone: Europe/Paris

# What publishers permit, as you read it on their pages. Without an entry here their items go out as links,
# unless they carry a licence themselves.
terms:
  community-crosspost:
    evidence: https://south.example/republish
    quote: Community sites may cross-post our articles if they name the source and link to the original.
    contact: rights@south.example
    grants:
      - mode: full                     # full, excerpt (with words: or paragraphs:), link
        media: [web]                   # web, email, print
        purposes: [community]          # community, commercial
        duties: [credit, copyright, link]
    otherwise: link

publishers:
  south-desk:
    name: South Desk
    home: https://south.example
    terms: community-crosspost         # a key of terms:, or a licence id such as CC-BY-4.0

sources:
  - id: south-desk                     # kept for ever: item ids depend on it
    url: https://south.example/feed.xml
    publisher: south-desk
    every: 30m

channels:
  community:
    kind: feed
    purpose: community

# A digest by mail; give the password as SYNDICATE_SMTP__PASSWORD.
# smtp: {host: mail.bulletin.example, port: 587, security: starttls, username: bulletin}
#  weekly:                             # belongs under channels:
#    kind: digest
#    schedule: "0 7 * * 1"             # Mondays at 07:00
#    from: Riverside Bulletin <news@bulletin.example>
"""


def starter() -> str:
    """Text of a first configuration file."""
    return _STARTER
