# SPDX-License-Identifier: Apache-2.0
"""The style sheet of the pages as a browser settles it: every token replaced by its value, in light and in dark.

The proof reads pages with this. It knows rules, and not which value of a token stands in which scheme: with the tokens
in place it would have to reckon with light words on a light ground. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_PALETTE: Final = re.compile(
    r"@media\s*\(prefers-color-scheme:\s*dark\)\s*\{\s*:root\s*\{(?P<dark>[^}]*)\}\s*\}|:root\s*\{(?P<light>[^}]*)\}"
)
_PRINT: Final = re.compile(r"@media print\s*\{.*?\n\}", re.DOTALL)
_TOKEN: Final = re.compile(r"(--[\w-]+):\s*([^;]+);")
_USED: Final = re.compile(r"var\((--[\w-]+)\)")


def settled(css: str) -> str:
    """``css`` without tokens: as it is in light, then what dark makes of it.

    Of several palettes the later one wins, as in the browser; one within a condition of its own is no palette here.
    Without one for light and one for dark the sheet comes back as it is: then nobody but the browser knows.
    """
    screen = _PRINT.sub("", css)
    palettes = [one for one in _PALETTE.finditer(screen) if _is_outermost(screen, one.start())]
    if {one.lastgroup for one in palettes} != {"light", "dark"}:
        return css
    bright: dict[str, str] = {}
    night: dict[str, str] = {}
    for one in palettes:
        night |= _tokens(one[one.lastgroup or 0])
        bright |= _tokens(one["light"] or "")
    ends = [0, *(place for one in palettes for place in one.span()), len(screen)]
    rules = "".join(screen[start:end] for start, end in zip(ends[::2], ends[1::2], strict=True))
    dark = _filled(rules, night)
    return f"{_filled(rules, bright)}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"


def _is_outermost(css: str, at: int) -> bool:
    return css.count("{", 0, at) == css.count("}", 0, at)


def _tokens(block: str) -> dict[str, str]:
    return {name: value.strip() for name, value in _TOKEN.findall(block)}


def _filled(css: str, tokens: Mapping[str, str]) -> str:
    return _USED.sub(lambda found: tokens.get(found[1], found[0]), css)
