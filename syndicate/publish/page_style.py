# SPDX-License-Identifier: Apache-2.0
"""The style sheet of the pages as a browser settles it: every token replaced by its value, in light and in dark.

The proof reads pages with this. It knows rules, and not which value of a token stands in which scheme: with the tokens
in place it would have to reckon with light words on a light ground. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_DARK: Final = re.compile(r"@media\s*\(prefers-color-scheme:\s*dark\)\s*\{\s*:root\s*\{([^}]*)\}\s*\}")
_PRINT: Final = re.compile(r"@media print\s*\{.*?\n\}", re.DOTALL)
_ROOT: Final = re.compile(r":root\s*\{([^}]*)\}")
_TOKEN: Final = re.compile(r"(--[\w-]+):\s*([^;]+);")
_USED: Final = re.compile(r"var\((--[\w-]+)\)")


def settled(css: str) -> str:
    """``css`` without tokens: as it is in light, then what dark makes of it.

    Where it has no palette for dark it comes back as it is: then nobody but the browser knows.
    """
    dark, light = _DARK.search(css), _ROOT.search(css)
    if not dark or not light or light.start() > dark.start():
        return css
    bright = _tokens(light[1])
    rules = _DARK.sub("", css[: light.start()] + css[light.end() :])
    screen = _PRINT.sub("", rules)
    night = _filled(screen, bright | _tokens(dark[1]))
    return f"{_filled(screen, bright)}\n@media (prefers-color-scheme: dark) {{\n{night}\n}}\n"


def _tokens(block: str) -> dict[str, str]:
    return {name: value.strip() for name, value in _TOKEN.findall(block)}


def _filled(css: str, tokens: Mapping[str, str]) -> str:
    return _USED.sub(lambda found: tokens.get(found[1], found[0]), css)
