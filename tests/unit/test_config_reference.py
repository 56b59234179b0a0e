# SPDX-License-Identifier: Apache-2.0
"""The generated reference is complete and up to date."""

import subprocess
import sys

from syndicate.config import reference
from syndicate.config.problems import is_section, keys
from syndicate.config.schema import Channel, File, Network, Publisher, Select, Site, Smtp, Source
from syndicate.config.terms import Grant, Part, Prohibition, Terms

SECTIONS = (File, Site, Smtp, Network, Publisher, Terms, Grant, Prohibition, Part, Source, Channel, Select)


def test_up_to_date(repository):
    """docs/configuration.md is what the types say; if not: make docs."""
    assert (repository / "docs" / "configuration.md").read_text(encoding="utf-8") == reference()


def test_command():
    """``python -m syndicate.config`` prints the page."""
    command = [sys.executable, "-m", "syndicate.config"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == reference()


def test_every_key_is_described():
    """Every key of every section stands in the page, and every description is a sentence."""
    page = reference()
    for section in SECTIONS:
        assert is_section(section)
        for name in keys(section):
            assert f"| `{name}` |" in page
        assert all(str(field.description).endswith((".", "below.")) for field in section.model_fields.values())
