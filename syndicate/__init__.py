# SPDX-License-Identifier: Apache-2.0
"""Republish other people's articles by their own terms, and prove it before anything leaves."""

__version__ = "0.1.0"
