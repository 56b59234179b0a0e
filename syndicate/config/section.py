# SPDX-License-Identifier: Apache-2.0
"""What the sections of the configuration are made of, and what a check of one may know of the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationInfo

from syndicate.model import Licence


@dataclass(frozen=True, slots=True)
class Names:
    """What the file declares: ids that other keys may name. ``repeated`` are source ids that stand more than once.

    ``licence`` resolves a licence id; ``subject`` says what is wrong with a digest's subject, "" if nothing is.
    """

    publishers: frozenset[str]
    terms: frozenset[str]
    sources: frozenset[str]
    repeated: frozenset[str]
    licence: Callable[[str], Licence | None]
    subject: Callable[[str], str]


def names(info: ValidationInfo) -> Names:
    """What the file declares, of the validation context."""
    return cast("Names", info.context)


class Section(BaseModel):
    """A mapping of the file; other keys than those declared are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


def key(default: Any, text: str, *, shown: str = "", alias: str | None = None, checked: bool = False) -> Any:
    """A key with its ``default`` (``...`` is none) and description.

    ``shown`` is how the reference writes the default or an example; ``checked`` has the default validated as well.
    """
    extra: dict[str, JsonValue] = {"shown": shown}
    return Field(default, description=text, alias=alias, validate_default=checked or None, json_schema_extra=extra)
