# SPDX-License-Identifier: Apache-2.0
"""Duties of words: who is named (O1), what is repeated (O2, O5, O9, O20, O23, O24, O29)."""

from collections.abc import Iterator

from syndicate.model import Duty
from syndicate.proof.scope import shown
from syndicate.proof.seen import Machine
from syndicate.proof.view import Case, View, around_text
from syndicate.proof.words import bare_urls, copyright_form, find_whole, fold, unwrap, url_form


def names(case: Case, duty: Duty, view: View) -> Iterator[str]:
    """O1: every name, whole, people and outlets each in the order given; no name that was to be left out."""
    people, outlets = people_and_outlets(case, duty)
    for credit, plain in view.credits(case):
        for group in (people, outlets):
            missing = first_missing(group, credit, plain=plain)
            if missing:
                how = "not found" if find_whole(missing, credit) < 0 else "not in the order asked for"
                yield f'name "{missing}" {how} in the credit of {view.where}'
    if view.machine is not None:
        yield from _declared(view.machine, people, outlets, view.where)
    for name in duty.also:
        yield from _left_in(case, name, view)


def people_and_outlets(case: Case, duty: Duty) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of people and those of outlets, each in the order given; a credit may put either first."""
    told = tuple(dict.fromkeys(filter(None, map(fold, duty.texts))))
    hops = {fold(hop.name) for hop in case.entry.chain.hops}
    return tuple(name for name in told if name not in hops), tuple(name for name in told if name in hops)


def first_missing(wanted: tuple[str, ...], text: str, *, plain: bool = False) -> str:
    """The first of the names ``wanted`` that does not stand in ``text`` after those before it; "" if all do."""
    at = 0
    for name in wanted:
        at = find_whole(unwrap(name) if plain else name, text, at)
        if at < 0:
            return name
    return ""


def _declared(machine: Machine, people: tuple[str, ...], outlets: tuple[str, ...], where: str) -> Iterator[str]:
    missing = first_missing(people, " ; ".join(map(fold, machine.authors)))
    if missing:
        yield f'author "{missing}" not found among the authors in {where}'
    if outlets and not any(name in outlets for name in map(fold, machine.sources)):
        yield f'source "{outlets[-1]}" not found as the source in {where}'


def _left_in(case: Case, name: str, view: View) -> Iterator[str]:
    around = [text for text, _ in view.surroundings(case)]
    declared = view.machine.authors if view.machine is not None else ()
    if any(find_whole(fold(name), text) >= 0 for text in (*around, *map(fold, declared))):
        yield f'name "{name}" is to be left out, but stands in {view.where}'


# --------------------------------------------------------------------------------------------- lines and notices


def copyright_line(case: Case, duty: Duty, view: View) -> Iterator[str]:
    """O2: the line in every credit and on the machine-readable side."""
    for line in duty.texts:
        sought = copyright_form(line)
        for credit, plain in view.credits(case):
            if find_whole(unwrap(sought) if plain else sought, copyright_form(credit)) < 0:
                yield f'copyright line "{line}" not found in {view.where}'
        if view.machine is not None and not any(
            find_whole(sought, copyright_form(stated)) >= 0 for stated in view.machine.rights
        ):
            yield f'copyright line "{line}" not found in the rights element of {view.where}'


def notices(case: Case, duty: Duty, view: View) -> Iterator[str]:
    """O5: every notice visible, its link live, and the title as supplied where that is asked."""
    for text in duty.texts:
        yield from visible(text, view)
    if duty.url:
        yield from linked(duty.url, view)
    if duty.how == "title":
        yield from _headline(case.entry.item.title, view)


def visible(text: str, view: View) -> Iterator[str]:
    """That ``text`` is visible in every rendering."""
    for seen, plain in view.renderings():
        if find_whole(unwrap(text) if plain else fold(text), seen) < 0:
            yield f'notice "{text}" not found in {view.where}'


def linked(url: str, view: View) -> Iterator[str]:
    """That ``url`` is a live link in every rendering."""
    if not all(any(a.text and url_form(a.href) == url_form(url) for a in scope.anchors) for scope in view.scopes):
        yield f'link to "{url}" not found in {view.where}'
    if not all(url_form(url) in bare_urls(text) for text in view.texts):
        yield f'address "{url}" not found whole on one line of {view.where}'


def changes(case: Case, duty: Duty, view: View) -> Iterator[str]:
    """O9: the note that says what was changed, in every credit and in ``_syndicate.changes``."""
    for text in duty.texts:
        for credit, plain in view.credits(case):
            if find_whole(unwrap(text) if plain else fold(text), credit) < 0:
                yield f'note "{text}" not found in the credit of {view.where}'
        if view.part == "json" and view.machine and find_whole(fold(text), fold(view.machine.changes or "")) < 0:
            yield f'note "{text}" not found in _syndicate.changes of {view.where}'


def headline(case: Case, duty: Duty, view: View) -> Iterator[str]:
    """O20: the heading is theirs, to the letter."""
    if duty.how == "theirs":
        yield from _headline("".join(duty.texts) or case.entry.item.title, view)


def _headline(title: str, view: View) -> Iterator[str]:
    wanted = fold(title)
    if view.machine is not None and fold(view.machine.title) != wanted:
        yield f'title element of {view.where} is "{view.machine.title}", not "{title}"'
    if view.machine is None and any(wanted not in scope.headings for scope in view.scopes):
        yield f'heading "{title}" not found in {view.where}'
    if not all(unwrap(text).startswith(unwrap(title)) for text in view.texts):
        yield f'heading "{title}" not found in {view.where}'


def about(case: Case, duty: Duty, view: View) -> Iterator[str]:
    """O23: what the publisher says of itself, after the text."""
    for text in duty.texts:
        ends = [(shown(scope.behind), False) for scope in view.scopes]
        ends += [(around_text(section, case)[1], True) for section in view.texts]
        for end, plain in ends:
            if find_whole(unwrap(text) if plain else fold(text), end) < 0:
                yield f'"{text}" not found after the text in {view.where}'


def terms(_: Case, duty: Duty, view: View) -> Iterator[str]:
    """O24: the terms in words, or a link to them, for people and for machines."""
    for text in duty.texts:
        yield from visible(text, view)
    if duty.url:
        yield from linked(duty.url, view)
    if view.machine is not None:
        told = (*(view.machine.rights if view.part != "json" else ()), *view.machine.terms)
        stated = {fold(line) for one in told for line in one.split("\n")}
        for wanted in filter(None, (*duty.texts, duty.url)):
            if fold(wanted) not in stated:
                yield f'terms "{wanted}" not found on the machine-readable side of {view.where}'


def purpose(_: Case, duty: Duty, view: View) -> Iterator[str]:
    """O29: for whom it is carried, and why, stands there in words; who receives it is looked at when mail leaves."""
    for text in duty.texts:
        yield from visible(text, view)
