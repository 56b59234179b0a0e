# SPDX-License-Identifier: Apache-2.0
"""Whether a reader can see the text of an element, given the element's styles and what it stands in.

`Look` is what an element hands down to its children; `descend` makes the child's from the parent's. Hidden is whatever
a reader cannot see: display:none, visibility, opacity, the ``hidden`` attribute, aria-hidden, tiny type, boxes of no
size that clip, text moved off the screen, text in the colour of its ground, clipped, masked, blurred or reversed text,
and the elements that browsers do not draw (head, script, template, noscript, closed details, fallback content, ...).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from syndicate.proof.colour import BLACK, LINK, WHITE, Colour, read_colour, too_alike

#: Elements whose content a reader with scripts, pictures and players does not see. Not ``head``: browsers move what has
#: no place there into the body, the parser leaves elements that it does not know where they stand.
UNDRAWN = frozenset(
    """
    title script style template noscript noframes noembed textarea select option datalist iframe object applet
    embed video audio canvas svg math dialog frameset meta link base rp bdo progress meter area param source track xmp
    plaintext colgroup optgroup map picture
    """.split()  # noqa: SIM905 -- a list of names is read as words
)
_LEAST_TYPE = 6.0
_FAR = 150.0
_VERY_FAR = 1500.0
_LEAST_BOX = 2.0
_LEAST_OPACITY = 0.15
_SCREEN = 1000.0
_LENGTH = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(px|pt|pc|em|rem|ex|ch|%|vw|vh|vmin|vmax|in|cm|mm|q)?")
_UNITS = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 37.8, "mm": 3.78, "q": 0.945, "rem": 16.0}
_SIZE_WORDS = {"xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0, "x-large": 24.0}
_FONT_SIZES = {"1": 10.0, "2": 13.0, "3": 16.0, "4": 18.0, "5": 24.0, "6": 32.0, "7": 48.0}
_SCALE_ZERO = re.compile(r"scale(?:x|y|3d)?\(\s*[+-]?(?:0?\.0\d*|0)\s*[,)]|scale\([^,()]*,\s*[+-]?(?:0?\.0\d*|0)\s*\)")
_TURNED = re.compile(r"(?:rotate[xy]|matrix|skew|perspective)")
_COLOUR_WORD = re.compile(r"#[0-9a-f]{3,8}\b|[a-z-]+\([^()]*\)|[a-z]+")
# Elements and attributes that change a look without any style.
_COLOURED = frozenset({"a", "font"})
_STYLING = frozenset({"hidden", "aria-hidden", "bgcolor", "background"})
_NOT_BOXED = frozenset({"", "visible"})


@dataclass(frozen=True, slots=True)
class Look:
    """What an element hands down. ``ground`` is None where we cannot know it (a picture, a dark default)."""

    hidden: bool = False
    invisible: bool = False
    size: float = 16.0
    colour: Colour = BLACK
    ground: Colour | None = WHITE

    @property
    def seen(self) -> bool:
        """Whether text that stands directly in the element can be read."""
        if self.hidden or self.invisible or self.size < _LEAST_TYPE:
            return False
        return self.ground is None or not too_alike(self.colour, self.ground)


def first_look(situation: str) -> Look:
    """What the root starts from. In the dark the default ground is the program's own."""
    return Look(ground=None) if "dark" in situation or "data-og" in situation else Look()


def descend(above: Look, tag: str, attributes: Mapping[str, str], css: Mapping[str, str]) -> Look:
    """The look of an element with ``tag``, ``attributes`` and winning declarations ``css``."""
    if not css and tag not in _COLOURED and _STYLING.isdisjoint(attributes) and tag not in UNDRAWN:
        return above
    if above.hidden or undrawn(tag, attributes) or hides_box(css):
        return replace(above, hidden=True)
    colour = _colour(above, tag, attributes, css)
    if colour.clear:
        return replace(above, hidden=True)
    return Look(
        invisible=_invisible(above, css),
        size=_size(above, tag, attributes, css),
        colour=colour,
        ground=_ground(above, attributes, css),
    )


def undrawn(tag: str, attributes: Mapping[str, str]) -> bool:
    """Whether the element is not drawn whatever its style."""
    if tag in UNDRAWN or "hidden" in attributes:
        return True
    return attributes.get("aria-hidden", "").strip().lower() == "true"


def hides(name: str, value: str) -> bool:
    """Whether one declaration hides on its own."""
    alone = {name: value}
    return hides_box(alone) or _invisible(Look(), alone) or _size(Look(), "", {}, alone) < _LEAST_TYPE


def hides_box(css: Mapping[str, str]) -> bool:
    """Whether ``css`` takes the element and all that it holds away from the reader."""
    return bool(css) and (_not_shown(css) or _no_room(css) or _moved_away(css) or _spoilt(css))


def _not_shown(css: Mapping[str, str]) -> bool:
    if css.get("display", "").split(" ")[0] == "none" or css.get("content-visibility") == "hidden":
        return True
    opacity = length(css.get("opacity", ""), 1.0, whole=1.0)
    return css.get("mso-hide", "none") != "none" or (opacity is not None and opacity < _LEAST_OPACITY)


def _no_room(css: Mapping[str, str]) -> bool:
    """A box of no width or height that clips what does not fit."""
    clips = any(css.get(name, "").split(" ")[0] not in _NOT_BOXED for name in ("overflow", "overflow-x", "overflow-y"))
    sizes = ("width", "height", "max-width", "max-height", "block-size", "inline-size")
    flat = css.get("line-height", "")
    lines = length(flat + "em" if flat.replace(".", "").isdigit() else flat, 16.0, whole=16.0)
    return clips and (_below_any(css, sizes) or (lines is not None and lines < _LEAST_BOX))


def _below_any(css: Mapping[str, str], names: tuple[str, ...]) -> bool:
    return any(_below(css.get(name, ""), _LEAST_BOX) for name in names)


def _below(value: str, limit: float) -> bool:
    number = length(value, 16.0)
    return number is not None and number < limit


def _moved_away(css: Mapping[str, str]) -> bool:
    sides = (
        "left",
        "top",
        "right",
        "bottom",
        "inset",
        "margin",
        "margin-left",
        "margin-top",
        "margin-right",
        "translate",
    )
    moved = [length(word, 16.0) for name in sides for word in css.get(name, "").split()]
    if any(number is not None and (number <= -_FAR or number >= _VERY_FAR) for number in moved):
        return True
    indent = length(css.get("text-indent", "").split(" ")[0], 16.0)
    if indent is not None and (indent <= -_FAR / 2 or indent >= _SCREEN / 2):
        return True
    behind = css.get("z-index", "").startswith("-") or _below(css.get("letter-spacing", ""), -2.0)
    return behind or _transformed_away(css.get("transform", "") + " " + css.get("scale", "1"))


def _transformed_away(value: str) -> bool:
    transform, _, scale = value.rpartition(" ")
    if _SCALE_ZERO.search(transform) or _TURNED.search(transform) or _below(scale, 0.1):
        return True
    numbers = [length(match[0], 16.0) for match in _LENGTH.finditer(transform)]
    return any(number is not None and abs(number) >= _FAR for number in numbers)


def _spoilt(css: Mapping[str, str]) -> bool:
    """Clipped, masked, filtered or reversed: we do not ask by how much."""
    cut = any(
        css.get(name, "none") not in {"none", "auto"} for name in ("clip", "clip-path", "mask", "mask-image", "filter")
    )
    return cut or css.get("unicode-bidi", "").endswith("override") or css.get("-webkit-text-security", "none") != "none"


def _invisible(above: Look, css: Mapping[str, str]) -> bool:
    value = css.get("visibility", "inherit")
    return above.invisible if value in {"inherit", ""} else value in {"hidden", "collapse"}


def length(value: str, em: float, *, whole: float = _SCREEN) -> float | None:
    """``value`` in pixels: percentages of ``whole``, ``calc()`` of noughts as nought, None if it is no length."""
    match = _LENGTH.fullmatch(value)
    if match is None:
        numbers = [float(number[1]) for number in _LENGTH.finditer(value)] if value.startswith("calc(") else []
        return 0.0 if numbers and not any(numbers) else None
    number, unit = float(match[1]), match[2] or ""
    if unit in {"em", "ex", "ch"}:
        return number * em
    return number * whole / 100 if unit in {"%", "vw", "vh", "vmin", "vmax"} else number * _UNITS.get(unit, 1.0)


def _size(above: Look, tag: str, attributes: Mapping[str, str], css: Mapping[str, str]) -> float:
    size = _FONT_SIZES.get(attributes.get("size", ""), above.size) if tag == "font" else above.size
    shorthand = [word.partition("/")[0] for word in css.get("font", "").split()]
    for word in (*shorthand, css.get("font-size", "")):
        told = length(word, above.size, whole=above.size)
        if word in _SIZE_WORDS:
            size = _SIZE_WORDS[word]
        elif told is not None and not _is_weight(word):
            size = told
    return size


def _is_weight(word: str) -> bool:
    return word.isdigit() and word != "0"


def _colour(above: Look, tag: str, attributes: Mapping[str, str], css: Mapping[str, str]) -> Colour:
    inherited = LINK if tag == "a" and "href" in attributes else above.colour
    told = [
        attributes.get("color", "") if tag == "font" else "",
        css.get("color", ""),
        css.get("-webkit-text-fill-color", ""),
    ]
    for value in told:
        if value in {"inherit", "unset", "currentcolor"}:
            inherited = above.colour
        inherited = read_colour(value) or inherited
    return inherited


def _ground(above: Look, attributes: Mapping[str, str], css: Mapping[str, str]) -> Colour | None:
    if attributes.get("background") or "url(" in css.get("background-image", "") + css.get("background", ""):
        return None
    ground = above.ground
    words = [attributes.get("bgcolor", ""), *_COLOUR_WORD.findall(css.get("background", ""))]
    for word in (*words, css.get("background-color", "")):
        if "gradient" in word:
            return None
        colour = read_colour(word)
        if colour is not None and not colour.clear:
            ground = colour.over(ground or colour)
    return ground
