# SPDX-License-Identifier: Apache-2.0
"""Wires everything: the only place that knows every adapter, and the only one that reads the clock."""

from syndicate.app.clock import clock
from syndicate.app.opening import open_app, read_config
from syndicate.app.wiring import App

__all__ = ["App", "clock", "open_app", "read_config"]
