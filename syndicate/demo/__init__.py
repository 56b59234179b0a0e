# SPDX-License-Identifier: Apache-2.0
"""A small world on the loopback address: publishers to poll, a mail server to post to, and a configuration for both."""

from syndicate.demo.config import demo_config, readers
from syndicate.demo.publishers import BROKEN, HOST, World, world
from syndicate.demo.sink import Received, Sink, sink

__all__ = ["BROKEN", "HOST", "Received", "Sink", "World", "demo_config", "readers", "sink", "world"]
