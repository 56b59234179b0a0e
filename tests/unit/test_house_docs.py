# SPDX-License-Identifier: Apache-2.0
"""What the pages say is so: links lead somewhere, commands exist, examples load, packages are pinned and argued."""

import os
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from syndicate.config import load

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("templates/*.md")])
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def dependencies():
    """Canonical names of all that the project asks for, at run time and for development."""
    extras = PROJECT["optional-dependencies"].values()
    asked = [Requirement(text) for text in [*PROJECT["dependencies"], *(one for extra in extras for one in extra)]]
    return {canonicalize_name(one.name) for one in asked} - {"syndicate-press"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links(page):
    """Every relative link of a page leads to a file of the checkout."""
    for target in re.findall(r"\]\((?!https?://|mailto:|#)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_readme_is_short_and_begins_with_two_commands():
    """A stranger reads two commands first, and is through in two minutes."""
    lines = README.splitlines()
    assert [line.strip() for line in lines[2:4]] == ["make demo", "make test"]
    assert len(lines) < 120


def test_readme_configuration():
    """The ten lines of configuration in the README are valid."""
    (text,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert len(load(text, licence=lambda _: None, read_file=lambda _: "").channels) == 2


def test_readme_commands():
    """Every command stands in the README."""
    from syndicate.cli.main import app

    names = [info.name or info.callback.__name__ for info in [*app.registered_commands, *app.registered_groups]]
    assert [name for name in names if f"`syndicate {name}" not in README] == []


def test_every_package_is_pinned():
    """requirements.lock has one version for each package, without paths or hosts."""
    pins = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", pin) for pin in pins)
    assert dependencies() - {canonicalize_name(pin.split("==")[0]) for pin in pins} == set()


def test_every_package_is_argued():
    """Each dependency has its line among the decisions."""
    page = (ROOT / "docs" / "adr" / "0006-dependencies.md").read_text(encoding="utf-8").lower()
    words = {name: name.removeprefix("pytest-").replace("-", "[-.]") for name in dependencies()}
    assert [name for name, word in words.items() if not re.search(rf"\b{word}\b", page)] == []


def test_make_targets():
    """Every target that a person calls is listed by ``make help``."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    described = set(re.findall(r"^([a-z]+):.*## ", text, re.MULTILINE))
    assert described == set(re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)[0].split())
    assert described >= {"help", "demo", "test", "check", "bench", "docs", "clean"}
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
