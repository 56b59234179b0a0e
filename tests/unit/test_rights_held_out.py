# SPDX-License-Identifier: Apache-2.0
"""Runs the sets of tests/cases/notices/held-out: each was written before the recogniser of its time had read it."""

import json
from pathlib import Path

import pytest

from syndicate.model import ChannelClass, Mode
from syndicate.rights.notices import Notice, read

SETS = Path(__file__).parents[1] / "cases" / "notices" / "held-out"
LETTERS = {mode.name[0]: mode for mode in Mode}
AT_LEAST = {"first": 0.97, "second": 1.0, "third": 0.88, "fourth": 0.96, "fifth": 0.8}
"""The share of the channels that a set opens in full which is suggested."""


def cases():
    """One parameter for each notice of each set."""
    for name in AT_LEAST:
        for case in json.loads((SETS / f"{name}.json").read_text(encoding="utf-8"))["cases"]:
            yield pytest.param(*case, id=f"{name}: {case[-1][:60]}")


@pytest.mark.parametrize(("language", "place", "form", "modes", "text"), list(cases()))
def test_nothing_is_wider_than_a_person_reads(language, place, form, modes, text):
    """No channel is suggested in full that the notice does not open; what is not understood is told and is verbatim."""
    reading = read([Notice(place, text, form)])
    for channel, letter in zip(ChannelClass, modes.split(), strict=True):
        assert reading.grants[channel] is not Mode.FULL or letter == "F", (language, reading)
    assert all(quote.text in text for quote in reading.not_understood)
    if reading.not_understood:
        assert Mode.FULL not in reading.grants.values()
        assert reading.alone == ()


@pytest.mark.parametrize("name", AT_LEAST)
def test_what_is_plain_is_suggested(name):
    """Of the channels that the notices of a set open in full the stated share is suggested."""
    wanted = found = 0
    for _, place, form, modes, text in json.loads((SETS / f"{name}.json").read_text(encoding="utf-8"))["cases"]:
        grants = read([Notice(place, text, form)]).grants
        for channel, letter in zip(ChannelClass, modes.split(), strict=True):
            wanted += letter == "F"
            found += letter == "F" and grants[channel] is Mode.FULL
    assert found >= AT_LEAST[name] * wanted
