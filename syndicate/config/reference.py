# SPDX-License-Identifier: Apache-2.0
"""The page docs/configuration.md, written from the schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from syndicate.config.problems import is_section, keys
from syndicate.config.schema import File
from syndicate.config.values import Form

_HEAD = """\
# Configuration

Generated from the types by `make docs`; do not edit.

One YAML file, `config.yaml` unless `-c` names another. `syndicate init` writes a first one, `syndicate check` finds
every mistake at once and says what to write instead. Unknown keys are mistakes. Relative paths start at the folder of
the file. Values are taken as written: `NO` is a country code, not a refusal.

Any value can come from the environment, which wins over the file: `SYNDICATE_SMTP__PASSWORD` sets `smtp.password`,
`SYNDICATE_SMTP__PASSWORD_FILE` names a file that holds it, `SYNDICATE_SOURCES__0__EVERY` sets that of the first source.
Letter case does not matter there, `-` and `.` become `_`, and lists are written with commas.
"""

_WORDS = {str: "text", int: "a whole number", bool: "`true` or `false`", type(None): ""}


def reference() -> str:
    """The whole page as Markdown."""
    return "\n".join([_HEAD, *_tables(File, "", {})])


def _tables(section: type[BaseModel], prefix: str, seen: dict[type[BaseModel], str]) -> Iterator[str]:
    """A heading and a table for ``section``, then those of the sections inside it; each only where it is first met."""
    seen[section] = prefix.removesuffix(".")
    yield f"## `{prefix.removesuffix('.')}`\n" if prefix else "## The file\n"
    yield f"{section.__doc__}\n"
    yield "| key | how it is written | default | what it is |\n|---|---|---|---|"
    rows = list(zip(keys(section).items(), section.model_fields.values(), strict=True))
    yield from (_row(name, shown, field) for (name, shown), field in rows)
    yield ""
    for (name, _), field in rows:
        inner, marks = _inner(field.annotation)
        if inner in seen:
            yield f"## `{prefix}{name}{marks}`\n\nThe same keys as `{seen[inner]}`.\n"
        elif inner is not None:
            yield from _tables(inner, f"{prefix}{name}{marks}.", seen)


def _row(name: str, shown: str, field: FieldInfo) -> str:
    return f"| `{name}` | {_form(field)} | {_default(shown, field)} | {field.description} |"


def _default(shown: str, field: FieldInfo) -> str:
    if field.is_required():
        return "must be given" if is_section(field.annotation) else f"must be given, such as `{shown}`"
    if shown:
        return shown if " " in shown or "`" in shown else f"`{shown}`"
    default = field.default
    if isinstance(default, tuple):
        return f"`[{', '.join(default)}]`"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`" if default != "" else "empty"


def _inner(kind: Any) -> tuple[type[BaseModel] | None, str]:
    """Section inside a type, and how its place is marked: ``.ID`` in a mapping, ``[]`` in a list."""
    if is_section(kind):
        return kind, ""
    inside = [arg for arg in get_args(kind) if is_section(arg)]
    if not inside:
        return None, ""
    return inside[0], ".ID" if get_origin(kind) is dict else "[]"


def _form(field: FieldInfo) -> str:
    return _marked(field.metadata) or _kind(field.annotation)


def _marked(metadata: Iterable[object]) -> str:
    return next((mark.text for mark in metadata if isinstance(mark, Form)), "")


def _kind(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return ", ".join(f"`{word}`" for word in get_args(kind))
    if get_origin(kind) is tuple:
        return f"a list: {_kind(get_args(kind)[0])}"
    if get_origin(kind) is dict or is_section(kind):
        return "keys, see below"
    if get_origin(kind) is Annotated:
        return _marked(kind.__metadata__) or _kind(get_args(kind)[0])
    options = [_kind(option) for option in get_args(kind)]
    return next(option for option in options if option) if options else _WORDS[kind]
