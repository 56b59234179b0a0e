# SPDX-License-Identifier: Apache-2.0
"""From an empty folder to the first digest in one's own mail, with what README and the screen say."""

from __future__ import annotations

import email
import email.policy
import re

import pytest

ME = "dana@home.example"


@pytest.fixture(name="folder")
def _folder(tmp_path, loopback, syndicate):
    """An empty folder after ``init`` and the edit that it asks for: the site, the mail server, and loopback allowed."""
    assert syndicate(tmp_path, "init").returncode == 0
    file = tmp_path / "config.yaml"
    text = file.read_text(encoding="utf-8")
    smtp = "smtp: {host: localhost, port: 25, security: none}"
    assert smtp in text
    mine = f"smtp: {{host: 127.0.0.1, port: {loopback.sink.port}, security: none}}\nnetwork: {{allow_private: true}}"
    file.write_text(text.replace(smtp, mine), encoding="utf-8")
    return tmp_path


def test_each_step_says_the_next(folder, loopback, syndicate):
    """With nothing polled every command says what is missing; then a site is added, polled, and its digest arrives."""
    assert "syndicate add ADDRESS" in syndicate(folder, "check").stdout
    for command in (["list"], ["poll"]):
        done = syndicate(folder, *command)
        assert (done.returncode, "syndicate add ADDRESS" in done.stdout) == (0, True), command
    assert syndicate(folder, "digest", "weekly", "--to", ME).stdout == (
        "weekly: nothing that it may carry has come in yet, so nothing is sent.\n"
    )
    assert "--to ADDRESS" in syndicate(folder, "digest", "weekly").stdout

    site = f"http://127.0.0.1:{loopback.world.port}/kestrel-field-notes/"
    done = syndicate(folder, "add", site, "--yes")
    assert done.returncode == 0, done.stderr
    assert "syndicate poll" in done.stdout
    assert syndicate(folder, "poll").returncode == 0
    done = syndicate(folder, "digest", "weekly", "--to", ME)
    assert (done.returncode, "accepted" in done.stdout) == (0, True), done.stdout + done.stderr
    (file,) = loopback.mail_to(ME)
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert "Kestrel Field Notes" in message.get_body(("plain",)).get_content()
    assert syndicate(folder, "verify", file).returncode == 0


def test_readme_names_the_steps(repository):
    """The commands of the first ten minutes stand in README in the order in which the test above takes them."""
    text = (repository / "README.md").read_text(encoding="utf-8")
    section = text.partition("## The first ten minutes")[2].partition("\n## ")[0]
    steps = re.findall(r"^    (?:pip|syndicate) (\w+)", section, re.MULTILINE)
    assert steps == ["install", "init", "check", "add", "terms", "poll", "digest", "run"]
