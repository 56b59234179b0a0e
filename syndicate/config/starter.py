# SPDX-License-Identifier: Apache-2.0
"""The file that ``syndicate init`` writes: short, valid, and commented where a newcomer has to decide."""

from __future__ import annotations

_STARTER = """\
# syndicate: what we publish, from whom, on whose terms. `syndicate check` explains every mistake.

site:
  name: Riverside Bulletin
  url: https://bulletin.example        # what readers type; http://127.0.0.1:8080 while you try it
  contact: editor@bulletin.example     # stands in every page, feed and mail
  timezone: Europe/Paris

# The mail server that takes our post. Give a password as SYNDICATE_SMTP__PASSWORD, or its file as
# SYNDICATE_SMTP__PASSWORD_FILE.
smtp: {host: localhost, port: 25, security: none}
# smtp: {host: mail.bulletin.example, port: 587, security: starttls, username: bulletin}

# What we publish. What each channel is decides how much of an item its terms allow in it.
channels:
  community:
    kind: feed
    purpose: community                 # community: without profit; commercial: everything else
  weekly:
    kind: digest
    purpose: community
    schedule: "0 7 * * 1"              # Mondays at 07:00
    backfill: 10                       # of what a source has when it is polled first; 0: only what comes later
    from: Riverside Bulletin <news@bulletin.example>

# From whom. `syndicate add ADDRESS` finds the feed of a site and what it says about reuse; what you confirm of that
# with `syndicate terms review` is kept in the database. Or write it here, as you read it on their pages:
#
# publishers:
#   south-desk:
#     name: South Desk
#     home: https://south.example
#     terms: crosspost                 # a key of terms:, or a licence id such as CC-BY-4.0; without it: links alone
# terms:
#   crosspost:
#     evidence: https://south.example/republish
#     quote: Community sites may cross-post our articles if they name the source and link to the original.
#     contact: rights@south.example
#     grants:
#       - mode: full                   # full, excerpt (with words: or paragraphs:), link
#         media: [web, email]          # web, email, print
#         purposes: [community]        # community, commercial
#         duties: [credit, copyright, link]
# sources:
#   - id: south-desk                   # kept for ever: item ids depend on it
#     url: https://south.example/feed.xml
#     publisher: south-desk
#     every: 30m
"""


def starter() -> str:
    """Text of a first configuration file."""
    return _STARTER
