# SPDX-License-Identifier: Apache-2.0
"""Decided entries in, finished bytes out: feeds, digests and pages, every credit worded by one pair of templates.

Everything here is pure: the same values give the same bytes.
"""
