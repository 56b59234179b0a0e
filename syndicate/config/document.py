# SPDX-License-Identifier: Apache-2.0
"""YAML text to plain values that know their place: dicts, lists, text and None.

Scalars stay text, as written: what a value means is the schema's to say, so ``NO`` is a country and ``0123`` a
password. Nothing is dropped on the way; a key that stands twice is a problem, not a silent choice.

Spec: YAML 1.2.2 3.2.1
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from syndicate.errors import ConfigError

NULL = "tag:yaml.org,2002:null"

Path = tuple[str | int, ...]
Value = str | None | list["Value"] | dict[str, "Value"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key or a list entry stands: line and column from 1, or the environment variable that set it."""

    line: int = 1
    column: int = 1
    variable: str = ""


@dataclass(slots=True)
class Document:
    """The values of one file, the place of each path in it, and what was wrong with the text itself."""

    name: str
    data: dict[str, Value] = field(default_factory=dict)
    places: dict[Path, Place] = field(default_factory=dict)
    problems: list[tuple[Path, Place, str]] = field(default_factory=list)

    def place(self, path: Path) -> Place:
        """Where ``path`` stands, or else the nearest thing around it that stands anywhere."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place())


def read_document(text: str, name: str) -> Document:
    """Values of the YAML ``text`` of the file ``name``. Raises ConfigError if it is not YAML or not a mapping."""
    root = _compose(text, name)
    document = Document(name)
    if root is None:
        return document
    if not isinstance(root, MappingNode):
        raise ConfigError([f"{name}:1: the file must consist of keys with values; begin with site:"])
    _Reader(document).value(root, ())
    return document


def _compose(text: str, name: str) -> Node | None:
    try:
        node: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise ConfigError([f"{where}: not YAML: {error.problem}; check quotes, colons and indentation"]) from error
    except YAMLError as error:
        said = " ".join(str(error).split())
        raise ConfigError([f"{name}: not YAML: {said}; write the file in UTF-8 without control characters"]) from error
    return node


class _Reader:
    """One walk over the nodes; ``open`` are the ids of those that we are inside of."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.open: set[int] = set()

    def value(self, node: Node, path: Path) -> Value:
        if id(node) in self.open:
            self.complain(node, path, "this alias stands inside what it repeats; write the value out")
            return None
        self.open.add(id(node))
        found = self.inside(node, path)
        self.open.discard(id(node))
        return found

    def inside(self, node: Node, path: Path) -> Value:
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            return self.sequence(node, path)
        return None if node.tag == NULL else str(node.value)

    def mapping(self, node: MappingNode, path: Path) -> dict[str, Value]:
        found = self.document.data if not path else {}
        for key, value in node.value:
            name = self.key(key, path)
            if name in found:
                first = self.document.places[*path, name].line
                self.complain(key, (*path, name), f"this key stands in line {first} already; remove one of the two")
                continue
            self.document.places[*path, name] = _place(key)
            found[name] = self.value(value, (*path, name))
        return found

    def key(self, node: Node, path: Path) -> str:
        if isinstance(node, ScalarNode):
            return str(node.value)
        self.complain(node, path, "a key must be one word, not a list or mapping")
        return "?"

    def sequence(self, node: SequenceNode, path: Path) -> list[Value]:
        found: list[Value] = []
        for number, value in enumerate(node.value):
            self.document.places[*path, number] = _place(value)
            found.append(self.value(value, (*path, number)))
        return found

    def complain(self, node: Node, path: Path, message: str) -> None:
        self.document.problems.append((path, _place(node), message))


def _place(node: Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)
