# SPDX-License-Identifier: Apache-2.0
"""Whether the words around a licence link say that the article is under that licence.

A link in running text may be the credit of a picture, the terms of an archive, or part of a denial. It permits only
where the closed grammar understands every word of its paragraph, and one of its clauses is that licence's.
"""

from functools import lru_cache
from typing import Final

from syndicate.model import Notice
from syndicate.rights.licences import by_url
from syndicate.rights.notices.clauses import said
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
        "licence" in found.kinds[at] and any(by_url(anchor.href) == by_url(url) for anchor in one.clause.anchors)
        for at, one in enumerate(all_said)
    )
