# SPDX-License-Identifier: Apache-2.0
"""Values from environment variables, laid over those of the file.

``SYNDICATE_SMTP__PASSWORD`` sets ``smtp.password``; ``SYNDICATE_SMTP__PASSWORD_FILE`` names a file that holds it. Names
are compared without case, and ``-`` and ``.`` count as ``_``; entries of a list go by number, from 0.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from syndicate.config.document import Document, Path, Place, Value

PREFIX = "SYNDICATE_"
FILE = "_FILE"


def overlay(
    document: Document, env: Mapping[str, str], read_file: Callable[[str], str], *, top: frozenset[str]
) -> None:
    """Lay ``env`` over ``document`` in place. ``top`` are the keys of the first level; mistakes become problems."""
    for variable in sorted(env):
        parts = _parts(variable, top)
        if parts:
            _Setter(document, variable).set(parts, env, read_file)


def _parts(variable: str, top: frozenset[str]) -> list[str]:
    """Path that ``variable`` names; [] if it is not ours: a container platform has its own SYNDICATE_PORT."""
    if not variable.startswith(PREFIX):
        return []
    parts = _bare(variable).removeprefix(PREFIX).lower().split("__")
    if len(parts) == 1 and not difflib.get_close_matches(parts[0], top, 1, 0.75):
        return []
    return parts


def _bare(variable: str) -> str:
    return variable.removesuffix(FILE)


class _Setter:
    """Sets one value and notes its origin."""

    def __init__(self, document: Document, variable: str) -> None:
        self.document = document
        self.variable = variable
        self.place = Place(variable=variable)

    def set(self, parts: list[str], env: Mapping[str, str], read_file: Callable[[str], str]) -> None:
        bare = _bare(self.variable)
        if bare != self.variable and bare in env:
            self.complain((), f"{bare} is set too; keep one of the two")
            return
        value = self.content(env[self.variable], read_file)
        if value is not None:
            self.put(parts, value)

    def content(self, value: str, read_file: Callable[[str], str]) -> str | None:
        if not self.variable.endswith(FILE):
            return value
        try:
            return read_file(value).rstrip("\r\n")
        except (OSError, ValueError) as error:
            self.complain((), f"cannot read {value!r}: {getattr(error, 'strerror', None) or error}; name a text file")
        return None

    def put(self, parts: list[str], value: str) -> None:
        here: Any = self.document.data
        path: Path = ()
        for depth, part in enumerate(parts):
            step = self.step(here, part, path)
            if step is None:
                return
            path = (*path, step)
            self.document.places.setdefault(path, self.place)
            if depth == len(parts) - 1:
                here[step] = value
            elif isinstance(here, dict) and here.get(step) is None:
                here[step] = {}
            here = here[step]
        self.document.places[path] = self.place

    def step(self, here: Value, part: str, path: Path) -> str | int | None:
        """Key or number in ``here`` that ``part`` names; None, and a problem, if there can be none."""
        if isinstance(here, dict):
            return next((key for key in here if _fold(key) == _fold(part)), part)
        if isinstance(here, list) and part.isdecimal() and int(part) < len(here):
            return int(part)
        size = f"a list of {len(here)}" if isinstance(here, list) else "one value"
        self.complain(path, f"there is no {part!r} in it: it is {size}; correct the name of the variable")
        return None

    def complain(self, path: Path, message: str) -> None:
        self.document.problems.append((path, self.place, message))


def _fold(key: str) -> str:
    return key.lower().replace("-", "_").replace(".", "_")
