# SPDX-License-Identifier: Apache-2.0
"""The subject of a digest: a template of one line, which is tried before it is needed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from jinja2 import Environment, TemplateError, meta

from syndicate.errors import RenderError
from syndicate.model import Channel, ChannelKind, Medium, Purpose, Site
from syndicate.publish.clean import clean
from syndicate.publish.credit import local
from syndicate.publish.templates import environment, render_line
from syndicate.publish.words import listed, weekday

USUAL = "{{ site.name }}, {{ date }}"
MAY_NAME = ("site", "channel", "date", "count")
_SITE = Site("A site", "https://site.example", "editor@site.example")
_CHANNEL = Channel("weekly", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY, title="A digest")
_NOW = datetime(2026, 11, 23, tzinfo=UTC)
_OURS = re.compile(r"'syndicate\.[\w.]*\.(\w+) object'")  # operators know the name, not where our code keeps it


def subject_line(channel: Channel, site: Site, now: datetime, count: int, templates: Environment) -> str:
    """The subject of a digest of ``count`` items. Raises RenderError."""
    line = render_line(
        templates,
        channel.subject or USUAL,
        f"channels.{channel.id}.subject",
        site=site,
        channel=channel,
        date=weekday(local(now, site)),
        count=count,
    )
    return clean(line)


def fault(source: str) -> str:
    """What is wrong with a subject, in words that follow on it; "" if it can be used."""
    templates = environment()
    try:
        strange = meta.find_undeclared_variables(templates.parse(source)) - {*MAY_NAME}
    except TemplateError as error:
        return f"is no template: {error}"
    if strange:
        return f"names {listed(sorted(strange))}; it may name {listed(MAY_NAME)}"
    try:
        lines = [subject_line(replace(_CHANNEL, subject=source), _SITE, _NOW, count, templates) for count in (1, 2)]
    except RenderError as error:
        return f"cannot be used: {_OURS.sub(lambda found: found[1].lower(), str(error.__cause__))}"
    return "" if all(lines) else "says nothing; write a line of text"
