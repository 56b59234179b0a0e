# SPDX-License-Identifier: Apache-2.0
"""The rules of the house that no linter knows, read from the syntax trees."""

import ast
import functools
import re
import statistics
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = sorted((ROOT / "syndicate").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
ALL = [*PRODUCT, *TESTS, *sorted((ROOT / "bench").rglob("*.py"))]

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
MEDIAN_FUNCTION = 10

# Who may know a library, as folder or file below syndicate/.
ONLY = {
    "feedparser": ("intake/parse.py",),
    "feedgen": ("publish/feed",),
    "sqlalchemy": ("store/",),
    "alembic": ("store/",),
    "aiosmtplib": ("deliver/",),
    "ruamel": ("config/", "demo/"),
    "apscheduler": ("schedule",),
    "procrastinate": ("store/jobs.py", "worker/"),
    "psycopg": ("store/wire.py",),
}


@functools.cache
def tree(path):
    """Syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def within(path):
    """Path below syndicate/, with forward slashes."""
    return path.relative_to(ROOT / "syndicate").as_posix()


def name(path):
    """Path below the checkout, for messages."""
    return path.relative_to(ROOT).as_posix()


def functions(path):
    """Every function and method of a file."""
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def imported(path):
    """First parts of all that a file imports."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def called(node):
    """Name of what a call calls, without what stands before the dot."""
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def test_only_the_proof_mints_verified():
    """Nobody outside the proof constructs a Verified, so nothing leaves that was not read back."""
    minted = [
        f"{name(path)}:{node.lineno}"
        for path in PRODUCT
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and called(node) == "Verified"
    ]
    assert [place for place in minted if not place.startswith("syndicate/proof/")] == []


@pytest.mark.parametrize("library", ONLY)
def test_who_knows_a_library(library):
    """Each library with sharp edges is known to one place alone."""
    knowing = [within(path) for path in PRODUCT if library in imported(path)]
    assert [path for path in knowing if not path.startswith(ONLY[library])] == []


def test_licence_line_and_docstring():
    """Every file names its licence in line one, and says what it promises."""
    for path in ALL:
        assert path.read_text(encoding="utf-8").startswith("# SPDX-License-Identifier: Apache-2.0\n"), name(path)
        assert ast.get_docstring(tree(path)), f"{name(path)} has no docstring"


def test_tests_say_what_they_prove():
    """Every test has a docstring that is a sentence."""
    for path in TESTS:
        for function in functions(path):
            if function.name.startswith("test_"):
                assert re.search(r"[.?:]$", ast.get_docstring(function) or ""), f"{name(path)}: {function.name}"


def test_files_are_short():
    """No file passes the length at which it asks to be split."""
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in ALL}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_functions_are_short():
    """No function of the product is long, and the median one is short."""
    lengths = {
        f"{name(path)}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in PRODUCT
        for node in functions(path)
    }
    assert {place: length for place, length in lengths.items() if length > LONGEST_FUNCTION} == {}
    assert statistics.median(lengths.values()) < MEDIAN_FUNCTION


def test_exceptions_are_argued():
    """Whoever silences a check says why, in the same line."""
    silenced = re.compile(r"#\s*(?:noqa|type: ignore|pragma: no cover|pragma: no branch)(?P<why>.*)$")
    for path in PRODUCT:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = silenced.search(line)
            why = re.sub(r"^(?::? ?[A-Z]+[0-9]+,?)+|^\[[a-z,-]+\]", "", found["why"]) if found else "no exception"
            assert re.search(r"[a-z]{2}", why), f"{name(path)}:{number} does not say why"


def sleeping(node):
    """Lines that sleep, other than in a loop that asks again until something has happened; ``sleep(0)`` only yields."""
    if isinstance(node, ast.Call) and called(node) == "sleep" and ast.unparse(node.args[0]) != "0":
        yield node.lineno
    if not isinstance(node, ast.While):
        for inner in ast.iter_child_nodes(node):
            yield from sleeping(inner)


def test_no_mocks_and_no_sleeps():
    """Tests run the real thing and wait for events, not for time."""
    for path in TESTS:
        assert "mock" not in set(imported(path)), name(path)
        assert list(sleeping(tree(path))) == [], f"{name(path)} sleeps"
