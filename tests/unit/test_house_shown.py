# SPDX-License-Identifier: Apache-2.0
"""What we claim of the engine of rights is shown: each clause names tests, and the tests are there."""

import ast
import json
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
CLAUSES = json.loads((TESTS / "cases/rights/shown.json").read_text(encoding="utf-8"))["clauses"]


@cache
def named_in(path):
    """The tests that a file has."""
    tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize("clause", CLAUSES)
def test_each_clause_is_shown(clause):
    """Every test that a clause names exists."""
    assert CLAUSES[clause]
    for named in CLAUSES[clause]:
        path, _, name = named.partition("::")
        assert name in named_in(path), named
