# SPDX-License-Identifier: Apache-2.0
"""Configuration: text in, one frozen ``Config`` out, or every mistake at once with its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from syndicate.config import values
from syndicate.config.build import Config, Smtp, build, joined
from syndicate.config.document import Document, Value, read_document
from syndicate.config.environment import overlay
from syndicate.config.problems import lines
from syndicate.config.records import records
from syndicate.config.reference import reference
from syndicate.config.schema import File
from syndicate.config.section import Names, Section
from syndicate.config.starter import starter
from syndicate.config.terms import Terms
from syndicate.errors import ConfigError, UsageError
from syndicate.model import Licence, Record, Source

__all__ = ["Config", "Smtp", "duration", "identifier", "joined", "load", "reference", "starter", "statement"]

_S = TypeVar("_S", bound=Section)
_T = TypeVar("_T")
_KEY_OF_CHANNEL = 3  # channels, its id, the key


def load(
    text: str,
    *,
    licence: Callable[[str], Licence | None],
    read_file: Callable[[str], str],
    subject: Callable[[str], str] = lambda _: "",
    added: Callable[[str], Sequence[Source]] = lambda _: (),
    name: str = "config.yaml",
    env: Mapping[str, str] = MappingProxyType({}),
    against: Callable[[Config], Sequence[str]] = lambda _: (),
) -> Config:
    """Configuration in the YAML ``text`` of the file ``name``, with the ``SYNDICATE_`` variables of ``env`` over it.

    ``licence`` resolves a licence id; ``read_file`` returns the text of a file that a ``..._FILE`` variable names and
    may raise OSError or ValueError; ``subject`` says what is wrong with a digest's subject, in words that follow on it,
    "" if nothing is; ``added`` gives the sources that were added to the database of that address, which count like
    those of the file; ``against`` says, a line each, which sources and channels of a valid file contradict each other.
    Raises ConfigError with every problem that was found.
    """
    document = read_document(text, name)
    overlay(document, env, read_file, top=frozenset(File.model_fields))
    more = added(str(document.data.get("database") or File.model_fields["database"].default))
    known = _names(document.data, licence, subject, more)
    file, error = _check(document, File, known)
    wrong = lines(document, error, File)
    if error:  # what remains without the faulty keys of channels may hold a contradiction besides
        file = _without(document, error, known)
    config = build(file, licence, more) if file else None
    wrong += against(config) if config else ()
    if config is None or wrong:
        raise ConfigError(wrong)
    return config


def _without(document: Document, error: ValidationError, known: Names) -> File | None:
    """The file without the keys of its channels that were refused; None if it is not valid without them either."""
    paths = [detail["loc"] for detail in error.errors(include_url=False)]
    data = deepcopy(document.data)
    for path in paths:
        if len(path) != _KEY_OF_CHANNEL or path[0] != "channels" or path[2] == "[key]":
            return None
        channel: Any = data["channels"]
        channel[path[1]].pop(path[2], None)
    try:
        return File.model_validate(data, context=known)
    except ValidationError:
        return None


def statement(text: str, *, licence: Callable[[str], Licence | None], name: str) -> tuple[Record, ...]:
    """The records of a statement of terms alone, in YAML or JSON with the keys of one entry of ``terms``.

    The key of the first is "", those of sections are ".sections.NAME". Raises ConfigError with every problem, each with
    its place in ``name``.
    """
    document = read_document(text, name)
    terms, error = _check(document, Terms, _names(document.data, licence, str))
    if terms is None or document.problems:
        raise ConfigError(lines(document, error, Terms))
    return records("", terms, licence)


def duration(text: str) -> int:
    """The seconds of a duration as keys write it: ``30m``. Raises UsageError."""
    return _value(_DURATION, text)


def identifier(text: str) -> str:
    """An id as keys write it. Raises UsageError."""
    return _value(_IDENTIFIER, text)


_DURATION: TypeAdapter[int] = TypeAdapter(values.Duration)
_IDENTIFIER: TypeAdapter[str] = TypeAdapter(values.Identifier)


def _value(of: TypeAdapter[_T], text: str) -> _T:
    try:
        return of.validate_python(text)
    except ValidationError as error:
        raise UsageError(error.errors()[0]["msg"], subject=repr(text)) from error


def _check(document: Document, section: type[_S], names: Names) -> tuple[_S | None, ValidationError | None]:
    try:
        return section.model_validate(document.data, context=names), None
    except ValidationError as error:
        return None, error


def _names(
    data: Mapping[str, Value],
    licence: Callable[[str], Licence | None],
    subject: Callable[[str], str],
    added: Sequence[Source] = (),
) -> Names:
    """What the file declares, read before anything is checked: broken entries are declared too."""
    ids = Counter(_source_ids(data.get("sources")))
    return Names(
        publishers=_keys(data.get("publishers")),
        terms=_keys(data.get("terms")),
        sources=frozenset([*ids, *(source.id for source in added)]),
        repeated=frozenset(name for name, count in ids.items() if count > 1),
        licence=licence,
        subject=subject,
    )


def _keys(value: Value) -> frozenset[str]:
    return frozenset(value if isinstance(value, dict) else ())


def _source_ids(value: Value) -> list[str]:
    entries = value if isinstance(value, list) else []
    return [str(entry["id"]) for entry in entries if isinstance(entry, dict) and entry.get("id")]
