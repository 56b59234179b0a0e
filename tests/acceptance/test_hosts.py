# SPDX-License-Identifier: Apache-2.0
"""Workers on several machines through a night of faults: nothing lost, nothing doubled beyond the bound, manners kept.

The full size is `python bench/hosts.py night`.
"""

import sys
from contextlib import ExitStack

import pytest

from tests.nights import Night, Size, troubled

SIZE = Size(sources=60, addresses=15, readers=400, cut=4, patience=240)


@pytest.mark.shared
@pytest.mark.timeout(600)
def test_a_night_of_faults(tmp_path, shared, postgresql):
    """Two kills, a cut cable, a crashed database: every mail came, all is held once, nobody was asked too early."""
    assert postgresql
    with ExitStack() as stack:
        night = Night(tmp_path, shared, SIZE, stack)
        found = troubled(night)
    sys.stdout.write(found.told())
    assert found.kept(SIZE), found
