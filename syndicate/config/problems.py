# SPDX-License-Identifier: Apache-2.0
"""What pydantic found wrong, as lines for the person who wrote the file.

``config.yaml:14: sources[2].every: '30 mins' is not a duration; write 30m``: place, key, what is wrong, what to write.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from syndicate.config.document import Document, Path, Place
from syndicate.config.suggest import did_you_mean

_BELONGS = {
    "int_parsing": "is not a whole number; write figures alone",
    "int_from_float": "is not a whole number; write figures alone",
    "bool_parsing": "is neither true nor false; write one of the two",
}
_STRUCTURE = frozenset({"model_type", "dict_type", "tuple_type"})
_SHAPE = {
    "string_type": "one value belongs here, not a list or more keys; write it behind the colon",
    "int_type": "a number belongs here, not a list or more keys; write it behind the colon",
    "datetime_type": "a date belongs here, not a list or more keys; write it behind the colon",
    "bool_type": "true or false belongs here, not a list or more keys; write one of the two",
    "literal_error": "one word belongs here, not a list or more keys; write it behind the colon",
    "model_type": "keys belong here, not a single value or list; indent them below",
    "dict_type": "keys belong here, not a single value or list; indent them below",
    "tuple_type": "a list belongs here; begin each entry with '- '",
}


def lines(document: Document, error: ValidationError | None, model: type[BaseModel]) -> list[str]:
    """Every problem of the text and of the values, in the order of the file."""
    found = [(place, _text(document.name, place, path, said)) for path, place, said in document.problems]
    found += [_line(document, detail, model) for detail in (error.errors(include_url=False) if error else ())]
    return [text for _, text in sorted(found, key=lambda pair: (pair[0].variable, pair[0].line, pair[0].column))]


def _line(document: Document, detail: ErrorDetails, model: type[BaseModel]) -> tuple[Place, str]:
    path = _path(detail["loc"], model)
    place = document.place(path)
    if detail["type"] == "extra_forbidden":
        said = _unknown(str(path[-1]), keys(annotation(model, path[:-1])))
        return place, _text(document.name, place, path, said, column=True)
    return place, _text(document.name, place, path, _said(detail, path, model))


def _path(loc: Path, model: type[BaseModel]) -> Path:
    """Path in the file: pydantic adds ``[key]`` where a key itself is refused, and may use our name for ``from``."""
    path = loc[:-1] if loc[-1] == "[key]" else loc
    around = annotation(model, path[:-1])
    field = around.model_fields.get(str(path[-1])) if is_section(around) else None
    return (*path[:-1], field.alias) if field and field.alias else path


def path_text(path: Path) -> str:
    """``sources[2].every``; entries of a list count from 0."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def _text(name: str, place: Place, path: Path, said: str, *, column: bool = False) -> str:
    where = place.variable or (f"{name}:{place.line}:{place.column}" if column else f"{name}:{place.line}")
    return ": ".join(part for part in (where, path_text(path), said) if part)


def _unknown(name: str, allowed: Collection[str]) -> str:
    return f"unknown key; allowed: {', '.join(sorted(allowed))}{did_you_mean(name, allowed)}"


def _said(detail: ErrorDetails, path: Path, model: type[BaseModel]) -> str:
    """What is wrong and what to write, for anything but an unknown key."""
    if detail["type"] == "missing":
        return f"missing; write {path[-1]}: {keys(annotation(model, path[:-1]))[str(path[-1])]}".rstrip()
    if detail["type"] == "key":
        return str(detail["ctx"]["message"])
    if detail["input"] is None:
        return "nothing stands here; write a value or remove the key"
    if isinstance(detail["input"], str) and detail["type"] not in _STRUCTURE:
        return f"{detail['input']!r} {_about(detail)}"
    return _SHAPE[detail["type"]]


def _about(detail: ErrorDetails) -> str:
    """What is wrong with a single value."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "value":
        return str(context["message"])
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", context["expected"])
        return f"is not one of {', '.join(allowed)}{did_you_mean(detail['input'], allowed)}"
    return _BELONGS.get(kind) or _bound(context)


def _bound(context: dict[str, Any]) -> str:
    return (
        f"is too small; write {context['ge']} or more"
        if "ge" in context
        else f"is too large; write {context['le']} or less"
    )


def annotation(model: Any, path: Path) -> Any:
    """Type that the schema gives to what stands at ``path``, which must be declared."""
    for step in path:
        if is_section(model):
            model = next(
                field for name, field in model.model_fields.items() if (field.alias or name) == step
            ).annotation
        else:
            model = get_args(model)[0 if isinstance(step, int) else 1]
    return model


def is_section(kind: Any) -> bool:
    """Whether ``kind`` is a mapping with declared keys."""
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def keys(section: type[BaseModel]) -> dict[str, str]:
    """Keys of a section as written in the file, each with its example or default."""
    return {field.alias or name: _shown(field) for name, field in section.model_fields.items()}


def _shown(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    return str(extra["shown"]) if isinstance(extra, dict) else ""
