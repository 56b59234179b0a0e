# SPDX-License-Identifier: Apache-2.0
"""The settings that were made, each with where."""

from syndicate.config.listing import HIDDEN, settings

TEXT = """
site:
  name: Riverside Bulletin
  republisher: [nonprofit, newsroom]
smtp: {username: mail, password: hush}
sources:
  - {id: south, url: https://south.example/feed}
channels: {}
terms:
"""


def test_settings_with_their_origin():
    """Values of the file by line, those of the environment by variable; a password is named and not shown."""
    env = {"SYNDICATE_SMTP__PORT": "587", "SYNDICATE_SITE__NAME_FILE": "name.txt"}
    found = {one.key: (one.value, one.origin) for one in settings(TEXT, "config.yaml", env, lambda _: "The Bulletin\n")}
    assert found == {
        "site.name": ("The Bulletin", "SYNDICATE_SITE__NAME_FILE"),
        "site.republisher": ("nonprofit, newsroom", "config.yaml, line 4"),
        "smtp.username": ("mail", "config.yaml, line 5"),
        "smtp.password": (HIDDEN, "config.yaml, line 5"),
        "smtp.port": ("587", "SYNDICATE_SMTP__PORT"),
        "sources.0.id": ("south", "config.yaml, line 7"),
        "sources.0.url": ("https://south.example/feed", "config.yaml, line 7"),
        "channels": ("{}", "config.yaml, line 8"),
        "terms": ("", "config.yaml, line 9"),
    }


def test_nothing_that_opens_a_door_is_shown():
    """Passwords of any server, keys, and a password inside an address are named and not shown; ports and names are."""
    text = """
console: {metrics_key: hush}
delivery: {returns: {imap_password: hush}, dkim: {key_file: dkim.pem}}
database: postgresql://reader:hush@db.example:5432/news
site: {url: "https://own.example:8443/@news"}
"""
    found = {one.key: one.value for one in settings(text, "config.yaml", {}, lambda _: "")}
    assert found == {
        "console.metrics_key": HIDDEN,
        "delivery.returns.imap_password": HIDDEN,
        "delivery.dkim.key_file": "dkim.pem",
        "database": f"postgresql://reader:{HIDDEN}@db.example:5432/news",
        "site.url": "https://own.example:8443/@news",
    }
