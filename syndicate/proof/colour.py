# SPDX-License-Identifier: Apache-2.0
"""Whether text of one colour can be told from its ground. Pure: CSS colour words in, a contrast ratio out."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tinycss2 import color5

#: Text with less contrast to its ground than this cannot be read (WCAG 2.2 asks for 4.5; 1 is the same colour).
LEAST_CONTRAST = 1.3
_LEAST_ALPHA = 0.15


@dataclass(frozen=True, slots=True)
class Colour:
    """Red, green, blue and alpha, each from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    @property
    def clear(self) -> bool:
        """Whether next to nothing of it is seen."""
        return self.alpha < _LEAST_ALPHA

    @property
    def luminance(self) -> float:
        """Relative luminance. Spec: WCAG 2.2, definition of relative luminance."""
        return 0.2126 * _linear(self.red) + 0.7152 * _linear(self.green) + 0.0722 * _linear(self.blue)

    def over(self, ground: "Colour") -> "Colour":
        """What is seen of it on an opaque ``ground``."""
        rest = 1 - self.alpha
        return Colour(
            self.red * self.alpha + ground.red * rest,
            self.green * self.alpha + ground.green * rest,
            self.blue * self.alpha + ground.blue * rest,
        )


BLACK = Colour(0, 0, 0)
WHITE = Colour(1, 1, 1)
LINK = Colour(0, 0, 0.93)
CLEAR = Colour(0, 0, 0, 0.0)
_SYSTEM = {"canvas": WHITE, "canvastext": BLACK, "linktext": LINK}
# Their first number is the lightness, as a share of this.
_LIGHTNESS = {"lab": 100.0, "lch": 100.0, "oklab": 1.0, "oklch": 1.0}


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 -- the definition's


@lru_cache(maxsize=1024)
def read_colour(text: str) -> Colour | None:
    """The colour that ``text`` names, None if it names none that we know."""
    if text in _SYSTEM:
        return _SYSTEM[text]
    told: Any = color5.parse_color(text)
    if told is None or isinstance(told, str):
        return None
    try:
        parts = told.to("srgb").coordinates
    except NotImplementedError:  # as grey of its lightness; the other spaces have red, green and blue like ours
        lightness = _LIGHTNESS.get(told.space)
        parts = (told.coordinates[0] / lightness,) * 3 if lightness else told.coordinates
    red, green, blue = (min(1.0, max(0.0, float(part or 0))) for part in parts)
    return Colour(red, green, blue, float(told.alpha))


@lru_cache(maxsize=1024)
def too_alike(text: Colour, ground: Colour) -> bool:
    """Whether ``text`` on ``ground`` cannot be read."""
    if text.clear:
        return True
    one, two = text.over(ground).luminance, ground.luminance
    return (max(one, two) + 0.05) / (min(one, two) + 0.05) < LEAST_CONTRAST
