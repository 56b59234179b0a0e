# SPDX-License-Identifier: Apache-2.0
"""Duties of the text: unaltered (O6), within its limit (O21), in its own language (O22), credit in its place (O11)."""

import re
from collections.abc import Iterator

from syndicate.model import Duty, Mode
from syndicate.proof.duties.conduct import APPEAL
from syndicate.proof.duties.names import first_missing, people_and_outlets
from syndicate.proof.original import Original, longest_run
from syndicate.proof.scope import Scope, shown
from syndicate.proof.view import Case, View, around_text
from syndicate.proof.words import bare_urls, find_whole, fold, unwrap, url_form

# A message may be shown where the text itself may not stand, so it quotes fewer words than a run.
_SHOWN = 4
_LINKED = re.compile(r"\[([^\[\]]+)\]")


def text_faults(case: Case, view: View, *, unmodified: bool) -> tuple[str, ...]:
    """What is wrong with the text that is carried: not whole, altered, or not a run; O6, and part of every mode.

    With ``unmodified`` nothing may be added to it either.
    """
    return tuple(dict.fromkeys(_text_faults(case, view, unmodified=unmodified)))


def _text_faults(case: Case, view: View, *, unmodified: bool) -> Iterator[str]:
    if case.mode is Mode.FULL:
        yield from _full_faults(case.original, view, unmodified=unmodified)
        yield from _left_out_faults(case)
    elif case.mode is Mode.EXCERPT:
        yield from _excerpt_faults(case, view)


def _full_faults(original: Original, view: View, *, unmodified: bool) -> Iterator[str]:
    for scope in view.scopes:
        body = scope.body or ""
        if not (original.is_all_of(body) if unmodified else original.stands_in(body)):
            yield f'text in {view.where} is not the original\'s at "{original.difference(body)}"'
    for text in view.texts:
        if not original.stands_in_plain(text):
            last = " ".join(longest_run(text, original.text).split(" ")[-_SHOWN:])
            yield f'text in {view.where} is not whole: it leaves the original after "{last}"'


def _left_out_faults(case: Case) -> Iterator[str]:
    """Nothing but captions of what is left out, and appeals, may be missing of a text."""
    for duty in case.entry.decision.duties:
        captions = duty.id == "O15" and duty.how != "in"
        for text in duty.texts if captions or duty.id == "O28" else ():
            if fold(text) not in case.original.captions if captions else not APPEAL.search(text):
                yield f'"{" ".join(text.split(" ")[:_SHOWN])} ..." is left out of the text, and is part of it'


def _excerpt_faults(case: Case, view: View) -> Iterator[str]:
    for scope in view.scopes:
        body = scope.body or ""
        for fault in case.original.faults_of_run(body) if fold(body) else ("is missing",):
            yield f"excerpt in {view.where} {fault}"
    for text in view.texts:
        if find_whole(unwrap(excerpt_of(text, case)), unwrap(text)) < 0:
            yield f"excerpt in {view.where} is not the one in the HTML"


def excerpt_of(section: str, case: Case) -> str:
    """What a plain ``section`` carries of the item: the excerpt of the HTML, or the longest run if there is none."""
    return case.hint if case.hint is not None else longest_run(section, case.original.text)


def limit_faults(case: Case, view: View) -> tuple[str, ...]:
    """By what an excerpt is longer than its limit (O21)."""
    if case.mode is not Mode.EXCERPT:
        return ()
    runs = [scope.body or "" for scope in view.scopes] + [excerpt_of(text, case) for text in view.texts]
    told = (case.original.excess_of_run(run, case.entry.decision.limit) for run in runs)
    return tuple(dict.fromkeys(f"excerpt in {view.where} {excess}" for excess in told if excess))


def unmodified(case: Case, duty: Duty, view: View) -> Iterator[str]:
    """O6: the text that was decided about, and no other, unaltered."""
    for told in duty.texts:
        if told != case.original.fingerprint:
            yield f"the text has the fingerprint {case.original.fingerprint}, the licensed one has {told}"
    yield from text_faults(case, view, unmodified=True)


def limit(case: Case, duty: Duty, view: View) -> Iterator[str]:
    """O21: within the limit, and closed by the words and the link that are asked for."""
    yield from limit_faults(case, view)
    if case.mode is Mode.EXCERPT:
        yield from _fixed_words(case, duty, view, at_end=True)


# --------------------------------------------------------------------------------------------- where the credit is


def position(case: Case, duty: Duty, view: View) -> Iterator[str]:
    """O11: the fixed words, or the names, before the text or after it."""
    if case.mode <= Mode.LINK:
        return
    at_end = duty.how == "end"
    yield from _fixed_words(case, duty, view, at_end=at_end)
    place = "after" if at_end else "before"
    named = next((other for other in case.entry.decision.duties if other.id == "O1"), None)
    groups = people_and_outlets(case, named) if named is not None else ()
    for credit, plain in () if duty.texts else _beside(case, view, at_end=at_end):
        missing = next(filter(None, (first_missing(group, credit, plain=plain) for group in groups)), "")
        if missing or not credit:
            yield f"the credit does not stand {place} the text in {view.where}"


def _beside(case: Case, view: View, *, at_end: bool) -> Iterator[tuple[str, bool]]:
    """The credit before or after the text in each rendering, and whether it is plain."""
    for scope in view.scopes:
        yield shown(_side(scope, at_end=at_end), credit=True), False
    for section in view.texts:
        yield around_text(section, case)[at_end], True


def _side(scope: Scope, *, at_end: bool) -> tuple[tuple[int, str], ...]:
    return scope.behind if at_end else scope.ahead


def _fixed_words(case: Case, duty: Duty, view: View, *, at_end: bool) -> Iterator[str]:
    """Words that a publisher fixed stand on their side of the text, the part in brackets linked as asked."""
    place = "after" if at_end else "before"
    for text in duty.texts:
        words = _LINKED.sub(r"\1", text)
        for seen, plain in _beside(case, view, at_end=at_end):
            if find_whole(unwrap(words) if plain else fold(words), seen) < 0:
                yield f'"{words}" not found {place} the text in {view.where}'
        for name in _LINKED.findall(text) if duty.url else ():
            yield from _named_link(fold(name), duty.url, view)


def _named_link(name: str, url: str, view: View) -> Iterator[str]:
    """That ``name`` is linked in every scope, always to ``url``; in plain text the address stands there."""
    for scope in view.scopes:
        targets = {url_form(anchor.href) for anchor in scope.anchors if anchor.in_credit and anchor.text == name}
        if targets != {url_form(url)}:
            yield f'"{name}" in {view.where} is not linked to "{url}"'
    if not all(url_form(url) in bare_urls(text) for text in view.texts):
        yield f'address "{url}" not found whole on one line of {view.where}'


def language(_: Case, duty: Duty, view: View) -> Iterator[str]:
    """O22: the text is marked as what it was written in: we do not translate, as its fingerprint proves."""
    wanted = {text.split("-")[0].lower() for text in duty.texts if text}
    declared = [scope.language for scope in view.scopes if scope.language or view.machine is None]
    declared += [view.machine.language] if view.machine is not None else []
    for told in declared:
        if wanted and told.split("-")[0].lower() not in wanted:
            yield f'language of the text in {view.where} is "{told}", not "{duty.texts[0]}"'
