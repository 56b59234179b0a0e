# SPDX-License-Identifier: Apache-2.0
"""The rooms of the console, each with its address below /admin/ and what may be done there."""

from __future__ import annotations

from syndicate.serve.admin.house import Room
from syndicate.serve.admin.rooms import editions, next_edition

LOOK = ("GET",)
ACT = ("POST",)

ROOMS: tuple[tuple[str, tuple[str, ...], Room], ...] = (
    ("", LOOK, editions.all_of_them),
    ("editions", LOOK, editions.all_of_them),
    ("editions/next/{channel}", LOOK, next_edition.show),
    ("editions/next/{channel}", ACT, next_edition.act),
    ("editions/next/{channel}/{part}", LOOK, next_edition.part),
    ("editions/{edition}", LOOK, editions.one),
    ("editions/{edition}", ACT, editions.act),
    ("editions/{edition}/progress", LOOK, editions.live),
    ("editions/{edition}/{part}", LOOK, editions.part),
)
