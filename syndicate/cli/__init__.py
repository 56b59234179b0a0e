# SPDX-License-Identifier: Apache-2.0
"""The commands: words in, words out. Everything they do, the pipeline does."""

from syndicate.cli.main import main

__all__ = ["main"]
