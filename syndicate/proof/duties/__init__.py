# SPDX-License-Identifier: Apache-2.0
"""One small verifier for each duty. Each looks at one item in one part and yields what is missing there, in words.

A duty that holds in one part does not hold for another, and each kind of rendering in a part (machine-readable side,
HTML, plain text) is held to it on its own.
"""

from collections.abc import Callable, Iterator, Mapping

from syndicate.model import Duty
from syndicate.proof.duties import assets, conduct, links, names, text
from syndicate.proof.duties.assets import loaded_faults
from syndicate.proof.duties.text import limit_faults, text_faults
from syndicate.proof.view import Case, View

__all__ = ["faults", "limit_faults", "loaded_faults", "proof_of", "text_faults"]

Verifier = Callable[[Case, Duty, View], Iterator[str]]

#: Duties that are met before rendering or after release. The proof cites what was decided; nothing is in the bytes.
CITED = frozenset({"O18", "O19", "O27", "O30"})


def faults(case: Case, duty: Duty, view: View) -> tuple[str, ...]:
    """What of ``duty`` is not met for the item in ``view``; empty if it is."""
    if duty.id in CITED:
        return ()
    return tuple(dict.fromkeys(VERIFIERS.get(duty.id, _as_stated)(case, duty, view)))


def proof_of(case: Case, duty: Duty) -> str:
    """What was found, or what the proof cites, in a few words."""
    if duty.id == "O6":
        return f"fingerprint {case.original.fingerprint}"
    if duty.id == "O12":
        return f"{len(duty.also)} of {len(duty.also)} links"
    if duty.id == "O7":
        channel = case.setting.channel
        return f"{channel.purpose}, advertising {channel.ads.name.lower()}, {'paid' if channel.paid else 'free'}"
    if duty.id in {"O25", "O26"}:
        return case.setting.site.contact
    times = (f"{name} {when:%Y-%m-%d %H:%M} UTC" for name, when in (("from", duty.start), ("until", duty.end)) if when)
    return "; ".join(filter(None, (*duty.texts, duty.url, *duty.also, *times)))


def _as_stated(_: Case, duty: Duty, view: View) -> Iterator[str]:
    """A duty that we do not know: its words must be visible, its address linked."""
    for words in duty.texts:
        yield from names.visible(words, view)
    if duty.url:
        yield from names.linked(duty.url, view)


VERIFIERS: Mapping[str, Verifier] = {
    "O1": names.names,
    "O2": names.copyright_line,
    "O3": links.required,
    "O4": links.licence,
    "O5": names.notices,
    "O6": text.unmodified,
    "O7": conduct.not_sold,
    "O8": conduct.no_endorsement,
    "O9": names.changes,
    "O10": links.share_alike,
    "O11": text.position,
    "O12": links.all_kept,
    "O13": assets.counter,
    "O14": links.canonical,
    "O15": assets.excluded,
    "O16": conduct.in_time,
    "O17": conduct.in_time,
    "O20": names.headline,
    "O21": text.limit,
    "O22": text.language,
    "O23": names.about,
    "O24": names.terms,
    "O25": conduct.reachable,
    "O26": conduct.reachable,
    "O28": conduct.no_appeal,
    "O29": names.purpose,
}
