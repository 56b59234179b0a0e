# SPDX-License-Identifier: Apache-2.0
"""``python -m syndicate.config`` prints docs/configuration.md."""

import sys

from syndicate.config.reference import reference

sys.stdout.write(reference())
