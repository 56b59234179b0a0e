# SPDX-License-Identifier: Apache-2.0
"""Duties in words, for the operator."""

from __future__ import annotations

from syndicate.model import Duty


def describe(duty: Duty) -> str:
    """A duty in words, with the exact string sought, or the decision that it rests on."""
    texts, day = " ".join(duty.texts), "%-d %b %Y %H:%M UTC"
    words = {
        "O1": "credit " + ", ".join(duty.texts),
        "O2": f"copyright line {texts}",
        "O3": f"link to {duty.url}",
        "O4": f"licence {texts}, {duty.url}",
        "O5": f"notice kept: {texts}" if texts else "title as supplied",
        "O6": f"text unchanged{', ' * bool(texts)}{texts[:4]} {texts[4:8]}".rstrip(),
        "O7": "no commercial use" + (", advertising around accepted" if duty.how == "around" else ""),
        "O8": "no endorsement suggested",
        "O9": f"note: {texts}",
        "O10": f"passed on under {texts}",
        "O11": f"credit at the {duty.how.replace('_', ' ')}{': ' * bool(texts)}{texts}",
        "O12": f"all {len(duty.also)} links kept",
        "O13": f"the publisher's counter {duty.url}",
        "O14": f"canonical page {duty.url}",
        "O15": "pictures with their credit kept" if duty.how == "in" else "pictures and films left out or linked",
        "O16": f"not before {duty.start:{day}}" if duty.start else "",
        "O17": f"not after {duty.end:{day}}" if duty.end else "",
        "O18": f"picked by hand: {', '.join(duty.texts)}",
        "O19": f"the publisher is told {duty.how}: {duty.url}",
        "O20": "their headline",
        "O21": f"excerpt within its limit{', closed by ' * bool(texts)}{texts}",
        "O22": f"not translated{', ' * bool(texts)}{texts}",
        "O23": f"about the publisher: {texts}",
        "O24": f"terms repeated: {texts or duty.url}",
        "O25": "our contact in reach",
        "O26": "our contact for objections in reach",
        "O27": f"we are: {', '.join(duty.texts)}",
        "O28": "no appeal for gifts",
        "O29": f"consent of readers for {' or '.join(duty.also)}",
        "O30": f"written by {texts}",
    }
    return words.get(duty.id) or duty.id
