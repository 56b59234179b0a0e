# SPDX-License-Identifier: Apache-2.0
"""Whether a reader can see the text of an element, given the element's styles and what it stands in.

`Look` is what an element hands down to its children; `descend` makes the child's from the parent's. Hidden is whatever
a reader cannot see: display:none, visibility, opacity (of all that encloses it together), the ``hidden`` attribute,
aria-hidden, tiny type, boxes that clip what does not fit, text moved off the screen, text in the colour of its ground,
clipped, masked, blurred, blended, moving or reversed text, and the elements that browsers do not draw (script,
template, noscript, closed details, fallback content, ...). What cannot be used (``inert``) counts as hidden too.
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
    plaintext colgroup optgroup map picture marquee
    """.split()  # noqa: SIM905 -- a list of names is read as words
)
_LEAST_TYPE = 6.0
_FAR = 150.0
_VERY_FAR = 1500.0
_LEAST_BOX = 2.0
_LEAST_CLIP = 400.0
_LEAST_GAP = -16.0
_LEAST_OPACITY = 0.15
_SCREEN = 1000.0
_LENGTH = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(px|pt|pc|em|rem|ex|ch|%|vw|vh|vmin|vmax|in|cm|mm|q)?")
_UNITS = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 37.8, "mm": 3.78, "q": 0.945, "rem": 16.0}
_SIZE_WORDS = {"xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0, "x-large": 24.0}
_FONT_SIZES = {"1": 10.0, "2": 13.0, "3": 16.0, "4": 18.0, "5": 24.0, "6": 32.0, "7": 48.0}
_SCALE_ZERO = re.compile(r"scale(?:x|y|3d)?\(\s*[+-]?(?:0?\.0\d*|0)\s*[,)]|scale\([^,()]*,\s*[+-]?(?:0?\.0\d*|0)\s*\)")
_TURNED = re.compile(r"(?:rotate[xy3]|matrix|skew|perspective)")
_GRADIENT = re.compile(r"[a-z-]*gradient\(")
_COLOUR_WORD = re.compile(r"#[0-9a-f]{3,8}\b|[a-z-]+\([^()]*\)|[a-z]+")
# Elements and attributes that change a look without any style.
_COLOURED = frozenset({"a", "font"})
_STYLING = frozenset({"hidden", "aria-hidden", "bgcolor", "background", "inert", "popover", "text", "link"})
_UNSEEN = ("hidden", "inert", "popover")
_NOT_BOXED = frozenset({"", "visible"})
_NOT_CUT = _NOT_BOXED | {"auto", "scroll"}
_SPOILERS = (
    *("clip", "clip-path", "mask", "mask-image", "-webkit-mask", "-webkit-mask-image", "filter"),
    *("mix-blend-mode", "animation", "animation-name", "-webkit-animation"),
)
_AS_IS = frozenset({"none", "auto", "normal", "initial", "unset"})


@dataclass(frozen=True, slots=True)
class Look:
    """What an element hands down. ``ground`` is None where we cannot know it (a picture, a dark default)."""

    hidden: bool = False
    invisible: bool = False
    size: float = 16.0
    colour: Colour = BLACK
    ground: Colour | None = WHITE
    opacity: float = 1.0
    link: Colour = LINK

    @property
    def seen(self) -> bool:
        """Whether text that stands directly in the element can be read."""
        if self.hidden or self.invisible or self.size < _LEAST_TYPE or self.opacity < _LEAST_OPACITY:
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
        opacity=above.opacity * _opacity(css),
        link=read_colour(attributes.get("link", "")) or above.link if tag == "body" else above.link,
    )


def undrawn(tag: str, attributes: Mapping[str, str]) -> bool:
    """Whether the element is not drawn whatever its style."""
    if tag in UNDRAWN or any(name in attributes for name in _UNSEEN):
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
    replaced = "url(" in css.get("content", "") or css.get("pointer-events", "auto") == "none"
    return css.get("mso-hide", "none") != "none" or _opacity(css) < _LEAST_OPACITY or replaced


def _opacity(css: Mapping[str, str]) -> float:
    told = length(css.get("opacity", ""), 1.0, whole=1.0)
    return 1.0 if told is None else told


def _no_room(css: Mapping[str, str]) -> bool:
    """A box that clips what does not fit, and has no room: how much would fit, we do not work out."""
    if css.get("-webkit-line-clamp", "none") not in {"none", "unset", "initial"}:
        return True
    flows = {css.get(name, "").split(" ")[0] for name in ("overflow", "overflow-x", "overflow-y")}
    if flows <= _NOT_BOXED:
        return False
    cuts = not flows <= _NOT_CUT  # what can be scrolled can be read, unless there is no room at all
    flat = css.get("line-height", "")
    lines = length(flat + "em" if flat.replace(".", "").isdigit() else flat, 16.0, whole=16.0)
    heights = ("height", "max-height", "block-size", "max-block-size")
    low = _below_any(css, heights, _LEAST_CLIP if cuts else _LEAST_BOX)
    narrow = _below_any(css, ("width", "max-width", "inline-size", "max-inline-size"), _LEAST_BOX)
    one_line = cuts and css.get("white-space", "") in {"nowrap", "pre"}
    return low or narrow or one_line or (lines is not None and lines < _LEAST_BOX)


def _below_any(css: Mapping[str, str], names: tuple[str, ...], limit: float) -> bool:
    return any(_below(css.get(name, ""), limit) for name in names)


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
    if any(_is_far(css.get(name, "")) for name in ("left", "right", "inset-inline", "translate")):
        return True
    behind = css.get("z-index", "").startswith("-") or _below(css.get("letter-spacing", ""), -2.0)
    turned = css.get("rotate", "none").startswith(("x", "y")) or "offset-path" in css or "offset" in css
    run_over = _below(css.get("word-spacing", ""), -10.0)
    return behind or turned or run_over or _transformed_away(css.get("transform", "") + " " + css.get("scale", "1"))


def _is_far(value: str) -> bool:
    """Whether something moved sideways by ``value`` stands beside the screen."""
    moved = length(value.split(" ", maxsplit=1)[0], 16.0)
    return moved is not None and moved >= _SCREEN


def _transformed_away(value: str) -> bool:
    transform, _, scale = value.rpartition(" ")
    if _SCALE_ZERO.search(transform) or _TURNED.search(transform) or _below(scale, 0.1):
        return True
    numbers = [length(match[0], 16.0) for match in _LENGTH.finditer(transform)]
    return any(number is not None and abs(number) >= _FAR for number in numbers)


def _spoilt(css: Mapping[str, str]) -> bool:
    """Clipped, masked, filtered, blended, set in motion or reversed: we do not ask by how much."""
    cut = any(css.get(name, "none") not in _AS_IS for name in _SPOILERS)
    return cut or css.get("unicode-bidi", "").endswith("override") or css.get("-webkit-text-security", "none") != "none"


def covers(css: Mapping[str, str]) -> bool:
    """Whether an element with ``css`` may lie over what stands beside it: taken out of the flow, and not clear."""
    if not css:
        return False
    lifted = css.get("position", "") in {"absolute", "fixed", "sticky"} or any(
        _below(css.get(name, ""), _LEAST_GAP) for name in ("margin-top", "margin-bottom", "margin-block-start")
    )
    ground = _ground(Look(ground=None), {}, css)
    return lifted and (ground is not None or "url(" in css.get("background", "") + css.get("background-image", ""))


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
    inherited = above.link if tag == "a" and "href" in attributes else above.colour
    told = [
        attributes.get("color", "") if tag == "font" else attributes.get("text", "") if tag == "body" else "",
        css.get("color", ""),
        css.get("-webkit-text-fill-color", ""),
    ]
    for value in told:
        if value in {"inherit", "unset", "currentcolor"}:
            inherited = above.colour
        inherited = read_colour(value) or inherited
    return inherited


def _ground(above: Look, attributes: Mapping[str, str], css: Mapping[str, str]) -> Colour | None:
    laid = f"{css.get('background', '')} {css.get('background-image', '')}"
    if attributes.get("background") or "url(" in laid:
        return None
    words = [attributes.get("bgcolor", ""), *_COLOUR_WORD.findall(_GRADIENT.sub(" ", laid))]
    colours = [colour for colour in map(read_colour, (*words, css.get("background-color", ""))) if colour]
    drawn = [colour for colour in colours if not colour.clear]
    if "gradient(" in laid and len(set(drawn)) > 1:
        return None
    ground = above.ground
    for colour in drawn:
        ground = colour.over(ground or colour)
    return ground
