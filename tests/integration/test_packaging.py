# SPDX-License-Identifier: Apache-2.0
"""What is shipped to run it: units of systemd and compose files say what exists, and give away little."""

import json
import re
import shlex
import shutil
import subprocess
import tomllib

import pytest
from ruamel.yaml import YAML
from typer.main import get_command

from syndicate.cli.main import app
from syndicate.serve.metrics import metrics
from syndicate.store import Gauges

UNITS = ["syndicate.service", "syndicate-worker@.service"]
COMPOSE = ["compose.yaml", "compose.scale.yaml"]


def understood(words):
    """A command line of ours, parsed by our own commands: what it cannot be raises."""
    name, *rest = words
    command = get_command(app).commands[name]
    command.make_context(name, rest, resilient_parsing=False).close()


@pytest.mark.parametrize("unit", UNITS)
def test_units_run_commands_that_exist(repository, unit):
    """Each unit starts one of our commands, with options that it has."""
    text = (repository / "packaging/systemd" / unit).read_text()
    words = shlex.split(re.search(r"^ExecStart=(.*)$", text, re.MULTILINE)[1])
    assert words[0].endswith("/syndicate")
    understood(words[1:])


@pytest.mark.parametrize("unit", UNITS)
def test_units_name_a_page_that_is_installed(repository, unit):
    """The documentation that a unit names is a file that the package brings along."""
    text = (repository / "packaging/systemd" / unit).read_text()
    page = re.search(r"^Documentation=file:/opt/syndicate/(.*)$", text, re.MULTILINE)[1]
    wheel = tomllib.loads((repository / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    brought = {target: source for source, target in wheel["shared-data"].items()}
    assert (repository / brought[page]).is_file()
    assert all((repository / source).exists() for source in brought.values())


@pytest.mark.parametrize("unit", UNITS)
def test_units_are_sound_and_closed(repository, unit, tmp_path):
    """Systemd finds nothing to say of a unit, and calls its exposure OK, at most 2 of 10."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not here")
    text = (repository / "packaging/systemd" / unit).read_text()
    here = tmp_path / unit
    here.write_text(text.replace("/opt/syndicate/bin/syndicate", "/bin/true"))
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", here], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, unit in verified.stderr) == (0, False), verified.stderr
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", here], capture_output=True, text=True, check=False
    )
    assert float(re.search(r"exposure level for .*: ([\d.]+)", judged.stdout)[1]) <= 2.0, judged.stdout


@pytest.mark.parametrize("name", COMPOSE)
def test_compose_files_name_what_they_declare(repository, name):
    """Secrets, volumes and services that are used are declared, our commands exist, and nothing of ours runs as it likes."""
    file = YAML(typ="safe").load((repository / name).read_text())
    for service in file["services"].values():
        assert set(service.get("secrets", ())) <= set(file.get("secrets", {}))
        mounts = [mount.partition(":")[0] for mount in service.get("volumes", ())]
        assert {one for one in mounts if not one.startswith(".")} <= set(file.get("volumes") or {})
        assert set(service.get("depends_on", ())) <= set(file["services"])
        if service.get("image") == "syndicate":
            assert service["read_only"]
            assert service["cap_drop"] == ["ALL"]
            understood([str(word) for word in service.get("command", ["run"])])


def test_the_dashboard_asks_for_figures_that_exist(repository):
    """Every figure that the Grafana dashboard shows is one that /metrics has, and each of these is shown."""
    figures = Gauges({"s": 1}, 1, 1, 1, {("c", "full"): 1}, 1, 1, {"ready": 1}, 1, {"sent": 1}, 1, {("q", "todo"): 1})
    there = set(re.findall(r"^(syndicate_\w+)", metrics(figures).decode(), re.MULTILINE))
    text = (repository / "packaging/grafana/syndicate.json").read_text()
    asked = {name for panel in json.loads(text)["panels"] for t in panel["targets"] for name in _names(t["expr"])}
    assert asked == there


def _names(expression):
    return re.findall(r"syndicate_\w+", expression)
