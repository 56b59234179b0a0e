# SPDX-License-Identifier: Apache-2.0
"""The options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ConfigPath = Annotated[Path, typer.Option("-c", "--config", help="The configuration file.", show_default=True)]
DEFAULT = Path("config.yaml")
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
By = Annotated[str, typer.Option(help="Who records it; default: your login name.")]
