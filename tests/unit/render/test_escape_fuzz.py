"""The forms of untrusted text hold for any text."""

from __future__ import annotations

import html
import json
import re

from hypothesis import given
from hypothesis import strategies as st

from seeknal_ci.render.escape import (
    code_span,
    fence,
    html_code,
    mermaid_label,
    prose,
    terminal,
    visible,
)
from seeknal_ci.render.marker import marker_of
from tests.unit.render.reading import CELL_END, outside_code, spans
from tests.unit.render.samples import view_called

_HOSTILE = [
    *"`|\\<>&*_~[]()!#@$:.-+=/\"'^ \n\r\t\x00\x1b\u202e\u200b\u2028ab1é漢😀",
    *("``", "```", "~~~", "http://e.co", "www.e.co", "a@b.co", "@user", "#12", "GH-12", "- "),
    *("1. ", "> ", "[x](y)", "<b>", "</code>", "<!--", "-->", "&lt;", "\\|", "$`x`$", ":tada:"),
]
TEXTS = st.text() | st.lists(st.sampled_from(_HOSTILE), max_size=12).map("".join)


@given(TEXTS, st.booleans())
def test_a_code_span_closes_where_it_should(text: str, in_table: bool) -> None:
    span = code_span(text, in_table)
    opening = re.match("`+", span)
    assert opening is not None
    inside = span[opening.end() : -opening.end()]
    assert span.endswith(opening[0])
    assert opening[0] not in re.findall("`+", inside)
    assert not inside.startswith("`")
    assert not inside.endswith("`")
    assert inside.isprintable()
    if in_table:
        assert not CELL_END.search(inside)


@given(TEXTS, st.booleans())
def test_prose_is_inert_outside_of_its_code(text: str, in_table: bool) -> None:
    sentence = prose(text, in_table)
    if in_table:
        assert not CELL_END.search(sentence)
    plain = outside_code(sentence).replace("<span>$</span>", "§")
    assert not re.search(r"[<>`|$\n\r]", plain)
    assert not re.search(r"(?<![\\&])[*~\[\]#!]", plain)
    assert not re.search(r"&(?!(amp|lt|gt|#\d+);)", plain)
    decoded = html.unescape(plain.replace("\\", ""))
    assert not re.search(r"@[\w-]|#\d|://|www\.|:[\w+-]+:", decoded, re.IGNORECASE)
    assert not re.match(r"\s|[-+=:]|\d+[.)](\s|$)", plain)


@given(TEXTS)
def test_prose_keeps_every_name_between_backticks(text: str) -> None:
    name = visible(" ".join(re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).split()))
    if name:
        assert spans(prose(f"column {code_span(name)} was removed")) == [name]


@given(TEXTS)
def test_html_code_holds_only_entities(text: str) -> None:
    inside = html_code(text).removeprefix("<code>").removesuffix("</code>")
    assert re.fullmatch("(?:[A-Za-z0-9 ]|&#[0-9]+;|\u200b)*", inside)


@given(TEXTS)
def test_a_fence_closes_where_it_should(text: str) -> None:
    first, *inside, last = fence(text, "sql").split("\n")
    assert first == f"{last}sql"
    assert not any(last in line for line in inside)


@given(TEXTS)
def test_a_mermaid_label_holds_only_entities(text: str) -> None:
    inside = mermaid_label(text or "x").removeprefix('["').removesuffix('"]')
    assert re.fullmatch(r"(?:[A-Za-z0-9 _./-]|#[0-9]+;)*", inside)


@given(TEXTS)
def test_a_line_on_a_terminal_is_one_line_without_controls(text: str) -> None:
    shown = terminal(text)
    assert shown.isprintable()
    assert "##[" not in shown
    assert not shown.lstrip().startswith("::")


@given(TEXTS)
def test_the_marker_is_one_html_comment_that_says_what_it_was_given(text: str) -> None:
    marker = marker_of(view_called(text))
    inside = marker.removeprefix("<!-- seeknal-ci ").removesuffix(" -->")
    assert "\n" not in marker
    assert "--" not in inside
    assert json.loads(inside)["id"] == text
