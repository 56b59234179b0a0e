# SPDX-License-Identifier: Apache-2.0
"""One small verifier for each duty. Each looks at one item in one part and yields what is missing there, in words.

A duty that holds in one part does not hold for another, and each kind of rendering in a part (machine-readable side,
HTML, plain text) is held to it on its own.
"""

from collections.abc import Callable, Iterator, Mapping
from urllib.parse import unquote

from syndicate.model import Duty, Mode
from syndicate.proof.original import Original, longest_run
from syndicate.proof.seen import Machine
from syndicate.proof.sight import Anchor, Scope
from syndicate.proof.view import Case, View
from syndicate.proof.words import bare_urls, copyright_form, find_whole, fold, is_web, licence_form, unwrap, url_form

# A message may be shown where the text itself may not stand, so it quotes fewer words than a run.
_SHOWN = 4

Verifier = Callable[[Case, Duty, View], Iterator[str]]

#: Duties that are met before rendering, at delivery or afterwards; nothing of them stands in the bytes.
NOT_IN_BYTES = frozenset(
    {"O7", "O8", "O10", "O16", "O17", "O18", "O19", "O22", "O25", "O26", "O27", "O28", "O29", "O30"}
)


def faults(case: Case, duty: Duty, view: View) -> tuple[str, ...]:
    """What of ``duty`` is not met for the item in ``view``; empty if it is."""
    if duty.id in NOT_IN_BYTES:
        return ()
    return tuple(dict.fromkeys(VERIFIERS.get(duty.id, _as_stated)(case, duty, view)))


# --------------------------------------------------------------------------------------------- O1: who


def _credit(case: Case, duty: Duty, view: View) -> Iterator[str]:
    people, outlets = _people_and_outlets(case, duty)
    for credit, plain in view.credits(case):
        for names in (people, outlets):
            missing = _first_missing(tuple(map(unwrap, names)) if plain else names, credit)
            if missing:
                how = "not found" if find_whole(missing, credit) < 0 else "not in the order asked for"
                yield f'name "{missing}" {how} in the credit of {view.where}'
    if view.machine is not None:
        yield from _declared_names(view.machine, people, outlets, view.where)


def _people_and_outlets(case: Case, duty: Duty) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of people and those of outlets, each in the order given; a credit may put either first."""
    names = tuple(dict.fromkeys(filter(None, map(fold, duty.texts))))
    hops = {fold(hop.name) for hop in case.entry.chain.hops}
    return tuple(name for name in names if name not in hops), tuple(name for name in names if name in hops)


def _first_missing(names: tuple[str, ...], text: str) -> str:
    at = 0
    for name in names:
        at = find_whole(name, text, at)
        if at < 0:
            return name
    return ""


def _declared_names(machine: Machine, people: tuple[str, ...], outlets: tuple[str, ...], where: str) -> Iterator[str]:
    missing = _first_missing(people, " ; ".join(map(fold, machine.authors)))
    if missing:
        yield f'author "{missing}" not found among the authors in {where}'
    if outlets and not any(name in outlets for name in map(fold, machine.sources)):
        yield f'source "{outlets[-1]}" not found as the source in {where}'


# --------------------------------------------------------------------------------------------- O2, O5, O9: words


def _copyright(case: Case, duty: Duty, view: View) -> Iterator[str]:
    for line in duty.texts:
        sought = copyright_form(line)
        for credit, plain in view.credits(case):
            if find_whole(unwrap(sought) if plain else sought, copyright_form(credit)) < 0:
                yield f'copyright line "{line}" not found in {view.where}'
        if view.machine is not None and not any(
            find_whole(sought, copyright_form(stated)) >= 0 for stated in view.machine.rights
        ):
            yield f'copyright line "{line}" not found in the rights element of {view.where}'


def _notices(_: Case, duty: Duty, view: View) -> Iterator[str]:
    for text in duty.texts:
        yield from _visible(text, view)


def _visible(text: str, view: View) -> Iterator[str]:
    for shown, plain in view.renderings():
        if find_whole(unwrap(text) if plain else fold(text), shown) < 0:
            yield f'notice "{text}" not found in {view.where}'


def _changes(case: Case, duty: Duty, view: View) -> Iterator[str]:
    for text in duty.texts:
        for credit, plain in view.credits(case):
            if find_whole(unwrap(text) if plain else fold(text), credit) < 0:
                yield f'note "{text}" not found in the credit of {view.where}'
        if view.part == "json" and view.machine and find_whole(fold(text), fold(view.machine.changes or "")) < 0:
            yield f'note "{text}" not found in _syndicate.changes of {view.where}'


# --------------------------------------------------------------------------------------------- O3: links


def _link(case: Case, duty: Duty, view: View) -> Iterator[str]:
    for url in (duty.url, *duty.also):
        if not is_web(url):
            yield f'"{url}" is no http or https address to link to'
            continue
        if not all(_is_linked(url, scope) for scope in view.html):
            yield f'link to "{url}" not found in the credit of {view.where}'
        if not all(url_form(url) in bare_urls(text) for text in view.texts):
            yield f'address "{url}" not found whole on one line of {view.where}'
    yield from _detours(case, duty, view)
    first = next(other for other in case.entry.decision.duties if other.id == duty.id)
    if view.machine is not None and duty == first:
        stated = {url_form(link) for link in view.machine.links}
        if stated != {url_form(duty.url)}:
            yield f'link element of {view.where} is "{" ".join(sorted(stated))}", not "{duty.url}"'


def _is_linked(url: str, scope: Scope) -> bool:
    return any(anchor.in_credit and anchor.text and url_form(anchor.href) == url_form(url) for anchor in scope.anchors)


def _detours(case: Case, duty: Duty, view: View) -> Iterator[str]:
    """Links of ours that lead to the required page by a redirector or with a parameter added, or a headline astray."""
    allowed = _own_addresses(case, duty)
    page = url_form(duty.url).partition("://")[2].rstrip("/")
    title = fold(case.entry.item.title)
    for anchor in (anchor for scope in view.html for anchor in scope.anchors if not anchor.in_body):
        if url_form(anchor.href) in allowed or f"/items/{case.entry.item.id}" in anchor.href:
            continue
        if _passes_through(anchor, page):
            yield f'link "{anchor.href}" in {view.where} is not exactly "{duty.url}"'
        elif title and anchor.text == title:
            yield f'headline in {view.where} links to "{anchor.href}", not "{duty.url}"'


def _passes_through(anchor: Anchor, page: str) -> bool:
    return "/" in page and page in unquote(unquote(anchor.href))


def _own_addresses(case: Case, duty: Duty) -> frozenset[str]:
    item, hops = case.entry.item, case.entry.chain.hops
    others = (address for other in case.entry.decision.duties for address in (other.url, *other.also))
    stated = (*(hop.url for hop in hops), *(link.href for link in item.links), *(person.url for person in item.authors))
    return frozenset(url_form(url) for url in (duty.url, *duty.also, item.url, *stated, *others) if url)


# --------------------------------------------------------------------------------------------- O4: licence


def _licence(case: Case, duty: Duty, view: View) -> Iterator[str]:
    for name in duty.texts:
        for credit, plain in view.credits(case):
            if find_whole(unwrap(name) if plain else fold(name), credit) < 0:
                yield f'licence name "{name}" not found in the credit of {view.where}'
    sought = licence_form(duty.url)
    for scope in view.html:
        if not any(_is_licence_link(anchor, sought) for anchor in scope.anchors):
            yield f'licence link to "{duty.url}" not found in the credit of {view.where}'
    for text in view.texts:
        if not any(licence_form(url) == sought for url in bare_urls(text)):
            yield f'licence address "{duty.url}" not found whole on one line of {view.where}'
    if view.machine is not None:
        owed = {licence_form(other.url) for other in case.entry.decision.duties if other.id == duty.id}
        stated = {licence_form(url) for url in view.machine.licences}
        if (sought not in stated and (view.part != "json" or not stated)) or stated - owed:
            yield f'licence element of {view.where} is "{" ".join(view.machine.licences)}", not "{duty.url}"'


def _is_licence_link(anchor: Anchor, sought: str) -> bool:
    shown = anchor.in_credit and anchor.text and is_web(anchor.href)
    return bool(shown) and "license" in anchor.rel and licence_form(anchor.href) == sought


# --------------------------------------------------------------------------------------------- O6, O21: text


def text_faults(case: Case, view: View, *, unmodified: bool) -> tuple[str, ...]:
    """What is wrong with the text that is carried: not whole, altered, or not a run; O6, and part of every mode.

    With ``unmodified`` nothing may be added to it either.
    """
    return tuple(dict.fromkeys(_text_faults(case, view, unmodified=unmodified)))


def _text_faults(case: Case, view: View, *, unmodified: bool) -> Iterator[str]:
    if case.mode is Mode.FULL:
        yield from _full_faults(case.original, view, unmodified=unmodified)
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


def _unmodified(case: Case, _: Duty, view: View) -> Iterator[str]:
    yield from text_faults(case, view, unmodified=True)


def _limit(case: Case, _: Duty, view: View) -> Iterator[str]:
    yield from limit_faults(case, view)


# --------------------------------------------------------------------------------------------- O15: assets


def _assets(case: Case, duty: Duty, view: View) -> Iterator[str]:
    item = case.entry.item
    excluded = dict.fromkeys((*duty.also, *(enclosure.url for enclosure in item.enclosures)))
    loaded = [embed for scope in view.html for embed in scope.embeds]
    loaded.extend(view.machine.assets if view.machine is not None else ())
    forms = {url_form(address) for address in loaded}
    for asset in filter(None, excluded):
        if url_form(asset) in forms or any(asset in address for address in loaded):
            yield f'asset "{asset}" is embedded in {view.where}; only a link to it is permitted'


# --------------------------------------------------------------------------------------------- others


def _as_stated(_: Case, duty: Duty, view: View) -> Iterator[str]:
    """A duty without a verifier of its own: its words must be visible, its address linked."""
    for text in duty.texts:
        yield from _visible(text, view)
    for url in filter(None, (duty.url,)):
        if not all(any(a.text and url_form(a.href) == url_form(url) for a in scope.anchors) for scope in view.html):
            yield f'link to "{url}" not found in {view.where}'
        if not all(url_form(url) in bare_urls(text) for text in view.texts):
            yield f'address "{url}" not found whole on one line of {view.where}'


VERIFIERS: Mapping[str, Verifier] = {
    "O1": _credit,
    "O2": _copyright,
    "O3": _link,
    "O4": _licence,
    "O5": _notices,
    "O6": _unmodified,
    "O9": _changes,
    "O15": _assets,
    "O21": _limit,
}
