# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: RUF001 - the marks of many scripts are what this module is about
"""Where a text may be cut: at the end of a sentence, outside quotations and brackets.

Careful rather than complete: where it is doubtful whether a sentence ends (an abbreviation, an initial, a quotation
that is never closed), it does not, so a cut comes out shorter, never wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_END = re.compile(r"""[.!?…؟۔।]+["'”’“»)\]]*(?=\s|$)|[。！？]+[”’」』）)]*""")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(“\"'‘«])(?:[^\W\d_]|(?:[^\W\d_]\.)+[^\W\d_]|Mr|Mrs|Ms|Mx|Dr|Prof|Rev|Hon|Fr|St|Mt|Sgt|Capt|Lt|Col|Gen|Sen|"
    r"Rep|Gov|Pres|Supt|Inc|Ltd|Co|Corp|Bros|Jr|Sr|No|Nos|Nr|Art|Fig|Vol|Ed|pp|vs|al|ca|cf|approx|Jan|Feb|Mar|Apr|Jun|"
    r"Jul|Aug|Sep|Sept|Oct|Nov|Dec|z\.B|bzw|usw|evtl|Mme|Mlle|Sra|Dra|Ud|Uds)$"
)
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")

# What opens a passage that must not be cut, and what closes it again.
_CLOSERS = {
    "“": "”",
    "„": "“”",
    "”": "”",
    "‘": "’",
    "«": "»",
    "»": "«",
    '"': '"',
    "(": ")",
    "「": "」",
    "『": "』",
    "（": "）",
}


def count_words(text: str) -> int:
    """How many words stand in ``text``; in scripts that do not space words every letter counts as one."""
    return len(_UNSPACED.sub(" x ", text).split())


def cuts(paragraphs: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Every place where the text may end: index of the paragraph, and offset in it just after a sentence."""
    open_marks: frozenset[str] = frozenset()
    for index, paragraph in enumerate(paragraphs):
        ends = set(sentence_ends(paragraph))
        for offset, mark in enumerate(paragraph):
            if not _continues(open_marks, paragraph, offset):
                open_marks = _after(open_marks, mark)
            if offset + 1 in ends and not open_marks:
                yield index, offset + 1


def sentence_ends(paragraph: str) -> Iterator[int]:
    """Offsets just after each sentence of a paragraph."""
    start = 0
    for match in _END.finditer(paragraph):
        if _is_end(paragraph, start, match):
            start = match.end()
            yield start


def _is_end(paragraph: str, start: int, match: re.Match[str]) -> bool:
    rest = paragraph[match.end() :].lstrip()
    if not rest:
        return True
    if rest[0].islower() or rest[0] in ",;:–—":
        return False
    before = paragraph[start : match.start()].lstrip()
    number_of_list = before.isdigit()
    abbreviated = match[0].startswith(".") and _ABBREVIATION.search(before)
    return not number_of_list and not abbreviated


def _continues(open_marks: frozenset[str], paragraph: str, offset: int) -> bool:
    """Whether the mark here neither opens nor closes: an apostrophe, a quotation taken up again in a new paragraph."""
    mark = paragraph[offset]
    if mark == "’":
        return paragraph[offset - 1 : offset].isalnum() and paragraph[offset + 1 : offset + 2].isalnum()
    return mark == '"' and offset == 0 and '"' in open_marks


def _after(open_marks: frozenset[str], mark: str) -> frozenset[str]:
    for opened in open_marks:
        if mark in _CLOSERS[opened]:
            return open_marks - {opened}
    return open_marks | {mark} if mark in _CLOSERS else open_marks
