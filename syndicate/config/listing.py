# SPDX-License-Identifier: Apache-2.0
"""The settings that were made, each with where it was made; secrets are named and not shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from syndicate.config.document import Path, Value, read_document
from syndicate.config.environment import overlay
from syndicate.config.schema import File

SECRET = re.compile(r"(?:^|_)(?:password|key)$")
"""Names of keys that open something; a new one is hidden by being called so."""

HIDDEN = "(set, not shown)"
_LOGIN = re.compile(r"(?<=://)([^:/@\s]*):[^/\s]*@")


@dataclass(frozen=True, slots=True)
class Setting:
    """One value: its key with dots, the value as text, and its origin (a line of the file, or a variable)."""

    key: str
    value: str
    origin: str


def settings(text: str, name: str, env: Mapping[str, str], read_file: Callable[[str], str]) -> list[Setting]:
    """Every value of the YAML ``text`` of the file ``name`` and of the ``SYNDICATE_`` variables of ``env``."""
    document = read_document(text, name)
    overlay(document, env, read_file, top=frozenset(File.model_fields))
    found = []
    for path, value in _leaves(document.data, ()):
        place = document.place(path)
        origin = place.variable or f"{name}, line {place.line}"
        shown = HIDDEN if SECRET.search(str(path[-1])) and value else _LOGIN.sub(rf"\1:{HIDDEN}@", _text(value))
        found.append(Setting(".".join(map(str, path)), shown, origin))
    return found


def _leaves(value: Value, path: Path) -> Iterator[tuple[Path, Value]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for number, inner in enumerate(value):
            yield from _leaves(inner, (*path, number))
    else:
        yield path, value


def _text(value: Value) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
