# SPDX-License-Identifier: Apache-2.0
"""Reads a web page: the bytes, headers and address of an answer in, what it states of rights and origin out.

Nothing is fetched here and nothing decided. What a page says in prose goes out as notices, to be read by ``rights``.
"""

from syndicate.intake.webpage.read import About, read, read_rsl

__all__ = ["About", "read", "read_rsl"]
