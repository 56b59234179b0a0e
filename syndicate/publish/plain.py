# SPDX-License-Identifier: Apache-2.0
"""A text in the plain part of a digest, where nothing but its place tells a title from a line of a story.

Promise: of the carried text no line, and no lines in a row, read as the title of a story of the same mail, where a line
end can be put elsewhere; every word stays, and in order.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from syndicate.publish.words import nbsp, wrap

_NUMBER = re.compile(r"^[\W_]*\d+\b")


def letters(text: str) -> str:
    """``text`` as titles are compared: letters and digits alone, without case."""
    return "".join(char for char in text.casefold() if char.isalnum())


def unmistakable(paragraphs: Sequence[str], titles: Collection[str]) -> tuple[str, ...]:
    """The paragraphs, where one is one of ``titles`` (as ``letters``) run on from the one before; to be wrapped."""
    run: list[str] = []
    for paragraph in paragraphs:
        if run and (letters(paragraph) in titles or letters(run[-1]) in titles):
            run[-1] = f"{run[-1]} {paragraph}"
        else:
            run.append(paragraph)
    return tuple(_wrapping_elsewhere(paragraph, titles) for paragraph in run)


def _wrapping_elsewhere(paragraph: str, titles: Collection[str]) -> str:
    """``paragraph`` with words tied together so that no line of it is a title; each tie takes a blank, so this ends."""
    longest = max(map(len, titles), default=0)
    while True:
        lines = wrap(paragraph).split("\n")
        span = next(_title_lines(lines, titles, longest), None)
        if span is None:
            return paragraph
        at = span[0] or span[1]  # the line end before the title, after it where there is none before
        paragraph = " ".join((*lines[: at - 1], _tied(lines[at - 1], lines[at]), *lines[at + 1 :]))


def _title_lines(lines: Sequence[str], titles: Collection[str], longest: int) -> Iterator[tuple[int, int]]:
    """Where some of ``lines``, but not all, are a title of at most ``longest`` letters, a number before it aside."""
    for first, line in enumerate(lines):
        for start in {letters(line), letters(_NUMBER.sub("", line))}:
            words, last = start, first + 1
            while last < len(lines) and len(words) < longest and words not in titles:
                words += letters(lines[last])
                last += 1
            if words in titles and (first or last < len(lines)):
                yield first, last


def _tied(line: str, following: str) -> str:
    """Both lines as one whose blank between them is no place to break."""
    *before, last = line.split(" ")
    first, *after = following.split(" ")
    return " ".join((*before, nbsp(f"{last} {first}"), *after))
