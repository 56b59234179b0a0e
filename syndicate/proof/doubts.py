# SPDX-License-Identifier: Apache-2.0
"""What in finished HTML cannot be judged from its bytes alone, and so may not leave: each named, with what to remove.

What a style sheet elsewhere says, what a font of its own draws, what lies behind or over a credit, what is generated
beside it, what another mail program is shown: nobody can tell that from here. Around items whatever moves elements over
others is refused, inside them every property that is not known to leave words readable.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import tinycss2

from syndicate.proof.measure import length, parts

_PLAIN = frozenset(
    """
    color background-color background font font-family font-size font-style font-weight font-variant font-stretch
    font-feature-settings font-kerning font-variant-numeric font-variant-caps font-variant-ligatures
    font-size-adjust font-optical-sizing font-synthesis line-height letter-spacing word-spacing text-align
    text-align-last text-decoration text-decoration-line text-decoration-color text-decoration-style
    text-decoration-thickness text-underline-offset text-transform text-rendering text-wrap text-indent white-space
    word-break overflow-wrap word-wrap hyphens -webkit-hyphens -ms-hyphens vertical-align border border-top
    border-right border-bottom border-left border-color border-style border-width border-top-color
    border-right-color border-bottom-color border-left-color border-top-style border-right-style border-bottom-style
    border-left-style border-top-width border-right-width border-bottom-width border-left-width border-radius
    border-collapse border-spacing padding padding-top padding-right padding-bottom padding-left padding-inline
    padding-block margin margin-top margin-right margin-bottom margin-left margin-inline margin-block width
    max-width min-width min-height display visibility opacity list-style list-style-type list-style-position
    table-layout box-sizing float clear direction unicode-bidi quotes tab-size cursor caption-side empty-cells
    orphans widows page-break-inside page-break-after page-break-before break-inside break-after break-before
    color-scheme supported-color-schemes text-size-adjust -webkit-text-size-adjust -ms-text-size-adjust accent-color
    -webkit-font-smoothing -moz-osx-font-smoothing -webkit-tap-highlight-color hanging-punctuation user-select
    """.split()  # noqa: SIM905 -- a list of names is read as words
)
"""Properties that leave words readable; by how much, `look` works out."""

_MOVING = frozenset(
    """
    position z-index transform translate rotate scale inset inset-inline inset-block top left right bottom offset
    offset-path offset-position perspective animation animation-name transition anchor-name position-anchor
    """.split()  # noqa: SIM905 -- a list of names is read as words
)
"""Properties that may lay an element over others."""

_FLOWS = frozenset({"overflow", "overflow-x", "overflow-y"})
_SIZED = frozenset({"img", "hr", "br", "col", "colgroup"})
_SIZES = ("width", "max-width")
_INITIAL = frozenset({"", "auto", "none", "normal", "initial", "unset"})
_AT_REST = _INITIAL | {"static", "0", "0px"}
_AT_RULES = frozenset({"media", "supports", "charset", "keyframes", "-webkit-keyframes", "page", "property"})
_GENERATED = re.compile(r"::?(?:before|after|marker|backdrop)\b", re.IGNORECASE)
_CONDITIONAL = re.compile(r"^\s*\[\s*(?:if|endif)\b|^\s*<!\s*\[", re.IGNORECASE)
_NARROWEST = 40.0
_LOWEST_LINE = 0.8
_LEAST_GAP = -4.0
_MOST_INDENT = 48.0
_LONGEST = 80


def of_sheets(texts: Iterable[str]) -> Iterator[str]:
    """What the style blocks of a document make uncertain."""
    for text in texts:
        yield from _of_rules(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True))


def _of_rules(nodes: Iterable[Any]) -> Iterator[str]:
    for node in nodes:
        if node.type == "at-rule":
            yield from _of_at_rule(node)
        elif node.type == "qualified-rule":
            yield from _of_rule(node)


def _of_at_rule(node: Any) -> Iterator[str]:
    name = node.lower_at_keyword
    if name == "import":
        yield f'the rule "{_short(node.serialize())}" loads a style sheet that may hide anything: remove it'
    elif name == "font-face":
        yield "the rule @font-face loads a font, which may draw other words or none: remove it"
    elif name not in _AT_RULES:
        yield f"the rule @{name} changes which styles win in ways that are not followed here: remove it"
    elif node.content is not None and name in {"media", "supports"}:
        yield from _of_rules(tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True))


def _of_rule(node: Any) -> Iterator[str]:
    selector = tinycss2.serialize(node.prelude).strip()
    inner = list(tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True))
    told = {one.lower_name: tinycss2.serialize(one.value).strip() for one in inner if one.type == "declaration"}
    if _GENERATED.search(selector) and told.get("content", "none").lower() not in _INITIAL:
        yield f'the rule "{_short(selector)}" generates words or boxes that nobody can read back: remove its content'
    for name, value in told.items():
        if "url(" in value.lower():
            yield f'"{name}: {_short(value)}" of the rule "{_short(selector)}" lays a picture under words: remove it'
    yield from _of_rules(one for one in inner if one.type in {"qualified-rule", "at-rule"})


def of_comment(text: str) -> Iterator[str]:
    """What a comment makes uncertain: some mail programs read conditions in it."""
    if _CONDITIONAL.search(text):
        yield f'the comment "{_short(text.strip())}" shows some mail programs other words than the rest: remove it'


def of_element(tag: str, attributes: Mapping[str, str], css: Mapping[str, str], *, inside: bool) -> Iterator[str]:
    """What the attributes and winning declarations of one element make uncertain; ``inside``: in an item."""
    if tag == "link" and "stylesheet" in attributes.get("rel", "").lower():
        yield f'<link rel="stylesheet" href="{_short(attributes.get("href", ""))}"> may hide anything: remove it'
    if attributes.get("background", "").strip():
        yield f"{_named(tag, attributes)} has a picture for its ground, which may swallow words: remove background"
    if inside and tag not in _SIZED:
        for name in ("width", "height"):
            if _below(attributes.get(name, ""), _NARROWEST):
                yield f'{name}="{attributes[name]}" of {_named(tag, attributes)} may leave words no room: remove it'
    for name, value in css.items():
        if not name.startswith("--") and _doubtful(tag, name, value, inside=inside):
            of = _named(tag, attributes)
            yield f'"{name}: {_short(value)}" of {of} may hide or cover what a reader must see: remove it'


def _doubtful(tag: str, name: str, value: str, *, inside: bool) -> bool:
    if name in _MOVING:
        return value not in _AT_REST and not (inside and tag in _SIZED and name in {"top", "left"})
    if "url(" in value or "gradient(" in value:
        return True
    if name.startswith("margin"):
        return any(_below(word, _LEAST_GAP) for word in parts(value))
    return inside and tag not in _SIZED and _unreadable(name, value)


def _unreadable(name: str, value: str) -> bool:
    """Whether a property is not known to leave the words of an element readable."""
    if name in _SIZES:
        return _below(value, _NARROWEST)
    if name == "line-height":
        return _below(f"{value}em" if value.replace(".", "").isdigit() else value, _LOWEST_LINE * 16)
    if name == "text-indent":
        told = length(value, 16.0)
        return told is None or abs(told) > _MOST_INDENT
    harmless = name in _PLAIN or (name.startswith("mso-") and name != "mso-hide")
    return not harmless and value not in ({"visible"} if name in _FLOWS else _INITIAL)


def _below(value: str, limit: float) -> bool:
    number = length(value.strip().lower(), 16.0)
    return number is not None and number < limit


def _named(tag: str, attributes: Mapping[str, str]) -> str:
    marks = "".join(f' {name}="{_short(attributes[name])}"' for name in ("id", "class") if attributes.get(name))
    return f"<{tag}{marks}>"


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}..."
