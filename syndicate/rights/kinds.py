# SPDX-License-Identifier: Apache-2.0
"""The kinds of evidence that words are: those that stand in places for them, and what reading them made of them."""

from typing import Final

PROSE_KINDS: Final = frozenset(
    {
        "rss.copyright",
        "atom.rights",
        "dc.rights",
        "dcterms.rights",
        "dcterms.accessRights",
        "prism.copyright",
        "pur.copyright",
        "pur.restrictions",
        "jsonfeed.copyright",
        "schema.copyrightNotice",
        "html.copyright",
        "body.copyright",
        "page.copyright",
        "credit-line",
    }
)
"""Places where words about rights stand: they may narrow, and they hold the copyright line."""

LINE_KINDS: Final = PROSE_KINDS - {"body.copyright", "page.copyright", "credit-line", "pur.restrictions"}
"""Rights lines of feeds, items and pages."""

COMMERCIAL: Final = "notice.commercial"
"""Words that rule out commercial use."""

NAMED: Final = "notice.licence"
"""The address of a licence that the words of an item name: it narrows and never widens."""

LIMIT: Final = "notice.limit"
"""Words of an item that seem to limit its use: they narrow until a person has read them."""

SOFT: Final = frozenset({LIMIT, COMMERCIAL})
"""What a record takes back whose operator has read the words."""
