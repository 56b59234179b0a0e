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

from syndicate.proof.colour import BLACK, CLEAR, LINK, WHITE, Colour, read_colour, too_alike
from syndicate.proof.measure import SCREEN, is_riddle, length, parts

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
_LEAST_OPACITY = 0.15
_SIZE_WORDS = {"xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0, "x-large": 24.0}
_FONT_SIZES = {"1": 10.0, "2": 13.0, "3": 16.0, "4": 18.0, "5": 24.0, "6": 32.0, "7": 48.0}
_FUNCTION = re.compile(r"([a-z0-9]+)\((.*)\)", re.DOTALL)
_TURNED = re.compile(r"(?:rotate[xy3]|matrix|skew|perspective)")
_GRADIENT = re.compile(r"[a-z-]*gradient\(")
_COLOUR_WORD = re.compile(r"#[0-9a-f]{3,8}\b|[a-z-]+\([^()]*\)|[a-z]+")
# Elements and attributes that change a look without any style.
_COLOURED = frozenset({"a", "font"})
_STYLING = frozenset({"hidden", "aria-hidden", "bgcolor", "background", "inert", "popover", "text", "link"})
#: Attributes that `descend` looks at.
LOOKED_AT = (*sorted(_STYLING), "color", "size")
_UNSEEN = ("hidden", "inert", "popover")
_NOT_BOXED = frozenset({"", "visible"})
_NOT_CUT = _NOT_BOXED | {"auto", "scroll"}
_SPOILERS = (
    *("clip", "clip-path", "mask", "mask-image", "-webkit-mask", "-webkit-mask-image", "filter"),
    *("mix-blend-mode", "animation", "animation-name", "-webkit-animation"),
)
# What shows, moves or measures text: if a function in it cannot be worked out, it may do anything.
_TELLING = frozenset(
    {"display", "visibility", "opacity", "zoom", "scale", "font", "font-size", "line-height", "letter-spacing"}
    | {"text-indent", "margin", "margin-left", "margin-right", "margin-top", "left", "right", "top", "bottom", "inset"}
    | {"width", "height", "max-width", "max-height", "block-size", "inline-size", "translate"}
)
_UNDISPLAYED = frozenset({"none", "table-column", "table-column-group"})
_LEAST_ADJUST = 0.1
_WIDTHS = ("width", "max-width", "inline-size", "max-inline-size")
_TRACKS = ("grid-template", "grid-template-rows", "grid-template-columns", "grid-auto-rows", "grid-auto-columns")
_NO_TRACK = frozenset({"0", "0px", "0fr", "0em", "0%"})
_SIDE = re.compile(r"left|top|right|bottom|translate|(?:inset|margin|padding)(?:-[a-z-]+)?")
_SCALING = ("zoom", "scale", "text-size-adjust", "-webkit-text-size-adjust")
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
    scale: float = 1.0

    @property
    def seen(self) -> bool:
        """Whether text that stands directly in the element can be read."""
        if self.hidden or self.invisible or self.size * self.scale < _LEAST_TYPE or self.opacity < _LEAST_OPACITY:
            return False
        return self.ground is None or not too_alike(self.colour, self.ground)


def first_look(situation: str) -> Look:
    """What the root starts from. In the dark the default ground is the program's own."""
    return Look(ground=None) if "dark" in situation or "data-og" in situation else Look()


def descend(above: Look, tag: str, attributes: Mapping[str, str], css: Mapping[str, str]) -> Look:
    """The look of an element with ``tag``, ``attributes`` and winning declarations ``css``."""
    if not css and is_plain(tag, attributes):
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
        scale=above.scale * _scale(css),
        link=read_colour(attributes.get("link", "")) or above.link if tag == "body" else above.link,
    )


def is_plain(tag: str, attributes: Mapping[str, str]) -> bool:
    """Whether nothing but a style can make an element look unlike what it stands in."""
    return tag not in _COLOURED and tag not in UNDRAWN and _STYLING.isdisjoint(attributes)


def undrawn(tag: str, attributes: Mapping[str, str]) -> bool:
    """Whether the element is not drawn whatever its style."""
    if tag in UNDRAWN or any(name in attributes for name in _UNSEEN):
        return True
    return attributes.get("aria-hidden", "").strip().lower() == "true"


def hides(name: str, value: str) -> bool:
    """Whether one declaration hides on its own."""
    alone = {name: value}
    return hides_box(alone) or not descend(Look(ground=None), "", {}, alone).seen


def hides_box(css: Mapping[str, str]) -> bool:
    """Whether ``css`` takes the element and all that it holds away from the reader."""
    return bool(css) and (_not_shown(css) or _no_room(css) or _moved_away(css) or _spoilt(css) or _puzzles(css))


def _puzzles(css: Mapping[str, str]) -> bool:
    return any("(" in value and name in _TELLING and is_riddle(value) for name, value in css.items())


def _not_shown(css: Mapping[str, str]) -> bool:
    if css.get("display", "").split(" ")[0] in _UNDISPLAYED or css.get("content-visibility") == "hidden":
        return True
    if css.get("interactivity") == "inert" or _below(css.get("font-size-adjust", ""), _LEAST_ADJUST):
        return True
    replaced = "url(" in css.get("content", "") or css.get("pointer-events", "auto") == "none"
    return css.get("mso-hide", "none") != "none" or _opacity(css) < _LEAST_OPACITY or replaced


def _opacity(css: Mapping[str, str]) -> float:
    told = length(css.get("opacity", ""), 1.0, whole=1.0)
    return 1.0 if told is None else told


def _no_room(css: Mapping[str, str]) -> bool:
    """A box that clips what does not fit, and has no room: how much would fit, we do not work out."""
    if css.get("-webkit-line-clamp", "none") not in {"none", "unset", "initial"} or _has_no_track(css):
        return True
    if not {"strict", "size"}.isdisjoint(css.get("contain", "").split()):
        return True
    flows = {css.get(name, "").split(" ")[0] for name in ("overflow", "overflow-x", "overflow-y")}
    if flows <= _NOT_BOXED:
        return False
    cuts = not flows <= _NOT_CUT  # what can be scrolled can be read, unless there is no room at all
    flat = css.get("line-height", "")
    lines = length(flat + "em" if flat.replace(".", "").isdigit() else flat, 16.0, whole=16.0)
    heights = ("height", "max-height", "block-size", "max-block-size")
    low = _below_any(css, heights, _LEAST_CLIP if cuts else _LEAST_BOX)
    narrow = _below_any(css, _WIDTHS, _LEAST_BOX) or (cuts and _below(_basis(css), _LEAST_BOX))
    one_line = cuts and css.get("white-space", "") in {"nowrap", "pre"}
    return low or narrow or one_line or (lines is not None and lines < _LEAST_BOX)


def _has_no_track(css: Mapping[str, str]) -> bool:
    """Whether a grid has a row or column of no size."""
    return any(word in _NO_TRACK for name in _TRACKS for word in parts(css.get(name, "").replace("/", " ")))


def _basis(css: Mapping[str, str]) -> str:
    """The size of a flexible box that does not grow."""
    words = parts(css.get("flex", ""))
    return words[2] if len(words) == len(("grow", "shrink", "basis")) and words[0] == "0" else css.get("flex-basis", "")


def _below_any(css: Mapping[str, str], names: tuple[str, ...], limit: float) -> bool:
    return any(_below(css.get(name, ""), limit) for name in names)


def _below(value: str, limit: float) -> bool:
    number = length(value, 16.0)
    return number is not None and number < limit


def _moved_away(css: Mapping[str, str]) -> bool:
    moved = [length(word, 16.0) for name in css if _SIDE.fullmatch(name) for word in parts(css[name])]
    if any(number is not None and (number <= -_FAR or number >= _VERY_FAR) for number in moved):
        return True
    indent = length(_first(css.get("text-indent", "")), 16.0)
    if indent is not None and (indent <= -_FAR / 2 or indent >= SCREEN / 2):
        return True
    if any(_is_far(css.get(name, "")) for name in ("left", "right", "inset-inline", "translate")):
        return True
    behind = css.get("z-index", "").startswith("-") or _below(css.get("letter-spacing", ""), -2.0)
    turned = css.get("rotate", "none").startswith(("x", "y")) or "offset-path" in css or "offset" in css
    run_over = _below(css.get("word-spacing", ""), -10.0)
    return behind or turned or run_over or _transformed_away(css.get("transform", ""))


def _is_far(value: str) -> bool:
    """Whether something moved sideways by ``value`` stands beside the screen."""
    moved = length(_first(value), 16.0)
    return moved is not None and moved >= SCREEN


def _first(value: str) -> str:
    return next(iter(parts(value)), "")


def _transformed_away(value: str) -> bool:
    if _TURNED.search(value):
        return True
    moves = [number for name, numbers in _functions(value) if not name.startswith("scale") for number in numbers]
    return any(number is None or abs(number) >= _FAR for number in moves)


def _functions(transform: str) -> list[tuple[str, list[float | None]]]:
    """The functions of a ``transform`` with their arguments; None for what we cannot work out."""
    found = [match for word in parts(transform) if (match := _FUNCTION.fullmatch(word))]
    split = ((match[1], parts(match[2].replace(",", " ") if "(" not in match[2] else match[2])) for match in found)
    return [(name, [length(word.strip(","), 16.0, whole=SCREEN) for word in words]) for name, words in split]


def _scale(css: Mapping[str, str]) -> float:
    """By how much an element and all in it is drawn larger or smaller, the shorter way; 0 if we cannot work it out."""
    told = [length(word, 1.0, whole=1.0) for name in _SCALING for word in parts(css.get(name, ""))]
    factors = [number for number in told if number is not None]
    drawn = _functions(css.get("transform", "")) if "scale" in css.get("transform", "") else []
    shorter = min(
        (number or 0.0 for name, numbers in drawn if name.startswith("scale") for number in numbers), default=1.0
    )
    return max(0.0, min((*factors, 1.0)) * shorter) if factors else max(0.0, shorter)


def _spoilt(css: Mapping[str, str]) -> bool:
    """Clipped, masked, filtered, blended, set in motion or reversed: we do not ask by how much."""
    cut = any(css.get(name, "none") not in _AS_IS for name in _SPOILERS)
    return cut or css.get("unicode-bidi", "").endswith("override") or css.get("-webkit-text-security", "none") != "none"


def _invisible(above: Look, css: Mapping[str, str]) -> bool:
    value = css.get("visibility", "inherit")
    return above.invisible if value in {"inherit", ""} else value in {"hidden", "collapse"}


def _size(above: Look, tag: str, attributes: Mapping[str, str], css: Mapping[str, str]) -> float:
    size = _FONT_SIZES.get(attributes.get("size", ""), above.size) if tag == "font" else above.size
    shorthand = [word.partition("/")[0] for word in parts(css.get("font", ""))]
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
        inherited = read_colour(value) or (CLEAR if "(" in value else inherited)  # a riddle may be any colour
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
