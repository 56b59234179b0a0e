# SPDX-License-Identifier: Apache-2.0
"""Intake: from a source's address to items. Fetch, parse, normalise; nothing here judges rights."""
