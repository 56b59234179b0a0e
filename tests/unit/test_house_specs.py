# SPDX-License-Identifier: Apache-2.0
"""Code that cites its law, and the table of laws, agree."""

import csv
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "specs.tsv"
CITED = re.compile(r"\b(?:Spec: (?P<spec>.+)|Terms: (?P<terms>T\d+))")
SECTION = re.compile(r"(?:,|, and| and)? (?P<section>\d+(?:\.\d+)*)(?!\w)")
STATUS = {"held", "in part"}


def rows():
    """The table, as (specification, section, module) with the status of each."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file, delimiter="\t"))
    return {(row["spec"], row["section"], row["module"]): row["status"] for row in read}


def split(text, known):
    """The (specification, section) pairs in what follows ``Spec:``; [] if it begins with none that is known."""
    spec = max((name for name in known if text.startswith(name)), key=len, default="")
    if not spec:
        return []
    rest = text[len(spec) :]
    found = []
    while section := SECTION.match(rest):
        found.append((spec, section["section"]))
        rest = rest[section.end() :]
    following = re.match(r"(?:,|, and| and|;) (?=\S)", rest)
    return (found or [(spec, "")]) + (split(rest[following.end() :], known) if following else [])


def citations(known):
    """Every (specification, section, module) that the code cites, and the citations that name nothing known."""
    pairs, unknown = set(), []
    for path in sorted((ROOT / "syndicate").rglob("*.py")):
        module = path.relative_to(ROOT / "syndicate").as_posix().removesuffix(".py")
        for found in CITED.finditer(path.read_text(encoding="utf-8")):
            cited = [("Terms", found["terms"])] if found["terms"] else split(found["spec"], known)
            pairs.update((spec, section, module) for spec, section in cited)
            if not cited:
                unknown.append(f"{module}: {found['spec']}")
    return pairs, unknown


def lines(pairs):
    """Rows as they belong into the table."""
    return "\n".join(f"{spec}\t{section}\theld\t{module}" for spec, section, module in sorted(pairs))


def test_table_and_code_agree():
    """Every reference in the code stands in docs/specs.tsv, and every row of it is cited by its module."""
    listed = rows()
    cited, unknown = citations({spec for spec, _, _ in listed})
    assert unknown == [], "docs/specs.tsv knows no such specification; add a row for it (the name as cited)"
    assert not cited - set(listed), f"add to docs/specs.tsv:\n{lines(cited - set(listed))}"
    assert not set(listed) - cited, f"no longer cited; remove from docs/specs.tsv:\n{lines(set(listed) - cited)}"


def test_table_is_tidy():
    """Rows are sorted, none stands twice, and each has a status that we use."""
    read = TABLE.read_text(encoding="utf-8").splitlines()
    assert read[0] == "spec\tsection\tstatus\tmodule"
    assert read[1:] == sorted(set(read[1:]))
    assert set(rows().values()) <= STATUS
