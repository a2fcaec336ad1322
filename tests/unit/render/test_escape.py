"""The forms of untrusted text, by example; `test_escape_fuzz` has them by the thousand."""

from __future__ import annotations

import pytest

from seeknal_ci.render.escape import (
    Safe,
    code_span,
    fence,
    file_url,
    html_code,
    link,
    mermaid_label,
    prose,
    terminal,
    visible,
)

BREAK = "\u200b"


@pytest.mark.parametrize(
    ("name", "span"),
    [
        ("orders", "`orders`"),
        ("a`b", "``a`b``"),
        ("`a``", "``` `a`` ```"),
        (" a ", "`  a  `"),
        (" ", "` `"),
        ("", "` `"),
        ("a\nb\x1b", "`a b `"),
        ("a\u202eb", "`a\\u202eb`"),
        ("<b>@x #1", "`<b>@x #1`"),
    ],
)
def test_a_name_is_code(name: str, span: str) -> None:
    assert code_span(name) == span


def test_a_pipe_ends_a_cell_even_inside_code() -> None:
    assert code_span("a|b") == "`a|b`"
    assert code_span("a|b", in_table=True) == "`a\\|b`"


def test_html_code_has_letters_digits_spaces_and_entities_only() -> None:
    assert html_code("a b_1@x</code>") == (
        f"<code>a b&#95;1&#64;{BREAK}x&#60;&#47;code&#62;</code>"
    )


def test_a_fence_is_longer_than_what_it_holds() -> None:
    assert fence("SELECT 1;\r\n````", "sql") == "`````sql\nSELECT 1;\n````\n`````"


def test_the_language_of_a_fence_is_never_somebody_elses_text() -> None:
    with pytest.raises(AssertionError):
        fence("", "sql\n```")


def test_a_mermaid_label_has_no_character_that_mermaid_reads() -> None:
    assert mermaid_label('a"] --> b') == '["a#34;#93; --#62; b"]'
    assert mermaid_label("transform.clean_orders", "breaks") == (
        '["transform.clean_orders<br/>breaks"]'
    )


@pytest.mark.parametrize("text", ["$$x$$", "fa:fa-car"])
def test_a_mermaid_label_is_no_formula_and_no_icon(text: str) -> None:
    assert "#8203;" in mermaid_label(text)


@pytest.mark.parametrize(
    ("sentence", "markdown"),
    [
        ("column `a|b` was removed", "column `a\\|b` was removed"),
        ("``a`b`` and `c`", "``a`b`` and `c`"),
        ("column 'a_b' of 'x'", "column `a_b` of `x`"),
        ("status = 'a b', it's 'a''b'", "status = 'a b', it's 'a''b'"),
        ("one ` alone", "one &#96; alone"),
        ("a_b but _c_ *d* ~e~", "a_b but \\_c\\_ \\*d\\* \\~e\\~"),
        ("@team see #12 and GH-3", f"@{BREAK}team see \\#{BREAK}12 and GH-{BREAK}3"),
        ("https://a.b www.c.d :tada:", f"https:{BREAK}//a.b www{BREAK}.c.d :{BREAK}tada:"),
        ("<b>&amp;</b>", "&lt;b&gt;&amp;amp;&lt;/b&gt;"),
        ("[x](y) ![z]", "\\[x\\](y) \\!\\[z\\]"),
        ("costs $5 or $6", "costs <span>$</span>5 or <span>$</span>6"),
        ("- item", "\\- item"),
        ("1. item", "1\\. item"),
        ("0.1.0", "0.1.0"),
        ("a\nb\t c ", "a b c"),
        ("a\u202eb", "a&#92;u202eb"),
        ("a|b\\", "a&#124;b&#92;"),
    ],
)
def test_a_sentence_reads_as_it_was_written(sentence: str, markdown: str) -> None:
    assert prose(sentence, in_table=True) == markdown


def test_what_is_made_from_safe_text_is_not_safe() -> None:
    assert not isinstance(code_span("a") + "<b>", Safe)
    assert not isinstance(f"{code_span('a')}", Safe)


def test_a_link_needs_an_address_that_is_surely_one() -> None:
    label = code_span("orders.yml:3")
    address = file_url("https://git.example/blob/abc/", "a b/(x).yml", 3)
    assert link(label, address) == (
        "[`orders.yml:3`](https://git.example/blob/abc/a%20b/%28x%29.yml#L3)"
    )
    for hostile in (None, "javascript:alert(1)", "https://x) <b>", "https://x|y", ""):
        assert link(label, hostile) == label


def test_what_cannot_be_seen_is_spelled_out() -> None:
    assert visible("a\x1b[31m\n\u202e\u200b\ud800") == "a\\x1b[31m\\n\\u202e\\u200b\\ud800"
    assert visible("größe 漢字 😀") == "größe 漢字 😀"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::x", "\\x3a:error::x"),
        ("  ::set-env x", "  \\x3a:set-env x"),
        ("a ##[group]x", "a #\\x23[group]x"),
        ("int::text", "int::text"),
    ],
)
def test_a_log_of_github_obeys_no_text(text: str, shown: str) -> None:
    assert terminal(text) == shown
