# SPDX-License-Identifier: Apache-2.0
"""Delivery: finished bytes to the relay (``smtp``) and into files (``files``). Knows no items, terms or subscribers."""
