# SPDX-License-Identifier: Apache-2.0
"""Terms as W3C ODRL 2.2 in JSON-LD, out and in. What ODRL has no name for stands under ``syn:``, a profile of ours.

Spec: ODRL 2.2
"""

from syndicate.rights.odrl.read import Imported, policies
from syndicate.rights.odrl.write import document

__all__ = ["Imported", "document", "policies"]
