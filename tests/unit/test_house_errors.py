# SPDX-License-Identifier: Apache-2.0
"""The one tree of errors: what they say, where they lead, and that they survive the way between processes."""

import pickle

import pytest

from syndicate import errors
from syndicate.errors import ConfigError, FetchError, ParseError, ProofError, SyndicateError
from syndicate.model import Finding

FINDING = Finding("i-1", "O1", "rss", "the credit is not there")


def tree(kind=SyndicateError):
    """The error and all below it."""
    return {kind}.union(*(tree(below) for below in kind.__subclasses__()))


def test_one_tree():
    """Every error of the module is one of ours, and names its stage and how a command ends."""
    named = {value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)}
    assert named == tree()
    assert all(kind.stage and kind.exit_code in {1, 2, 75} for kind in named)
    assert len({kind.stage for kind in named}) == len(named)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ParseError("is not a feed"), "is not a feed"),
        (ParseError("is not a feed", subject="one"), "one: is not a feed"),
        (ParseError("is not a feed", subject="one", remedy="name its feed"), "one: is not a feed; name its feed"),
        (ConfigError(["a: b", "c: d"]), "a: b\nc: d"),
        (ProofError("is not proved", [FINDING], subject="weekly"), "weekly: is not proved"),
    ],
)
def test_words(error, line):
    """An error is one line: what it happened to, what happened, what to do; a configuration has a line for each."""
    assert str(error) == line


@pytest.mark.parametrize(
    "error",
    [
        ParseError("is not a feed", subject="one", remedy="name its feed"),
        ConfigError(["a: b"]),
        FetchError("answers 503", subject="one", status=503, retry_after=60.0),
        ProofError("is not proved", [FINDING], subject="weekly", remedy="mend credit.html"),
    ],
)
def test_pickled(error):
    """An error that crosses a process border arrives whole."""
    arrived = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(arrived) is type(error)
    assert str(arrived) == str(error)
    assert vars(arrived) == vars(error)
