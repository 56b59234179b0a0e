# SPDX-License-Identifier: Apache-2.0
"""Lengths and numbers of CSS, with ``calc()`` and its like worked out. Pure: text in, pixels out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import tinycss2

SCREEN = 1000.0
_LENGTH = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([a-z]+|%)?")
_UNITS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 37.8, "mm": 3.78, "q": 0.945, "rem": 16.0}
_OF_FONT = frozenset({"em", "ex", "ch", "ic", "cap", "lh"})
_OF_SCREEN = re.compile(r"%|[dls]?v(?:w|h|i|b|min|max)|cq(?:w|h|i|b|min|max)")
_SUMS = frozenset({"calc", "-webkit-calc", "-moz-calc"})
_OTHER_FUNCTIONS = frozenset({"fit-content", "minmax", "env", "repeat", "url"})


def parts(value: str) -> list[str]:
    """The words of a value, each function with what stands in its brackets."""
    if "(" not in value:
        return value.split()
    words, depth = [""], 0
    for char in value:
        depth += (char == "(") - (char == ")")
        if char.isspace() and depth == 0:
            words.append("")
        else:
            words[-1] += char
    return [word for word in words if word]


def is_riddle(value: str) -> bool:
    """Whether a value is made by a function that we cannot work out."""
    return "(" in value and any(
        "(" in word and length(word, 16.0) is None and word.partition("(")[0] not in _OTHER_FUNCTIONS
        for word in parts(value)
    )


@lru_cache(maxsize=4096)
def length(value: str, em: float, *, whole: float = SCREEN) -> float | None:
    """``value`` in pixels, or as the number that it is; percentages of ``whole``; None if it is neither."""
    match = _LENGTH.fullmatch(value)
    if match:
        return _measured(float(match[1]), match[2] or "", em, whole)
    if "(" not in value:
        return None
    nodes = tinycss2.parse_component_value_list(value, skip_comments=True)
    return _one(nodes[0], em, whole) if len(nodes) == 1 else None


def _measured(number: float, unit: str, em: float, whole: float) -> float | None:
    if unit in _OF_FONT:
        return number * em
    if _OF_SCREEN.fullmatch(unit):
        return number * whole / 100
    return number * _UNITS[unit] if unit in _UNITS else None


def _one(node: Any, em: float, whole: float) -> float | None:
    """One operand: a number, a length, brackets or a function."""
    if node.type == "number":
        return float(node.value)
    if node.type in {"dimension", "percentage"}:
        return _measured(float(node.value), getattr(node, "lower_unit", "%"), em, whole)
    if node.type == "() block":
        return _sum(node.content, em, whole)
    return _function(node.lower_name, node.arguments, em, whole) if node.type == "function" else None


def _function(name: str, arguments: Sequence[Any], em: float, whole: float) -> float | None:
    groups: list[list[Any]] = [[]]
    for node in arguments:
        if node == ",":
            groups.append([])
        else:
            groups[-1].append(node)
    told = [_sum(group, em, whole) for group in groups]
    known = [number for number in told if number is not None]
    if len(known) < len(told):
        return None
    if name in _SUMS and len(known) == 1:
        return known[0]
    if name in {"min", "max"}:
        return min(known) if name == "min" else max(known)
    return max(known[0], min(known[1:])) if name == "clamp" and len(known) == len(("least", "best", "most")) else None


def _sum(nodes: Sequence[Any], em: float, whole: float) -> float | None:
    """Products, added and subtracted."""
    total, sign, product, operator = 0.0, 1.0, None, ""
    for node in nodes:
        if node.type == "whitespace":
            continue
        if node.type == "literal" and product is not None and not operator:
            operator = node.value
            if operator in {"+", "-"}:
                total, sign, product, operator = total + sign * product, float(f"{operator}1"), None, ""
            continue
        number = _one(node, em, whole)
        if number is None or (product is not None and operator not in {"*", "/"}) or (operator == "/" and not number):
            return None
        product = number if product is None else product * number if operator == "*" else product / number
        operator = ""
    return None if product is None or operator else total + sign * product
