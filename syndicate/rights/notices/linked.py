# SPDX-License-Identifier: Apache-2.0
"""Whether the words around a licence link say that the article is under that licence.

A link in running text may be the credit of a picture, the terms of an archive, or part of a denial. It permits only
where the closed grammar understands every word of its paragraph, and one of its clauses is that licence's and links it
at words. A badge says nothing of what it is about.
"""

from functools import lru_cache
from typing import Final

from syndicate.model import Notice
from syndicate.rights.licences import by_url
from syndicate.rights.notices.clauses import Said, said
from syndicate.rights.notices.seen import BADGE, Anchor
from syndicate.rights.notices.understood import understood

_LONGEST: Final = 2000


@lru_cache(maxsize=4096)
def licenses(words: str, url: str) -> bool:
    """True if a paragraph, as HTML, says of the article or of all texts that they are under the licence at ``url``."""
    if len(words) > _LONGEST:
        return False
    all_said = said((Notice("page-footer", words, "html"),))
    found = understood(all_said)
    if found.doubts or any(kinds & {"refuse", "asset"} for kinds in found.kinds.values()):
        return False
    return any(
        "licence" in found.kinds[at] and any(_at_words(one, anchor, url) for anchor in one.clause.anchors)
        for at, one in enumerate(all_said)
    )


def _at_words(one: Said, anchor: Anchor, url: str) -> bool:
    """True if a link to the licence at ``url`` shows words, and not a picture or nothing."""
    shown = one.text[anchor.start : anchor.end]
    return by_url(anchor.href) == by_url(url) and BADGE not in shown and bool(shown.strip())
