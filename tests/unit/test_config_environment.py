# SPDX-License-Identifier: Apache-2.0
"""Environment variables lie over the file."""

import pytest

from syndicate.config import load
from syndicate.errors import ConfigError

TEXT = """\
site: {name: B, url: https://b.example, contact: ed@b.example}
publishers: {south-desk: {name: South}}
sources: [{id: one, url: https://south.example/1, publisher: south-desk}]
network:
"""
TOP = "allowed: channels, console, database, delivery, log, network, output, publishers, site, smtp, sources, terms"
FILES = {"/run/secret": "hush\n"}


def read_file(path):
    """A disk with one file."""
    if path not in FILES:
        raise FileNotFoundError(2, "No such file or directory", path)
    return FILES[path]


def read(**env):
    """Configuration of TEXT under ``env``."""
    return load(
        TEXT, licence=lambda _: None, read_file=read_file, env=env | {"SYNDICATE_NETWORK__ALLOW_PRIVATE": "yes"}
    )


def problems(**env):
    """Lines about TEXT under ``env``."""
    with pytest.raises(ConfigError) as caught:
        read(**env)
    return list(caught.value.problems)


def test_values():
    """Any value can be set: of the first level, nested, in a list, in a mapping with free keys, as a list."""
    config = read(
        SYNDICATE_DATABASE="postgresql://user@host/db",
        SYNDICATE_SMTP__USERNAME="u",
        SYNDICATE_SMTP__PASSWORD_FILE="/run/secret",
        SYNDICATE_SOURCES__0__EVERY="5m",
        SYNDICATE_PUBLISHERS__SOUTH_DESK__NAME="South, renamed",
        SYNDICATE_CHANNELS__NEWS__KIND="feed",
        SYNDICATE_CHANNELS__NEWS__FORMATS="rss, json,",
    )
    assert config.network.allow_private is True
    assert config.database == "postgresql://user@host/db"
    assert (config.smtp.username, config.smtp.password) == ("u", "hush")
    assert config.sources[0].every == 300
    assert config.publishers["south-desk"].name == "South, renamed"
    assert config.channels[0].formats == ("rss", "json")


def test_foreign_variables():
    """Variables that a container platform sets for a service of our name are not ours."""
    assert read(SYNDICATE_PORT="tcp://10.0.0.1:80", SYNDICATE_SERVICE_HOST="10.0.0.1", PATH="/bin").sources


def test_mistakes_name_the_variable():
    """A wrong value, an unknown key and a near miss are told with the variable that caused them."""
    assert problems(SYNDICATE_SMTP__PORT="x", SYNDICATE_SMPT__PORT="25", SYNDICATE_DATABSE="x") == [
        f"SYNDICATE_DATABSE: databse: unknown key; {TOP}; did you mean 'database'?",
        f"SYNDICATE_SMPT__PORT: smpt: unknown key; {TOP}; did you mean 'smtp'?",
        "SYNDICATE_SMTP__PORT: smtp.port: 'x' is not a whole number; write figures alone",
    ]


def test_no_such_place():
    """A variable that names something inside a value, or an entry that a list does not have, is told."""
    cure = "correct the name of the variable"
    assert problems(SYNDICATE_SITE__NAME__FIRST="x", SYNDICATE_SOURCES__1__ID="x", SYNDICATE_SOURCES__ONE__ID="x") == [
        f"SYNDICATE_SITE__NAME__FIRST: site.name: there is no 'first' in it: it is one value; {cure}",
        f"SYNDICATE_SOURCES__1__ID: sources: there is no '1' in it: it is a list of 1; {cure}",
        f"SYNDICATE_SOURCES__ONE__ID: sources: there is no 'one' in it: it is a list of 1; {cure}",
    ]


def test_files():
    """A file that cannot be read, and a value given twice, are told; the value itself is not shown."""
    assert problems(SYNDICATE_SMTP__PASSWORD_FILE="/run/none") == [
        "SYNDICATE_SMTP__PASSWORD_FILE: cannot read '/run/none': No such file or directory; name a text file"
    ]
    assert problems(SYNDICATE_SMTP__PASSWORD_FILE="/run/secret", SYNDICATE_SMTP__PASSWORD="hush") == [
        "SYNDICATE_SMTP__PASSWORD: smtp.password: a password alone is no login; set username too",
        "SYNDICATE_SMTP__PASSWORD_FILE: SYNDICATE_SMTP__PASSWORD is set too; keep one of the two",
    ]
