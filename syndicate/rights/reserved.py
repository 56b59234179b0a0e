# SPDX-License-Identifier: Apache-2.0
"""Whether words reserve all rights, in the languages of refusals.json."""

import json
import re
import unicodedata
from importlib.resources import files

_REFUSALS = json.loads(files("syndicate.rights").joinpath("refusals.json").read_text(encoding="utf-8"))
_ALL_RESERVED = re.compile("|".join(_REFUSALS["patterns"].values()))


def reserves_all(text: str) -> bool:
    """True if the text says "all rights reserved" in one of some thirty languages.

    "No rights reserved", "some rights reserved" and "not all rights reserved" are something else.
    """
    return bool(_ALL_RESERVED.search(" ".join(unicodedata.normalize("NFKC", text).casefold().split())))
