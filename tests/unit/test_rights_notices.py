# SPDX-License-Identifier: Apache-2.0
"""Runs the case files of tests/cases/notices: notices in four languages, each with what a reader should make of it."""

import json
from pathlib import Path

import pytest

from syndicate.model import ChannelClass, Mode
from syndicate.rights.notices import Notice, read

CASES = Path(__file__).parents[1] / "cases" / "notices"
LETTERS = {mode.name[0]: mode for mode in Mode}


def cases():
    """One parameter for each case of each file."""
    for path in sorted(CASES.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
            yield pytest.param(case, id=f"{path.stem}: {case['name']}")


def notices(case):
    """The notices of a case."""
    return [Notice(place, text, form) for place, form, text in case["statements"]]


@pytest.mark.parametrize("case", list(cases()))
def test_case(case):
    """A notice is read as its case says: class, licence, modes, what stands alone, duties and facts; never wider."""
    reading, expect = read(notices(case)), case["expect"]
    modes = [LETTERS[letter] for letter in expect.get("modes", "L L L L W").split()]
    assert reading.class_ == expect.get("class", reading.class_ if "modes" in expect else "none"), reading
    assert [reading.at_most[channel] for channel in ChannelClass] == modes, reading
    assert all(reading.grants[channel] <= mode for channel, mode in zip(ChannelClass, modes, strict=True)), reading
    alone = set(expect.get("alone", "").split())
    assert set(reading.alone) == (alone if reading.grants == reading.at_most else set()), reading
    assert reading.licence == expect.get("licence", ""), reading
    assert set(expect.get("duties", "").split()) <= set(reading.duties), reading
    assert set(expect.get("prohibitions", "").split()) <= set(reading.prohibitions), reading
    facts = {key: getattr(reading, key) for key in ("contact", "holder", "embargo", "window") if key in expect}
    assert facts == {key: expect[key] for key in facts}, reading


@pytest.mark.parametrize("case", list(cases()))
def test_quotes_are_verbatim(case):
    """Every quote is a slice of a statement of its place, to the character."""
    given = notices(case)
    for quote in read(given).quotes:
        assert quote.text, quote
        assert any(quote.text in one.text for one in given if one.place == quote.place), quote


@pytest.mark.parametrize("case", list(cases()))
def test_words_never_widen_alone(case):
    """Without a licence URI no channel is opened without a person, and what is open is covered by the licence."""
    reading = read(notices(case))
    assert reading.class_ == "licence-uri" or reading.alone == ()
    assert all(reading.grants[channel] is Mode.FULL for channel in reading.alone)
