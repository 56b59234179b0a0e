# SPDX-License-Identifier: Apache-2.0
"""The web: finished feeds, pages, and links in mail. It calls, and holds no rules."""
