# SPDX-License-Identifier: Apache-2.0
"""A glance at the body of an item: most say nothing of their use, and need not be read as notices."""

from typing import Final

from syndicate.model import Notice
from syndicate.rights.notices.clauses import Said, reserves, role
from syndicate.rights.notices.limits import may_limit
from syndicate.rights.notices.named import named
from syndicate.rights.notices.phrases import has, measures, narrows, offers, sparks
from syndicate.rights.notices.seen import Clause, clauses

_TELLING: Final = frozenset({"grant", "refuse", "ask"})


def may_speak(notice: Notice) -> bool:
    """False if a notice surely has no word about rights: it need not be read."""
    return _speaks(notice.text.casefold())


def may_say(notice: Notice) -> bool:
    """False if no clause with a word about rights permits, forbids, limits, says whom to ask or names a licence."""
    if not may_speak(notice):
        return False
    parts = clauses(notice.text, html=notice.format == "html", body=notice.place == "body", wanted=_speaks)
    return any(_says(part, notice.place) for part in parts if _speaks(_all_of(part)))


def _speaks(text: str) -> bool:
    return _of_rights(text) or narrows(text)


def _of_rights(text: str) -> bool:
    return sparks(text) or offers(text)


def _all_of(part: Clause) -> str:
    """The words of a clause and the addresses that it links."""
    return " ".join([part.folded, *(anchor.href.casefold() for anchor in part.anchors)])


def _says(part: Clause, place: str) -> bool:
    """True if a clause is more than an article's; a question is told by what follows it."""
    one = Said(part, 0, place, role(part.folded, place), measures(part.folded))
    if may_limit(one):
        return True
    told = one.role in _TELLING or has("question", one.text) or _closes(one) or bool(named([one]))
    return told and _of_rights(_all_of(part))


def _closes(one: Said) -> bool:
    """True if a clause takes away without a role."""
    return reserves(one) or has("agency", one.text)
