# SPDX-License-Identifier: Apache-2.0
"""The licence table: ids, addresses in all their spellings, and the rows beside the shared reference table."""

import json
import re
from pathlib import Path

import pytest

from syndicate.model import ChannelClass, Mode
from syndicate.rights.licences import ALL_RIGHTS_RESERVED, IDS, NOTHING_STATED, UNSPECIFIED, by_id, by_url

SHARED = Path(__file__).parents[2].parent / "shared" / "terms" / "licences.json"
CC = "https://creativecommons.org/"


@pytest.mark.parametrize(
    ("url", "id_", "name", "canonical"),
    [
        (
            "https://creativecommons.org/licenses/by-nc-nd/4.0/",
            "CC-BY-NC-ND-4.0",
            "CC BY-NC-ND 4.0",
            "licenses/by-nc-nd/4.0/",
        ),
        (
            "http://www.CreativeCommons.org/Licenses/BY/3.0/IGO",
            "CC-BY-3.0-IGO",
            "CC BY 3.0 IGO",
            "licenses/by/3.0/igo/",
        ),
        (
            "https://creativecommons.org/licenses/by/3.0/de/deed.en?x=1#y",
            "CC-BY-3.0-DE",
            "CC BY 3.0 DE",
            "licenses/by/3.0/de/",
        ),
        (
            "https://creativecommons.org/licenses/by/3.0/fr/",
            "LicenseRef-CC-BY-3.0-FR",
            "CC BY 3.0 FR",
            "licenses/by/3.0/fr/",
        ),
        ("https://creativecommons.org/publicdomain/zero/1.0/legalcode", "CC0-1.0", "CC0 1.0", "publicdomain/zero/1.0/"),
        (
            "https://creativecommons.org/publicdomain/mark/1.0/rdf",
            "CC-PDM-1.0",
            "Public Domain Mark 1.0",
            "publicdomain/mark/1.0/",
        ),
        (
            "http://creativecommons.org/licenses/publicdomain/",
            "CC-PDDC",
            "Public Domain Certification 1.0",
            "publicdomain/certification/1.0/us/",
        ),
        (
            "https://creativecommons.org/licenses/by-nc-nd/1.0/",
            "CC-BY-NC-ND-1.0",
            "CC BY-ND-NC 1.0",
            "licenses/by-nd-nc/1.0/",
        ),
        (
            "https://creativecommons.org/licenses/by-nd-nc/4.0/legalcode.de",
            "CC-BY-NC-ND-4.0",
            "CC BY-NC-ND 4.0",
            "licenses/by-nc-nd/4.0/",
        ),
        (
            "https://creativecommons.org/licenses/sampling%2B/1.0/br/",
            "LicenseRef-CC-SAMPLING-PLUS-1.0-BR",
            "CC Sampling+ 1.0 BR",
            "licenses/sampling+/1.0/br/",
        ),
        ("https://spdx.org/licenses/cc-by-4.0.html", "CC-BY-4.0", "CC BY 4.0", "licenses/by/4.0/"),
        (
            " https://creativecommons.org:443//licenses/by-sa/2.5/scotland/index.html ",
            "LicenseRef-CC-BY-SA-2.5-SCOTLAND",
            "CC BY-SA 2.5 SCOTLAND",
            "licenses/by-sa/2.5/scotland/",
        ),
    ],
)
def test_by_url(url, id_, name, canonical):
    """Every spelling of an address finds its licence, with short name and canonical address."""
    licence = by_url(url)
    assert licence is not None
    assert (licence.id, licence.name, licence.url) == (id_, name, CC + canonical)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "CC BY 4.0",
        "ftp://creativecommons.org/licenses/by/4.0/",
        "https://creativecommons.org",
        "https://creativecommons.org/deed.en",
        "https://creativecommons.org/licenses/by/",
        "https://creativecommons.org/licenses/by/4.0/de/",
        "https://creativecommons.org/licenses/by/2.1/",
        "https://creativecommons.org/licenses/by-by/4.0/",
        "https://creativecommons.org/licenses/by/4.0/x/deed",
        "https://creativecommons.example/licenses/by/4.0/",
        "https://creativecommons.org.example/licenses/by/4.0/",
        "https://i.creativecommons.org/l/by/4.0/88x31.png",
        "https://licensebuttons.net/l/by/4.0/88x31.png",
        "https://spdx.org/licenses/",
        "https://spdx.org/licenses/GPL-3.0",
        "http://[::bad",
    ],
)
def test_unknown_url(url):
    """No version, an unknown jurisdiction, badges, other hosts and nonsense name no licence."""
    assert by_url(url) is None


def test_by_id():
    """Ids are found in any case, ours included; others are not guessed."""
    assert by_id(" cc-by-nc-nd-4.0 ") is by_url(CC + "licenses/by-nc-nd/4.0/")
    assert by_id("ALL-RIGHTS-RESERVED") is ALL_RIGHTS_RESERVED
    assert by_id("LicenseRef-commercial") is None
    assert by_id("us-government-work").modes[ChannelClass.PRINT] is Mode.FULL


@pytest.mark.parametrize("licence", [ALL_RIGHTS_RESERVED, NOTHING_STATED, UNSPECIFIED])
def test_nothing_granted(licence):
    """Where nothing is granted a link remains, and nothing in print."""
    assert [licence.modes[c] for c in ChannelClass] == [Mode.LINK] * 4 + [Mode.WITHHOLD]


@pytest.mark.parametrize(
    ("id_", "modes", "if_free", "excerpt"),
    [
        ("CC-BY-4.0", "FFFFF", False, "verbatim_part"),
        ("CC-BY-SA-3.0", "FFFFF", False, "adaptation"),
        ("CC-BY-ND-3.0", "FFFFF", False, "publisher_rule_only"),
        ("CC-BY-NC-ND-4.0", "FLFLF", True, "verbatim_part"),
        ("CC-BY-NC-SA-2.0-DE", "FLFLF", True, "adaptation"),
        ("LicenseRef-CC-NC-SAMPLING-PLUS-1.0", "FLFLF", True, "none"),
        ("LicenseRef-CC-DEVNATIONS-2.0", "LLLLW", False, "none"),
        ("CC0-1.0", "FFFFF", False, "free"),
    ],
)
def test_rows(id_, modes, if_free, excerpt):
    """A sample of the table has the modes, the print rule and the excerpt rule of its letters and version."""
    licence = by_id(id_)
    assert "".join(licence.modes[c].name[0] for c in ChannelClass) == modes
    assert (licence.print_if_free, licence.excerpt) == (if_free, excerpt)


def test_letters_and_duties_agree():
    """Letters, duties and classes agree with each other in every row."""
    for licence in map(by_id, IDS):
        assert ("O6" in licence.duties, "O7" in licence.duties) == (licence.nd, licence.nc)
        assert not licence.nc or licence.modes[ChannelClass.COMMERCIAL_WEB] is Mode.LINK
        assert not set(licence.duties) & set(licence.house_duties)
        assert by_id(licence.id) is licence
        assert not licence.url or by_url(licence.url) is licence


@pytest.fixture(scope="module")
def reference():
    """The shared reference table."""
    if not SHARED.exists():
        pytest.skip("the shared folder is not beside this checkout")
    return json.loads(SHARED.read_text(encoding="utf-8"))


def texts(row):
    """(canonical address, id) of every text of a reference row."""
    if row["family"] == "publicdomain" or row["scope"] != "port":
        return [(row["url"], row["id"])]
    return [
        (row["url"].format(jurisdiction=j), row["spdx_ports"].get(j) or row["id"].replace("{J}", j.upper()))
        for j in row["jurisdictions"]
    ]


@pytest.mark.shared
def test_against_reference(reference):
    """All rows of the reference, all canonical addresses and their variants give the same licence as here."""
    urls = [(url, id_, row) for row in reference["licences"] for url, id_ in texts(row)]
    assert (len(reference["licences"]), len(urls)) == (91, 639)
    for url, id_, row in urls:
        licence = by_url(url)
        assert licence.url == url
        assert licence.id == id_
        assert_row(licence, row)
        for form in variants(url):
            assert by_url(form) is licence, form
    for row in reference["other"]:
        if row["modes"]:
            assert_row(by_id(row["id"]), row)


def assert_row(licence, row):
    """A licence here says what a reference row says."""
    assert {c.value: m.name[0] for c, m in licence.modes.items()} == row["modes"]
    assert (licence.excerpt, list(licence.duties), list(licence.house_duties)) == (
        row["excerpt"],
        row["duties"],
        row["house_duties"],
    )
    assert licence.print_if_free == row.get("print_if_free", False)
    assert [getattr(licence, k) for k in ("by", "nc", "nd", "sa")] == [
        row.get(k, False) for k in ("by", "nc", "nd", "sa")
    ]


def variants(url):
    """Spellings of a canonical address that are seen in the wild."""
    path = re.sub(r"/licenses/([a-z-]+)/", lambda m: f"/licenses/{'-'.join(reversed(m[1].split('-')))}/", url)
    return (
        url.replace("https", "http").rstrip("/"),
        url.upper().replace("HTTPS", "https"),
        url + "deed.en",
        url + "legalcode.de?x=1#y",
        url + "legalcode.txt",
        url + "legalcode-plain",
        url + "rdf",
        url + "index.html",
        url.replace("://", "://www."),
        url.replace("+", "%2B"),
        path,
    )


def test_documented_table():
    """The table that operators read says what the licence table says, for every text without a port."""
    text = (Path(__file__).parents[2] / "docs" / "terms.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| (\S[^|]*) \| ([FL]) \| ([FL]) \| ([FL]) \| ([FL]) \| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE
    )
    seen = set()
    for names, *modes, printed, excerpt in rows:
        for licence in map(by_id, names.split(", ")):
            seen.add(licence.id)
            assert [licence.modes[c].name[0] for c in ChannelClass] == [*modes, printed[0]]
            assert (licence.print_if_free, licence.excerpt.replace("_", " ")) == (printed == "F if free", excerpt)
    plain = {id_ for id_ in IDS if re.search(r"\.0$|\.5$", id_) or "CC" not in id_ or id_ == "CC-PDDC"}
    assert seen == plain
