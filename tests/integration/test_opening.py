# SPDX-License-Identifier: Apache-2.0
"""Opening an address changes nothing: mail programs, scanners and browsers open every one of them, unasked."""

from __future__ import annotations

import pytest

from tests.cases.serve.every_route import Furnished

ROUNDS = 6


@pytest.fixture(name="house")
def _house(tmp_path):
    built = Furnished(tmp_path)
    yield built
    built.app.close()


def test_opening_changes_nothing(house):
    """GET and HEAD on every route that the application has, the console's with a session: all as it was before."""
    addresses = house.addresses()
    assert set(house.routes()) <= set(addresses)
    before = house.everything()
    answers = {route: house.open(path, ROUNDS) for route, path in addresses.items()}
    assert house.everything() == before
    assert {route: found for route, found in answers.items() if found != {200}} == {"/admin": {308}}
