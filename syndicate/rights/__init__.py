# SPDX-License-Identifier: Apache-2.0
"""Whose an item is and what its terms allow: evidence in, chains and decisions out.

Everything here is pure and total: it takes values and returns values, reads no clock and raises for no input.
"""
