# SPDX-License-Identifier: Apache-2.0
"""What the style blocks of a document say about an element, as a browser would read them.

`read_sheet` takes the text of the style blocks; `Sheet.of` gives the declarations that win for one element in one
situation. Situation 0 is the plain screen; each distinct media query on a screen (dark, phone, ...) is one more, so
that a rule which hides only there is seen as well. Print and speech are left out.

Where a selector asks for more than we follow (siblings, ``:not()``, ``:nth-child()``), its rule counts as matching if
it hides and as absent if it reveals: a mistake can only hold an edition back.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import tinycss2
from lxml import etree

#: More rules than this in one document are not read; the document is refused instead.
MOST_RULES = 2000
_MOST_SITUATIONS = 12
_DEEPEST = 5
_NOT_SCREEN = re.compile(r"^\s*(?:only\s+)?(?:print|speech|aural|braille|tty)\b")
_DYNAMIC = frozenset({"hover", "focus", "focus-within", "focus-visible", "active", "visited", "target", "checked"})
_BRACKETS = r"(?:[^()]|\((?:[^()]|\([^()]*\))*\))*"
_VARIABLE = re.compile(rf"var\(\s*(--[\w-]+)\s*(?:,({_BRACKETS}))?\)")
_LONGEST_VALUE = 1000  # no honest value is longer
_MOST_VALUES = 16

Declarations = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Compound:
    """One step of a selector: what the element itself must be."""

    tag: str = ""
    ident: str = ""
    classes: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str, str], ...] = ()

    @property
    def key(self) -> str:
        """The one feature under which rules are looked up."""
        if self.ident:
            return "#" + self.ident
        return "." + self.classes[0] if self.classes else self.tag or "*"

    def matches(self, node: etree._Element) -> bool:
        """Whether ``node`` is all that this step asks for."""
        if self.tag not in {"", node.tag} or (self.ident and node.get("id") != self.ident):
            return False
        own = (node.get("class") or "").split()
        return all(name in own for name in self.classes) and all(
            _attribute_fits(node.get(name), how, value) for name, how, value in self.attributes
        )


def _attribute_fits(value: str | None, how: str, wanted: str) -> bool:
    if value is None:
        return False
    tests: dict[str, Callable[[], bool]] = {
        "": lambda: True,
        "=": lambda: value == wanted,
        "~=": lambda: wanted in value.split(),
        "|=": lambda: value == wanted or value.startswith(wanted + "-"),
        "^=": lambda: value.startswith(wanted),
        "$=": lambda: value.endswith(wanted),
        "*=": lambda: wanted in value,
    }
    return tests[how]()


@dataclass(frozen=True, slots=True)
class Rule:
    """A selector, the situation it holds in, its weight in the cascade, and what it declares."""

    steps: tuple[Compound, ...]
    situation: int
    weight: tuple[int, int, int, int]
    plain: Declarations
    important: Declarations
    exact: bool

    def matches(self, node: etree._Element) -> bool:
        """Whether ``node`` is the subject; a child or descendant step may be any ancestor."""
        if not self.steps[-1].matches(node):
            return False
        above = node.iterancestors()
        return all(any(step.matches(one) for one in above) for step in reversed(self.steps[:-1]))


@dataclass(slots=True)
class Sheet:
    """All rules of a document, by the key of their subject."""

    rules: dict[str, list[Rule]] = field(default_factory=dict)
    situations: list[str] = field(default_factory=lambda: [""])
    variables: dict[str, dict[str, None]] = field(default_factory=dict)
    count: int = 0
    won: dict[tuple[object, ...], list[dict[str, str]]] = field(default_factory=dict)

    @property
    def too_long(self) -> bool:
        """Whether there were more rules than we read."""
        return self.count > MOST_RULES

    def of(self, node: etree._Element, hides: Callable[[str, str], bool]) -> list[dict[str, str]]:
        """The winning declarations for ``node``, one mapping a situation.

        ``hides`` tells whether one declaration hides on its own; it decides about rules that we follow in part.
        """
        style = node.get("style") or ""
        found = [rule for rule in self._candidates(node) if rule.matches(node)] if self.rules else []
        rules = sorted(found, key=lambda rule: rule.weight)
        key = (style, *(rule.weight for rule in rules))
        if key not in self.won:
            own = read_declarations(style)
            self.won[key] = [self._cascade(situation, rules, own, hides) for situation in range(len(self.situations))]
        return self.won[key]

    def _candidates(self, node: etree._Element) -> Iterator[Rule]:
        keys = {"*", str(node.tag), "#" + (node.get("id") or "")}
        keys.update("." + name for name in (node.get("class") or "").split())
        for key in keys:
            yield from self.rules.get(key, ())

    def _cascade(
        self,
        situation: int,
        rules: Sequence[Rule],
        own: tuple[dict[str, str], dict[str, str]],
        hides: Callable[[str, str], bool],
    ) -> dict[str, str]:
        here = [rule for rule in rules if rule.situation in {0, situation}]
        layers = [
            *((rule.plain, rule.exact) for rule in here),
            (own[0], True),
            *((rule.important, rule.exact) for rule in here),
            (own[1], True),
        ]
        won: dict[str, str] = {}
        for layer, exact in layers:
            for name, raw in layer.items():
                value = self._resolve(name, raw, hides) if "var(" in raw else raw
                if exact or hides(name, value):
                    won[name] = value
        return won

    def _resolve(self, name: str, raw: str, hides: Callable[[str, str], bool]) -> str:
        """``raw`` with custom properties filled in; of the values that it may have, one that hides."""
        values = self._filled([raw.strip()])
        return next((value for value in values if hides(name, value)), values[0])

    def _filled(self, values: list[str]) -> list[str]:
        """The values with whatever a custom property was set to anywhere; "" where it was not, or without end."""
        for _ in range(_MOST_VALUES):
            values = [filled for value in values for filled in self._filled_once(value)][:_MOST_VALUES]
        return ["" if "var(" in value else value.strip() for value in values]

    def _filled_once(self, value: str) -> Iterable[str]:
        found = _VARIABLE.search(value) if len(value) <= _LONGEST_VALUE else None
        if not found:
            return (value,)
        # Without a value or another word for it, CSS drops the whole declaration.
        told = [*self.variables.get(found[1], {}), *([] if found[2] is None else [found[2].strip()])]
        if not told:
            return ("",)
        return (value[: found.start()] + word + value[found.end() :] for word in told)

    def declare(self, declarations: Declarations) -> None:
        """Remember the custom properties among these declarations."""
        for name, value in declarations.items():
            if name.startswith("--"):
                self.variables.setdefault(name, {})[value] = None


def read_declarations(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """The declarations of a ``style`` attribute: the plain ones, and those marked ``!important``."""
    return (
        _sort_out(tinycss2.parse_blocks_contents(text, skip_comments=True, skip_whitespace=True)) if text else ({}, {})
    )


def _sort_out(nodes: Iterable[Any]) -> tuple[dict[str, str], dict[str, str]]:
    plain: dict[str, str] = {}
    important: dict[str, str] = {}
    for node in nodes:
        if node.type == "declaration":
            value = tinycss2.serialize(node.value).strip().lower()
            (important if node.important else plain)[node.lower_name] = value
    return plain, important


def read_sheet(texts: Iterable[str]) -> Sheet:
    """The rules of the style blocks ``texts``, in document order."""
    sheet = Sheet()
    for text in texts:
        _read_rules(sheet, tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True), 0, 0)
    return sheet


def _read_rules(sheet: Sheet, nodes: Iterable[Any], situation: int, depth: int) -> None:
    for node in nodes:
        if sheet.too_long:
            return
        if node.type == "qualified-rule":
            _add(sheet, _selectors(node.prelude), node.content, situation, depth)
        elif node.type == "at-rule" and node.content is not None and depth < _DEEPEST:
            query = tinycss2.serialize(node.prelude).strip().lower()
            if node.lower_at_keyword == "property":
                initial = read_declarations(tinycss2.serialize(node.content))[0].get("initial-value", "")
                sheet.declare({query: initial})
            elif not (node.lower_at_keyword == "media" and _NOT_SCREEN.match(query)):
                inner = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
                _read_rules(sheet, inner, _situation(sheet, query, situation), depth + 1)


def _situation(sheet: Sheet, query: str, outer: int) -> int:
    """The number of the situation ``query``; beyond the most that we tell apart, the last one holds them all."""
    if query in {"", "all", "screen"}:
        return outer
    name = f"{sheet.situations[outer]} {query}".strip()
    if name in sheet.situations:
        return sheet.situations.index(name)
    if len(sheet.situations) < _MOST_SITUATIONS:
        sheet.situations.append(name)
    return len(sheet.situations) - 1


def _selectors(prelude: Sequence[Any]) -> list[tuple[tuple[Compound, ...], bool]]:
    """The selectors of ``prelude`` that are about elements, each with whether we follow it exactly."""
    read = (_steps(selector) for selector in _split(prelude))
    return [(tuple(steps), exact) for steps, exact, applies in read if applies and steps]


def _add(
    sheet: Sheet,
    selectors: Sequence[tuple[tuple[Compound, ...], bool]],
    content: Sequence[Any],
    situation: int,
    depth: int,
) -> None:
    contents = list(tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True))
    plain, important = _sort_out(contents)
    sheet.declare(plain)
    sheet.declare(important)
    for steps, exact in selectors:
        sheet.count += 1
        weight = (*_specificity(steps), sheet.count)
        rule = Rule(steps, situation, weight, plain, important, exact)
        sheet.rules.setdefault(steps[-1].key, []).append(rule)
    if depth < _DEEPEST:
        _add_nested(sheet, selectors, contents, situation, depth + 1)


def _add_nested(
    sheet: Sheet,
    outer: Sequence[tuple[tuple[Compound, ...], bool]],
    contents: Iterable[Any],
    situation: int,
    depth: int,
) -> None:
    """Rules inside rules: a nested selector is followed in part, a nested query keeps the outer selectors."""
    for node in contents:
        if node.type == "qualified-rule":
            inner = [(steps, False) for steps, _ in _selectors(node.prelude)]
            _add(sheet, inner, node.content, situation, depth)
        elif node.type == "at-rule" and node.content is not None:
            query = tinycss2.serialize(node.prelude).strip().lower()
            _add(sheet, outer, node.content, _situation(sheet, query, situation), depth)


def _specificity(steps: Sequence[Compound]) -> tuple[int, int, int]:
    idents = sum(bool(step.ident) for step in steps)
    middle = sum(len(step.classes) + len(step.attributes) for step in steps)
    return idents, middle, sum(bool(step.tag) for step in steps)


def _split(prelude: Sequence[Any]) -> list[list[Any]]:
    """The selectors of a comma-separated list."""
    found: list[list[Any]] = [[]]
    for part in prelude:
        if part == ",":
            found.append([])
        else:
            found[-1].append(part)
    return found


def _steps(selector: Sequence[Any]) -> tuple[list[Compound], bool, bool]:
    """The steps of one selector, whether we follow it exactly, and whether it is about the element itself."""
    reader = _Selector()
    for part in selector:
        reader.take(part)
    reader.close()
    return reader.steps, reader.exact, reader.applies


class _Selector:
    """Reads the tokens of one selector from left to right."""

    def __init__(self) -> None:
        self.steps: list[Compound] = []
        self.exact = True
        self.applies = True
        self._mark = ""
        self._tag = ""
        self._ident = ""
        self._classes: list[str] = []
        self._attributes: list[tuple[str, str, str]] = []
        self._open = False

    def take(self, part: Any) -> None:
        """One more token."""
        kind = part.type
        if kind == "whitespace" or part in (">", "+", "~"):
            self.close()
            if part in ("+", "~"):
                self.steps.clear()
                self.exact = False
        elif kind == "literal":
            self._mark = self._mark + part.value if part == ":" else part.value
            self._open = True
        elif kind in {"ident", "function"}:
            self._word(part)
        elif kind == "hash":
            self._ident, self._open = part.value, True
        elif kind == "[] block":
            self._attribute(part.content)
        else:
            self.exact = False

    def _word(self, part: Any) -> None:
        self._open = True
        if self._mark == ".":
            self._classes.append(part.value)
        elif self._mark.startswith(":"):
            self._pseudo(part)
        else:
            self._tag = part.lower_value
        self._mark = ""

    def _pseudo(self, part: Any) -> None:
        name = part.lower_name if part.type == "function" else part.lower_value
        element = self._mark == "::" or name in {"before", "after"}
        if name in {"first-line", "first-letter"}:  # a line of the text: what hides it hides something
            self.exact = False
        elif element or name in _DYNAMIC:
            self.applies = False
        elif name == "root":
            self._tag = "html"
        elif name not in {"link", "any-link"}:
            self.exact = False

    def _attribute(self, content: Sequence[Any]) -> None:
        self._open = True
        parts = [one for one in content if one.type != "whitespace"]
        if not parts or parts[0].type != "ident":
            self.applies = False
            return
        how = "".join(part.value for part in parts[1:] if part.type == "literal")
        values = [part.value for part in parts[1:] if part.type in {"ident", "string"}]
        known = how in {"", "=", "~=", "|=", "^=", "$=", "*="}
        self.exact = self.exact and known
        self._attributes.append((parts[0].lower_value, how if known else "", values[0] if values else ""))

    def close(self) -> None:
        """The step ends here."""
        if self._open:
            self.steps.append(Compound(self._tag, self._ident, tuple(self._classes), tuple(self._attributes)))
        self._tag = self._ident = self._mark = ""
        self._classes, self._attributes, self._open = [], [], False
