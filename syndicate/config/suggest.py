# SPDX-License-Identifier: Apache-2.0
"""The word that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'every'?`` if one of ``known`` is close to ``word``, else ``""``."""
    folded = {name.lower(): name for name in sorted(known, reverse=True)}
    close = difflib.get_close_matches(word.lower(), folded, 1, 0.6)
    return f"; did you mean {folded[close[0]]!r}?" if close else ""
