"""The first line of a comment, by which it is found again."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seeknal_ci.model.marker import Marker, parse_marker

HEAD = "a" * 40


@given(st.text(), st.text(), st.text(), st.booleans())
@example("sales--eu", "-->", "--!>---", False)
def test_a_marker_is_read_back(id_: str, head: str, digest: str, truncated: bool) -> None:
    marker = Marker(id_, head, digest, truncated)
    line = str(marker)
    assert parse_marker(f"{line}\nrest") == marker
    assert "--" not in line.removeprefix("<!--").removesuffix("-->")
    assert line.isascii()
    assert "\n" not in line


def test_a_marker_looks_as_documented() -> None:
    assert str(Marker("default", "abc", "sha256:1")) == (
        '<!-- seeknal-ci {"v":1,"id":"default","head":"abc",'
        '"digest":"sha256:1","truncated":false} -->'
    )


@pytest.mark.parametrize(
    "body",
    [
        "",
        "text",
        f"\n{Marker('default', HEAD, '')}",
        f"> {Marker('default', HEAD, '')}",
        "<!-- seeknal-ci {} -->",
        '<!-- seeknal-ci {"id":1} -->',
        "<!-- seeknal-ci {broken} -->",
        f"<!-- seeknal-ci {'{' + '[' * 50_000 + '}'} -->",
        '<!-- other {"id":"default"} -->',
    ],
    ids=range(9),
)
def test_what_is_no_marker(body: str) -> None:
    assert parse_marker(body) is None
