# SPDX-License-Identifier: Apache-2.0
"""Every token of the style sheet has its value for light and for dark before the proof reads a page with it."""

from __future__ import annotations

from syndicate.publish.page import render_style
from syndicate.publish.page_style import settled
from syndicate.publish.templates import environment

SHEET = """:root { --ink: black; --rule: 1px; }
@media (prefers-color-scheme: dark) { :root { --ink: white; } }
p { color: var(--ink); margin: var(--rule); }
@media print {
  p { color: var(--ink); }
}
"""


def test_tokens_have_their_value_in_each_scheme():
    """In dark a token is what the dark palette says, else what the light one says; print is the paper's affair."""
    light, dark = settled(SHEET).split("@media (prefers-color-scheme: dark)")
    assert "p { color: black; margin: 1px; }" in light
    assert "p { color: white; margin: 1px; }" in dark
    assert "print" not in light + dark


def test_the_later_palette_wins():
    """A house palette below ours holds in both schemes, as it does in a browser; one under a condition is left alone."""
    more = "@media (prefers-contrast: more) { :root { --rule: 2px; } }\n"
    light, dark = settled(f"{SHEET}:root {{ --ink: silver; }}\n{more}").split("@media (prefers-color-scheme: dark)")
    assert "p { color: silver; margin: 1px; }" in light
    assert "p { color: silver; margin: 1px; }" in dark
    assert more in light


def test_no_token_is_left_in_our_own_sheet():
    """The packaged sheet needs nothing that is not in its palettes."""
    css = settled(render_style(environment()).decode())
    assert "var(" not in css
    assert css.count("{") == css.count("}")


def test_a_sheet_without_palettes_stays_as_it_is():
    """An operator's sheet that is built otherwise is read as it stands."""
    for css in ("p { color: black; }", ":root { --ink: black; }", SHEET.partition("\n")[2]):
        assert settled(css) == css
