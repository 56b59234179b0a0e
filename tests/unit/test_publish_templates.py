# SPDX-License-Identifier: Apache-2.0
"""Templates: overrides, sandbox, and errors that name the file."""

import pytest

from syndicate.errors import RenderError
from syndicate.publish.templates import environment, files, render, render_line


def test_an_override_wins_by_name(tmp_path):
    """A file in the override folder replaces the packaged one, and is named by its absolute path."""
    (tmp_path / "credit.html").write_text("mine")
    templates = environment(tmp_path)
    assert render(templates, "credit.html") == "mine"
    assert files(templates, ["credit.html", "item.html"]) == (
        str(tmp_path / "credit.html"),
        "syndicate/templates/item.html",
    )


@pytest.mark.parametrize("source", ["{{ nothing }}", "{% if %}", "{{ 1 / 0 }}", "{{ ''.__class__.__mro__ }}"])
def test_a_broken_template_is_named(tmp_path, source):
    """Whatever goes wrong in a template becomes a RenderError whose subject is the file."""
    (tmp_path / "credit.html").write_text(source)
    with pytest.raises(RenderError) as caught:
        render(environment(tmp_path), "credit.html")
    assert "credit.html" in caught.value.subject
    assert "packaged" in caught.value.remedy


@pytest.mark.parametrize("source", ["\n{{ nothing }}", "\n{% if %}"])
def test_an_included_template_is_named_with_its_line(tmp_path, source):
    """The file that holds the fault is named, not the one that includes it, with the line to look at."""
    (tmp_path / "outer.html").write_text("{% include 'inner.html' %}")
    (tmp_path / "inner.html").write_text(source)
    with pytest.raises(RenderError) as caught:
        render(environment(tmp_path), "outer.html")
    assert caught.value.subject == f"{tmp_path / 'inner.html'}:2"


def test_a_template_that_does_not_load_has_a_name(tmp_path):
    """One that is missing or cannot be parsed is still named, in the error and among the files of a part."""
    (tmp_path / "credit.html").write_text("{% if %}")
    assert files(environment(tmp_path), ["credit.html", "absent.html"]) == ("credit.html", "absent.html")
    with pytest.raises(RenderError) as caught:
        render(environment(tmp_path), "absent.html")
    assert caught.value.subject == "absent.html"


def test_html_is_escaped_and_text_is_not(tmp_path):
    """Values are escaped in .html templates only."""
    (tmp_path / "a.html").write_text("{{ x }}")
    (tmp_path / "a.txt").write_text("{{ x }}")
    templates = environment(tmp_path)
    assert render(templates, "a.html", x="<&") == "&lt;&amp;"
    assert render(templates, "a.txt", x="<&") == "<&"


def test_a_line_is_one_line():
    """A one-line template has its white space folded and its mistakes named by the setting."""
    templates = environment()
    assert render_line(templates, "a {{ b }}", "subject", b="x\r\ny") == "a x y"
    with pytest.raises(RenderError, match=r"^channels\.a\.subject: "):
        render_line(templates, "{{ nothing }}", "channels.a.subject")
