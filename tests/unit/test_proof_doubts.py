# SPDX-License-Identifier: Apache-2.0
"""What cannot be judged from finished bytes may not leave: refused in every format, with the rule to remove."""

import json
import runpy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from syndicate.model import Mode, Part, Verified
from syndicate.proof import audit, lint, verify
from syndicate.proof.sight import look_at
from syndicate.proof.view import Setting

CASES = Path(__file__).parents[1] / "cases/proof"
B = SimpleNamespace(**runpy.run_path(str(CASES / "breaking.py")))
F = B.F
TABLE = json.loads((CASES / "doubts.json").read_text(encoding="utf-8"))


def name_of(case):
    """A case in short."""
    return (case.get("put") or case["credit"])[:60]


def changed(case, name):
    """The finished bytes of a format with the case in them."""
    mark = '<div class="credit"'

    def change(html):
        head, tag, rest = html.partition(mark)
        assert tag
        own, close, after = rest.partition(">")  # a mail has its styles in the elements; a second one would not count
        own = _without_style(own) if "style=" in case.get("credit", "") else own
        return f"{head}{case.get('put', '')}{tag} {case.get('credit', '')}{own}{close}{after}"

    return B.with_html(name, F.WHOLE, change)


def _without_style(attributes):
    before, found, after = attributes.partition(' style="')
    return before + after.partition('"')[2] if found else attributes


def findings(name, data):
    """What the gate finds."""
    outcome = verify(F.edition(Part(name, "", data)), F.SITE)
    return () if isinstance(outcome, Verified) else outcome


@pytest.mark.parametrize("name", F.FORMATS)
@pytest.mark.parametrize("case", TABLE["refused"], ids=name_of)
def test_refused_in_every_format(case, name):
    """The gate holds the edition back and names what to remove."""
    told = [one.message for one in findings(name, changed(case, name)) if one.duty == "form"]
    assert any(case["says"] in message for message in told), told
    assert all("remove" in message or "laid over" in message for message in told)


@pytest.mark.parametrize("name", F.FORMATS)
@pytest.mark.parametrize("case", TABLE["harmless"], ids=name_of)
def test_harmless_in_every_format(case, name):
    """What leaves words where and as they are raises no doubt."""
    assert [one for one in findings(name, changed(case, name)) if one.duty == "form"] == []


def test_an_audit_doubts_too_and_a_lint_of_others_does_not():
    """What decisions on record owe is refused the same way; other people's documents are held to their own word."""
    data = changed(TABLE["refused"][0], "json")
    setting = Setting(F.FEED, F.SITE, F.NOW)
    assert any("@font-face" in one.message for one in audit(data, "all.json", F.ENTRIES, setting))
    assert not any("@font-face" in one.message for one in lint(data, "all.json"))


def test_the_sheet_of_the_site_is_followed():
    """A page that links to the site's own sheet is seen with it; another sheet, or a copy elsewhere, is doubted."""
    page = '<link rel="stylesheet" href="{}"><div data-item="i-1"><div class="credit">By Ines</div></div>'
    own = look_at(page.format("/base/style.css"), ".credit{color:#222}")
    assert (own.doubts, own.scopes[0].folded_credit) == ((), "By Ines")
    assert look_at(page.format("/style.css"), ".credit{display:none}").scopes[0].folded_credit == ""
    far = ("https://else.example/style.css", "//else.example/style.css", r"/\else.example/style.css")
    for elsewhere in (*far, "/\t/else.example/style.css", "/other.css"):
        assert "may hide anything" in look_at(page.format(elsewhere), ".credit{color:#222}").doubts[0]
    moved = page.format("/style.css").replace("<link", '<base href="https://else.example/"><link')
    assert "may hide anything" in look_at(moved, ".credit{color:#222}").doubts[0]
    inline = page.format("/style.css").replace('class="credit"', 'class="credit" style="position:fixed"')
    assert "position: fixed" in look_at(inline, ".credit{position:sticky}").doubts[0]


def test_items_looked_for_in_batches():
    """Of items beside the channel's own no text may stand in a document, in whichever batch they come."""
    part = F.parts()["json"]
    setting = Setting(F.FEED, F.SITE, F.NOW)
    text = "Minutes of the closed session were read aloud by mistake on Tuesday evening in the county hall."
    entry = F.ENTRIES[0]
    other = replace(entry, item=replace(entry.item, id="i-other", title="Closed", html=f"<p>{text}</p>", text=text))
    other = replace(other, decision=replace(other.decision, item_id="i-other", mode=Mode.WITHHOLD, duties=()))
    leaking = B.with_html("json", F.WHOLE, lambda html: html.replace("<h", f"<p>{text}</p><h", 1) + f"<p>{text}</p>")
    assert audit(part.content, "all.json", F.ENTRIES, setting, [[], [other]]) == ()
    found = audit(leaking, "all.json", F.ENTRIES, setting, [[], [other]])
    assert "i-other" in {one.item_id for one in found}


def test_an_instruction_in_html_says_nothing():
    """A processing instruction is no comment, and what stands behind it is read."""
    assert look_at("<p>a<?php echo 1 ?>b</p>").doubts == ()
