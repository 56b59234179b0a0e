# SPDX-License-Identifier: Apache-2.0
"""What all tests may ask for."""

from pathlib import Path

import pytest
from hypothesis import settings

from tests.databases import POSTGRESQL, SQLITE, databases

# How long an example takes says how busy the machine is.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """The neighbouring folder of shared data; skips the test where there is none."""
    folder = REPOSITORY.parent / "shared"
    if not (folder / "corpus").is_dir():
        pytest.skip("no folder of shared data beside the checkout")
    return folder


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def each_database(request):
    """The test runs once on each kind of database: what ``databases.url`` names is of that kind."""
    databases.use(request.param)
    yield request.param
    databases.clear()


@pytest.fixture
def postgresql():
    """The test runs on PostgreSQL: what ``databases.url`` names is on this server."""
    databases.use(POSTGRESQL)
    yield databases.server
    databases.clear()


def pytest_sessionfinish():
    """The server, if any test asked for one, ends with the tests."""
    if databases.server:
        databases.server.stop()
