# SPDX-License-Identifier: Apache-2.0
"""One file for each step. A step that was ever released is never edited."""
