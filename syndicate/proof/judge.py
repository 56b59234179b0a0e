# SPDX-License-Identifier: Apache-2.0
"""A reading held against decisions: every item known, once, whole in every rendering, no text that may not be.

`judge` is what the gate and the audit share. At the gate the entries are what the edition carries, so each must be in
the part and in its mode; in an audit they are what is on record, so a part may carry fewer items, and less of each.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from syndicate.model import Entry, Finding, Mode, Proved, Tombstone
from syndicate.proof.charset import REPLACEMENT
from syndicate.proof.duties import faults, limit_faults, loaded_faults, proof_of, text_faults
from syndicate.proof.leaks import Watch
from syndicate.proof.original import Original, left_out, longest_run
from syndicate.proof.scope import Scope, Sight
from syndicate.proof.sections import sections
from syndicate.proof.seen import Document, Reading, Seen
from syndicate.proof.view import WHERE, Case, Setting, View
from syndicate.proof.words import fold, tokens

_MODES = {"full": Mode.FULL, "excerpt": Mode.EXCERPT, "link": Mode.LINK}
# A message may be shown where the text itself may not stand, so it quotes fewer words than a run.
_SHOWN = 4
Verdict = tuple[tuple[Finding, ...], tuple[Proved, ...]]


class Docket:
    """The decisions to hold parts against, with what is worked out once for all of them."""

    def __init__(self, entries: Sequence[Entry], setting: Setting, tombstones: Sequence[Tombstone] = ()) -> None:
        self.entries = {entry.item.id: entry for entry in entries}
        self.setting = setting
        self.tombstones = tombstones
        self.watch = Watch(entries)
        self._originals: dict[str, Original] = {}

    def original(self, item_id: str) -> Original:
        """The text of an item as the measure."""
        if item_id not in self._originals:
            entry = self.entries[item_id]
            self._originals[item_id] = Original(entry.item, left_out(entry))
        return self._originals[item_id]


def judge(reading: Reading, docket: Docket, *, gate: bool, others: Iterable[Sequence[Entry]] = ()) -> Verdict:
    """What ``reading`` owes to the entries of ``docket`` and does not keep, and what it keeps.

    ``others`` are further entries, batch by batch, of which no text may stand in it.
    """
    bench = _Bench(reading, docket, gate)
    findings = [*_of_document(reading, docket.entries.values(), gate=gate), *bench.structure()]
    findings.extend(_of_tombstones(reading, docket, bench) if gate else ())
    proved: list[Proved] = []
    for case, view in bench.views:
        missed, kept = _duties(case, view)
        findings.extend(missed)
        proved.extend(kept)
    findings.extend(_of_text(reading, docket.watch, bench))
    for batch in others:
        findings.extend(_of_text(reading, Watch([*docket.entries.values(), *batch]), bench))
    return tuple(dict.fromkeys(findings)), tuple(proved)


def _of_document(reading: Reading, entries: Collection[Entry], *, gate: bool) -> Iterator[Finding]:
    """What is wrong with the document as such."""
    for problem in reading.problems:
        yield Finding("", problem.duty, reading.kind, problem.message)
    if reading.replaced and not any(REPLACEMENT in _all_text(entry) for entry in entries):
        yield Finding("", "encoding", reading.kind, "replacement characters stand where letters were lost")
    for licence in reading.feed_licences:
        yield Finding(
            "", "O4", reading.kind, f'the feed itself states the licence "{licence}", which items would inherit'
        )
    for notice in reading.feed_rights if gate else ():
        yield Finding(
            "", "O2", reading.kind, f'the feed itself states the rights "{notice}", which items would inherit'
        )
    for name in reading.opaque if gate else ():
        yield Finding("", "O15", reading.kind, f"{name} is attached and cannot be looked into")
    for page in reading.pages:
        for problem_text in page.problems:
            yield Finding("", "form", reading.kind, problem_text)
    yield from _doubts(reading, gate=gate)
    if gate and reading.kind == "mail" and (reading.text is None or not reading.pages):
        missing = WHERE["mail text"] if reading.text is None else WHERE["mail HTML"]
        yield Finding("", "form", reading.kind, f"{missing} is missing")


def _doubts(reading: Reading, *, gate: bool) -> Iterator[Finding]:
    """What cannot be judged. A page of a web site may have its style elsewhere; a feed and a mail carry theirs."""
    sights: list[Sight] = [*reading.pages] if gate or reading.kind != "html" else []
    sights += [sight for seen in reading.entries for sight in (*seen.contents, *seen.extras)]
    for doubt in dict.fromkeys(doubt for sight in sights for doubt in sight.doubts):
        yield Finding("", "form", reading.kind, doubt)


def _of_tombstones(reading: Reading, docket: Docket, bench: "_Bench") -> Iterator[Finding]:
    """What left the channel is told where the format can tell it, and nothing that is carried is said to have left."""
    if reading.kind not in {"atom", "json"}:
        return
    told, where = {item_id for item_id, _ in reading.document.deleted}, WHERE[reading.kind]
    for one in docket.tombstones:
        if one.item_id not in told:
            yield Finding(one.item_id, "O17", reading.kind, f"that it was taken out is not told in {where}")
    for item_id in sorted(told & bench.present()):
        yield Finding(item_id, "O17", reading.kind, f"it is carried in {where} and said to be taken out")


def _all_text(entry: Entry) -> str:
    item = entry.item
    words = (item.title, item.text, item.summary, *(text for duty in entry.decision.duties for text in duty.texts))
    return " ".join((*words, *(person.name for person in item.authors)))


def _of_text(reading: Reading, watch: Watch, bench: "_Bench") -> Iterator[Finding]:
    where = WHERE[reading.kind]
    told = {item_id for item_id, _ in reading.document.deleted}  # a tombstone names what is gone
    for leak in watch.leaks(reading.strings, bench.carried(), told):
        what = "it is withheld, but" if leak.duty == "mode" else "its text may not be carried, but"
        start = " ".join(leak.words.split(" ")[:_SHOWN])
        yield Finding(leak.item_id, leak.duty, reading.kind, f'{what} "{start} ..." stands in {where}')


# --------------------------------------------------------------------------------------------- which items are where


@dataclass(frozen=True, slots=True)
class _Place:
    """A rendering of one item in one part, or what is wrong with how it is enclosed."""

    item_id: str
    view: View
    trouble: str = ""


class _Bench:
    """Brings renderings and entries together."""

    def __init__(self, reading: Reading, docket: Docket, gate: bool) -> None:
        self._reading = reading
        self._original = docket.original
        self._setting = docket.setting
        self._entries = docket.entries
        self._gate = gate
        self._places = [*_of_feed(reading), *_of_pages(reading)]
        self._cases = {place.item_id: self._case(place) for place in self._places if self._carries(place.item_id)}

    def _carries(self, item_id: str) -> bool:
        return item_id in self._entries and self._entries[item_id].decision.mode is not Mode.WITHHOLD

    def _case(self, place: _Place) -> Case:
        """The item in the mode it is held to; in an audit a part may carry less than it may."""
        entry = self._entries[place.item_id]
        mode = entry.decision.mode
        declared = [_MODES[scope.mode] for scope in place.view.scopes if scope.mode in _MODES]
        if declared and not self._gate:
            mode = min(mode, *declared)
        bodies = [scope.body for scope in place.view.scopes if scope.body is not None]
        hint = bodies[0] if bodies and mode is Mode.EXCERPT else None
        return Case(entry, mode, self._original(place.item_id), self._setting, hint)

    def present(self) -> frozenset[str]:
        """The ids of all items that stand there."""
        return frozenset(place.item_id for place in self._places)

    def structure(self) -> Iterator[Finding]:
        """Items that are unknown, withheld, doubled, badly enclosed or missing."""
        part = self._reading.kind
        counts: dict[str, int] = {}
        for place in self._places:
            counts[place.item_id] = counts.get(place.item_id, 0) + 1
            trouble = place.trouble or self._stranger(place)
            if trouble:
                yield Finding(place.item_id, "item", place.view.part, trouble)
        for item_id, count in counts.items():
            if count > 1 and item_id:
                yield Finding(item_id, "item", part, f"it stands {count} times in {WHERE[part]}")
        yield from self._missing(counts)

    def _stranger(self, place: _Place) -> str:
        entry = self._entries.get(place.item_id)
        if entry is None:
            return f'"{place.item_id}" in {place.view.where} is no item on record'
        return f"it is withheld, but stands in {place.view.where}" if entry.decision.mode is Mode.WITHHOLD else ""

    def _missing(self, present: Mapping[str, int]) -> Iterator[Finding]:
        if not self._gate or (self._reading.kind == "mail" and not self._reading.pages):
            return
        part = "mail HTML" if self._reading.kind == "mail" else self._reading.kind
        for item_id in self._entries:
            if self._carries(item_id) and item_id not in present:
                yield Finding(item_id, "mode", part, f'no element with data-item="{item_id}" in {WHERE[part]}')

    @cached_property
    def views(self) -> tuple[tuple[Case, View], ...]:
        """Every rendering of every item that may be carried."""
        return tuple(self._views())

    def _views(self) -> Iterator[tuple[Case, View]]:
        for place in self._places:
            if place.item_id in self._cases:
                yield self._cases[place.item_id], place.view
        if self._reading.text is not None:
            yield from self._plain(self._reading.text)

    def _plain(self, text: str) -> Iterator[tuple[Case, View]]:
        """The sections of the plain part, one for each item that is owed there."""
        titles = {item_id: entry.item.title for item_id, entry in self._entries.items()}
        candidates = sections(text, titles)
        for item_id in self._entries:
            case = self._cases.get(item_id) or self._unseen(item_id, candidates)
            if case is not None:
                own = candidates[item_id] or (() if tokens(titles[item_id]) else (text,))
                yield case, _best(case, own, Document(contacts=(text,)))

    def _unseen(self, item_id: str, candidates: Mapping[str, tuple[str, ...]]) -> Case | None:
        """The case of an item without HTML: owed at the gate, in an audit only where its title stands."""
        if not self._carries(item_id) or not (self._gate or (candidates[item_id] and not self._reading.pages)):
            return None
        entry = self._entries[item_id]
        case = Case(entry, entry.decision.mode, self._original(item_id), self._setting)
        return case if self._gate else _as_carried(case, candidates[item_id])

    def carried(self) -> dict[str, tuple[str, ...]]:
        """For each item the excerpt that the part carries of it by right."""
        found: dict[str, list[str]] = {}
        for case, view in self.views:
            if case.entry.decision.mode is Mode.EXCERPT:
                bodies = [scope.body for scope in view.scopes if scope.body]
                texts = [] if case.hint is not None else [longest_run(text, case.original.text) for text in view.texts]
                kept = [run for run in (*bodies, *texts) if not case.original.faults_of_run(run) or run in texts]
                found.setdefault(case.entry.item.id, []).extend(kept)
        return {item_id: tuple(runs) for item_id, runs in found.items()}


def _as_carried(case: Case, candidates: Sequence[str]) -> Case:
    """``case`` in the mode that a plain part without HTML shows by itself."""
    if case.mode is Mode.FULL and any(case.original.stands_in_plain(text) for text in candidates):
        return case
    run = max((longest_run(text, case.original.text) for text in candidates), key=len)
    return replace(case, mode=min(case.mode, Mode.EXCERPT if len(run.split()) >= 8 else Mode.LINK))  # noqa: PLR2004 -- the length of a run


def _best(case: Case, candidates: Iterable[str], document: Document) -> View:
    """The section that keeps most of what is owed, the longer one if there are several."""
    views = [View("mail text", texts=(text,), document=document) for text in candidates]
    ranked = sorted(views, key=lambda view: (len(_duties(case, view)[0]), -len(view.texts[0])))
    return ranked[0] if ranked else View("mail text")


def _of_pages(reading: Reading) -> Iterator[_Place]:
    for page in reading.pages:
        contacts = tuple(anchor.href for anchor in page.anchors if anchor.text)
        document = Document(issuers=reading.document.issuers, contacts=contacts)
        part = "mail HTML" if reading.kind == "mail" else "html"
        for scope in page.scopes:
            yield _Place(scope.item_id, View(part, scopes=(scope,), document=document, canonicals=page.canonicals))


def _of_feed(reading: Reading) -> Iterator[_Place]:
    for seen in reading.entries:
        yield _entry_place(seen, reading.kind, reading.document)


def _entry_place(seen: Seen, part: str, document: Document) -> _Place:
    scopes = [scope for sight in (*seen.contents, *seen.extras) for scope in sight.scopes]
    ids = tuple(dict.fromkeys((*seen.ids, *(scope.item_id for scope in scopes))))
    item_id = ids[0] if ids else ""
    asides = tuple(sight.as_credit() for sight in seen.extras if not sight.scopes and fold(sight.visible))
    view = View(part, seen.machine, tuple(scopes), seen.texts, asides, document)
    return _Place(item_id, view, _trouble(seen, ids, part))


def _trouble(seen: Seen, ids: Sequence[str], part: str) -> str:
    where = WHERE[part]
    if not ids:
        return f'entry "{seen.machine.title}" in {where} has no element with data-item'
    if len(ids) > 1:
        return f"one entry in {where} names several items: {', '.join(ids)}"
    if not seen.contents and not seen.texts:
        return f"its entry in {where} has no content"
    if any(len(sight.scopes) != 1 for sight in seen.contents):
        return f'its content in {where} is not enclosed by one element with data-item="{ids[0]}"'
    return ""


# --------------------------------------------------------------------------------------------- what is kept


def _duties(case: Case, view: View) -> tuple[tuple[Finding, ...], tuple[Proved, ...]]:
    """Every duty of the decision, the mode, and that nothing acts, in one rendering."""
    item_id, part = case.entry.item.id, view.part
    if not (view.scopes or view.texts):
        return (Finding(item_id, "mode", part, f'title "{case.entry.item.title}" not found in {view.where}'),), ()
    findings: list[Finding] = []
    proved: list[Proved] = []
    for duty in case.entry.decision.duties:
        missed = faults(case, duty, view)
        findings.extend(Finding(item_id, duty.id, part, message) for message in missed)
        if not missed:
            proved.append(Proved(item_id, duty.id, part, proof_of(case, duty)))
    asked = {duty.id for duty in case.entry.decision.duties}
    if "O15" not in asked:
        findings.extend(Finding(item_id, "O15", part, message) for message in loaded_faults(case, view))
    told = tuple(_mode_faults(case, view, asked))
    findings.extend(Finding(item_id, "mode", part, message) for message in told)
    findings.extend(Finding(item_id, "active", part, f"{what} in {view.where}") for what in _active(view))
    if not told:
        proved.append(Proved(item_id, "mode", part, case.mode.name.lower()))
    return tuple(findings), tuple(proved)


def _mode_faults(case: Case, view: View, asked: set[str]) -> Iterator[str]:
    """The declared mode, one visible credit, and the text that the mode promises."""
    for scope in view.scopes:
        yield from _scope_faults(case, scope, view)
    if "O6" not in asked:
        yield from text_faults(case, view, unmodified=False)
    if "O21" not in asked:
        yield from limit_faults(case, view)


def _scope_faults(case: Case, scope: Scope, view: View) -> Iterator[str]:
    if scope.mode != case.mode.name.lower():
        yield f'data-mode is "{scope.mode}" in {view.where}, decided is "{case.mode.name.lower()}"'
    if not scope.folded_credit:
        yield f'no visible element with class="credit" in {view.where}'
    if case.mode is Mode.LINK and fold(scope.body or ""):
        yield f"text is carried in {view.where}, only a link is permitted"


def _active(view: View) -> tuple[str, ...]:
    return tuple(dict.fromkeys(what for scope in view.html for what in scope.active))
