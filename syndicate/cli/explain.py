# SPDX-License-Identifier: Apache-2.0
"""`explain`: why an item goes where it goes, down to the quoted sentence, and what was proved of it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from rich.text import Text

from syndicate.app import App, open_app
from syndicate.cli.show import OUT, as_json, mode_text
from syndicate.errors import UsageError
from syndicate.model import Chain, Decision, Evidence, Mode, Role
from syndicate.pipeline.duty_words import describe
from syndicate.pipeline.explain import Explanation, copies, named
from syndicate.pipeline.explain import explain as explain_item
from syndicate.rights.signals import keeps_out_machines
from syndicate.rights.wording import moment
from syndicate.store import StoredItem

HOP_MARKS = {Role.ORIGIN: "●", Role.REPUBLISHER: "○"}
MARKED = "black on #ffefa3"
WIDEST = 76
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def explain(path: Path, text: str, channel_id: str, *, json: bool) -> int:
    """Print every item that ``text`` names, with its decision for each channel."""
    with closing(open_app(path)) as app:
        explained = _explained(app, text, channel_id)
        works = {
            stored.item.id: {"id": stored.work_id, "copies": copies(app.composing, stored)} for stored, _ in explained
        }
        site = app.config.site.name
    if json:
        as_json(
            [
                {"item": s.item, "chain": s.chain, "work": works[s.item.id], "channels": explanations}
                for s, explanations in explained
            ]
        )
        return 0
    for stored, explanations in explained:
        print_item(stored, site, explanations)
    return 0


def _explained(app: App, text: str, channel_id: str) -> list[tuple[StoredItem, list[Explanation]]]:
    """The items that an id or an address names, each in the channels asked for; raises UsageError if none is named."""
    channels = [app.channel(channel_id)] if channel_id else list(app.config.channels)
    return [(stored, explain_item(app.composing, stored, channels)) for stored in found_items(app, text)]


def found_items(app: App, text: str) -> list[StoredItem]:
    """The items that an id, an address of theirs or that of our page names; raises UsageError if none is named."""
    with app.store.read() as tx:
        found = named(tx, text)
    if not found:
        raise UsageError(
            "no item has this id or address", subject=text, remedy="take the id from a feed or the front page"
        )
    return found


def print_item(stored: StoredItem, site: str, explanations: Sequence[Explanation]) -> None:
    """One item of ``site`` with its chain, decision and duties in each channel."""
    OUT.print(Text(stored.item.title or stored.item.url, style="bold"))
    OUT.print(Text(", ".join(person.name for person in stored.item.authors)))
    OUT.print(Text(stored.item.id, style="dim"))
    OUT.print()
    for explanation in explanations:
        _print_chain(stored.chain, site, explanation)
        _print_decision(explanation)
    _print_besides(stored, explanations)


def _print_besides(stored: StoredItem, explanations: Sequence[Explanation]) -> None:
    """What is stated of the item that none of these decisions rests on; signals against machine use are named so."""
    stated = [*(one for hop in stored.chain.hops for one in hop.evidence), *stored.item.evidence]
    cited = {one for e in explanations for reason in e.decision.reasons for one in reason.evidence}
    besides = [one for one in dict.fromkeys(stated) if one not in cited]
    if not besides:
        return
    machines = keeps_out_machines(besides)
    OUT.print(Text("Stated besides", style="bold"))
    for one in besides:
        told = ", against use by machines: we make none" if one in machines else ""
        where = ", ".join(part for part in (one.url, one.place, one.kind) if part)
        OUT.print(Text(f"  “{one.value}”"))
        OUT.print(Text(f"     {where}{told}", style="dim"))
    OUT.print()


def _print_chain(chain: Chain, site: str, explanation: Explanation) -> None:
    channel = explanation.channel
    held = "not the copy we use" if explanation.instead else "the copy we use"
    for number, hop in enumerate(chain.hops):
        last = number == len(chain.hops) - 1
        day = f"{hop.date:%d %b %Y}".lstrip("0") if hop.date else ""
        role = "origin" + (", holds the copyright" if chain.origin_known else ", not among our sources")
        if last and not chain.origin_known and hop.role is Role.ORIGIN:
            role = "shows it; whose it is nobody says"
        if hop.role is Role.REPUBLISHER:
            role = "republisher" + (f", {held}" if last else "")
        name = hop.name or "somebody else"
        OUT.print(Text.assemble((f"{HOP_MARKS[hop.role]} ", "bright_blue"), f"{name:<22} {day:<13} {role}"))
        if hop.url:
            OUT.print(Text.assemble(("│ ", "bright_blue"), f"{'':<36} {hop.url}"))
        for evidence in hop.because:
            quoted = Text.assemble(("│ ", "bright_blue"), f"{'':<36} ", (f"“{evidence.value}”", MARKED))
            OUT.print(quoted.append(f"  {evidence.place}", "dim"))
    kind = f"{channel.medium}, {channel.purpose}" + (f", ads {channel.ads.name.lower()}" if channel.ads else "")
    OUT.print(Text.assemble(("◉ ", "bright_blue"), f"{site:<22} {channel.id:<13} {kind}"))
    OUT.print()


def _print_decision(explanation: Explanation) -> None:
    decision = explanation.decision
    OUT.print(Text.assemble(("Decision   ", "bold"), mode_text(decision.mode)))
    OUT.print(Text(f"  {decision.because}"))
    if explanation.instead:
        OUT.print(Text(f"  Carried is the copy of {explanation.instead.publisher}: {explanation.instead.url}"))
    for one in explanation.overrides:
        told = f"narrowed to {one.mode.name.lower()} by {one.by}: {one.reason}"
        OUT.print(Text(f"  {one.at:%Y-%m-%d} {told}"))
    if decision.contact and decision.mode < Mode.FULL:
        OUT.print(Text(f"  For more, ask {decision.contact}"))
    if decision.until:
        OUT.print(Text(f"  Decided again {moment(decision.until)}"))
    OUT.print()
    letters = _letters(decision)
    cited = [" ".join(f"[{letters[e]}]" for e in dict.fromkeys(reason.evidence)) for reason in decision.reasons]
    wide = min(max((len(reason.text) for reason in decision.reasons), default=0), WIDEST)
    for number, (reason, marks) in enumerate(zip(decision.reasons, cited, strict=True), 1):
        line = f"  {number}  {reason.text:<{wide}}  "
        OUT.print(Text.assemble(line, (f"{marks:<8}", "bright_blue"), "  ", mode_text(reason.mode)))
    if letters:
        OUT.print()
        OUT.print(Text("Evidence", style="bold"))
    for evidence, letter in letters.items():
        where = ", ".join(part for part in (evidence.url, evidence.place, evidence.kind) if part)
        OUT.print(Text.assemble((f"  {letter}  ", "bright_blue"), (f"“{evidence.value}”", MARKED)))
        OUT.print(Text(f"     {where}", style="dim"))
    _print_duties(explanation)
    OUT.print()


def _letters(decision: Decision) -> dict[Evidence, str]:
    cited = dict.fromkeys(e for reason in decision.reasons for e in reason.evidence)
    return {e: LETTERS[n] if n < len(LETTERS) else str(n) for n, e in enumerate(cited)}


def _print_duties(explanation: Explanation) -> None:
    decision, edition = explanation.decision, explanation.edition
    other = explanation.other_copy
    parts = list(dict.fromkeys(one.part for one in edition.proved)) if edition and not other else []
    lines = [describe(duty) for duty in decision.duties]
    wide = min(max(map(len, lines), default=0), WIDEST)
    if decision.duties:
        OUT.print()
        OUT.print(Text.assemble((f"{'Duties':<{wide + 4}}", "bold"), "  ".join(f"{part:^5}" for part in parts)))
    for number, line in enumerate(lines):
        ticks = "  ".join(f"{'✓' if (number, part) in explanation.met else '':^{max(5, len(part))}}" for part in parts)
        OUT.print(Text.assemble(f"  {line:<{wide}}  ", (ticks, "green")))
    OUT.print()
    if edition and other:
        where = f"edition {edition.edition_id} of {edition.channel_id}, {edition.period}"
        OUT.print(
            Text(f"Not proved: {where}, held the copy of {edition.publisher} with that copy's duties", style="dim")
        )
        OUT.print(Text(f"See: syndicate explain {edition.url} --channel {edition.channel_id}", style="dim"))
    elif edition:
        told = f", accepted for {explanation.accepted:,} of {explanation.owed:,} readers"
        sent = told if explanation.owed else ""
        proof_of = f" in edition {edition.edition_id} of {edition.channel_id}, {edition.period}{sent}"
        OUT.print(Text.assemble(("Proved", "green"), proof_of))
        if edition.mode is not decision.mode:
            OUT.print(Text.assemble("There it was carried as: ", mode_text(edition.mode)))
    else:
        OUT.print(Text("Not in an edition yet", style="dim"))
