# SPDX-License-Identifier: Apache-2.0
"""The reader of prose notices: statements in, a reading with its quotes out. It suggests; it decides nothing.

Only a licence URI opens a channel without a person. Words are recognised, quoted and put before one.
"""

from syndicate.rights.notices.read import read
from syndicate.rights.notices.reading import FORMATS, PLACES, Notice, Quote, Reading
from syndicate.rights.notices.suggested import as_row

__all__ = ["FORMATS", "PLACES", "Notice", "Quote", "Reading", "as_row", "read"]
