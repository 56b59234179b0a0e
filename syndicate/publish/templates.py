# SPDX-License-Identifier: Apache-2.0
"""The templates: where they are found and how they are rendered.

Promise: templates run in a sandbox and fail loudly. An override folder wins file by file over the packaged
``syndicate/templates``; an undefined name is an error; HTML is escaped, text is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateSyntaxError,
    select_autoescape,
)
from jinja2.sandbox import SandboxedEnvironment

from syndicate.errors import RenderError
from syndicate.publish import words

PACKAGED = Path(__file__).parent.parent / "templates"
TEMPLATE_ENDINGS = {".html", ".txt", ".css"}
REMEDY = "mend your copy of it, or take it away and the packaged one is used"


def environment(overrides: Path | None = None) -> Environment:
    """A sandboxed environment over the packaged templates; files in the folder ``overrides`` win by name."""
    folders = [overrides] if overrides else []
    loaders: list[BaseLoader] = [FileSystemLoader(folder) for folder in (*folders, PACKAGED)]
    templates = SandboxedEnvironment(
        loader=ChoiceLoader(loaders),
        autoescape=select_autoescape(enabled_extensions=("html",), default_for_string=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {
        "address": words.address,
        "day": words.day,
        "figure": words.figure,
        "href": words.href,
        "keep": words.keep,
        "listed": words.listed,
        "nbsp": words.nbsp,
        "row": words.row,
        "sentence": words.sentence,
        "wrap": words.wrap,
    }
    return templates


def render(templates: Environment, name: str, **context: object) -> str:
    """The template ``name`` with ``context``; raises RenderError, whose subject is the file that holds the fault."""
    try:
        return templates.get_template(name).render(context)
    except Exception as error:
        raise RenderError(_what(error), subject=_place(error) or _file(templates, name), remedy=REMEDY) from error


def render_line(templates: Environment, source: str, subject: str, **context: object) -> str:
    """The one-line template ``source`` (of the setting ``subject``) with ``context``, white space folded."""
    try:
        template: Template = templates.from_string(source)
        return " ".join(template.render(context).split())
    except Exception as error:
        raise RenderError(_what(error), subject=subject, remedy="mend it in the configuration") from error


def files(templates: Environment, names: Iterable[str]) -> tuple[str, ...]:
    """Which file each template comes from: an override's absolute path, or ``syndicate/templates/NAME``."""
    return tuple(_file(templates, name) for name in names)


def _file(templates: Environment, name: str) -> str:
    packaged = f"syndicate/templates/{name}"
    try:
        return _told(Path(templates.get_template(name).filename or packaged))
    except Exception:  # noqa: BLE001 - a template that does not even load still has a name to tell
        return name


def _told(file: Path) -> str:
    ours = file.is_relative_to(PACKAGED)
    return f"syndicate/templates/{file.relative_to(PACKAGED)}" if ours else str(file.absolute())


def _place(error: Exception) -> str:
    """``FILE:LINE`` of the innermost template that was at work, an included one too; "" if none was."""
    if isinstance(error, TemplateSyntaxError):
        return f"{_told(Path(error.filename))}:{error.lineno}" if error.filename else ""
    place, trace = "", error.__traceback__
    while trace:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.suffix in TEMPLATE_ENDINGS:
            place = f"{_told(file)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _what(error: Exception) -> str:
    return f"the template cannot be rendered: {type(error).__name__}: {error}"
