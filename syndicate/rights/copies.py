# SPDX-License-Identifier: Apache-2.0
"""Whether a text is contained in another: what a copy adds to the work that it was made from.

Texts are compared by runs of five words, or of eight characters where a language writes no spaces. Credit lines and
notices that stand in the evidence, by-lines above and notices below the work are nobody's article: they do not count.
"""

import re
from collections.abc import Sequence
from typing import Final

from syndicate.model import Item

CONTAINED: Final = 0.8
"""The share of a copy's runs from which on its words are those of the original."""

_WORDS, _CHARS = 5, 8
_LEADING, _TRAILING, _QUOTE = 15, 90, 3
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def contained(copy: Item, original: Item) -> bool:
    """True if the words of the copy are words of the original, credit lines and notices aside.

    A copy without words of its own (an empty body) is contained in anything.
    """
    return share(copy, original) >= CONTAINED


def share(copy: Item, original: Item) -> float:
    """The share of the copy's runs that the original has too, from 0 to 1."""
    unspaced = is_unspaced(copy.text)
    whole = frozenset(_runs(original.text, unspaced))
    blocks = [_runs(block, unspaced) for block in paragraphs(copy.text, quoted(copy))]
    ours = [run for block in _trimmed(blocks, whole) for run in block]
    return sum(run in whole for run in ours) / len(ours) if ours else 1.0


def is_unspaced(text: str) -> bool:
    """True if a text is written without blanks between its words."""
    return not text.isascii() and len(_UNSPACED.findall(text)) * 3 > len(text)


def quoted(item: Item) -> tuple[str, ...]:
    """What an item's evidence quotes, blanks folded, the longest first."""
    values = {_fold(e.value) for e in item.evidence if len(e.value) > _QUOTE}
    return tuple(sorted(values, key=lambda v: (-len(v), v)))


def paragraphs(text: str, notices: Sequence[str]) -> list[str]:
    """The paragraphs of a text, blanks folded, without these notices."""
    return [left for block in text.split("\n\n") if (left := _without(_fold(block), notices))]


def _without(block: str, notices: Sequence[str]) -> str:
    for value in notices:
        if block in value:
            return ""
        block = block.replace(value, " ")
    return _fold(block)


def _fold(text: str) -> str:
    return " ".join(text.split())


def _runs(text: str, unspaced: bool) -> list[tuple[str, ...]]:
    """Every run of a text; a text shorter than one run is one run."""
    size = _CHARS if unspaced else _WORDS
    words = re.findall(r"\w" if unspaced else r"\w+", text.casefold())
    return [tuple(words[n : n + size]) for n in range(max(1, len(words) - size + 1))] if words else []


def _trimmed(blocks: list[list[tuple[str, ...]]], whole: frozenset[tuple[str, ...]]) -> list[list[tuple[str, ...]]]:
    """Blocks without a short foreign head (by-line, date) and a foreign tail (notice, "continue at")."""
    head = _foreign(blocks, whole, _LEADING)
    tail = _foreign(blocks[head:][::-1], whole, _TRAILING)
    return blocks[head : len(blocks) - tail]


def _foreign(blocks: list[list[tuple[str, ...]]], whole: frozenset[tuple[str, ...]], most: int) -> int:
    """How many of the first blocks share nothing with the original, ``most`` runs together; 0 if no block does."""
    runs = 0
    for count, block in enumerate(blocks):
        runs += len(block)
        if runs > most or any(run in whole for run in block):
            return count
    return 0
