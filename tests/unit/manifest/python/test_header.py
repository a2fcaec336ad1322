"""The header of a script: what it needs is of every node in the file."""

from __future__ import annotations

import pytest

from tests.unit.manifest.python.reading import PATH, load

FUNCTION = "def a(ctx): ...\n"


def test_the_scripts_header_is_of_the_definition() -> None:
    text = (
        "# /// script\n# requires-python = '>=3.11'\n# dependencies = [\n#   'pandas',\n"
        "#\n#   'duckdb >= 1',\n# ]\n# [tool.uv]\n# exclude-newer = 2024-01-01T00:00:00Z\n# ///\n"
        f"@transform\n{FUNCTION}"
    )
    (node,) = load(text).nodes.values()
    assert node.definition["script.requires-python"] == ">=3.11"
    assert node.definition["script.dependencies"] == ["duckdb >= 1", "pandas"]
    assert node.definition["script.tool"] == {"uv": {"exclude-newer": "2024-01-01 00:00:00+00:00"}}
    assert str(node.place_of("script.dependencies")) == f"{PATH}:3:1"
    assert str(node.place_of("script.tool")) == f"{PATH}:8:1"


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("# /// script\n# dependencies = [\n# 'pandas'\n# ///\n", 4),
        ("# /// script\n# a = 1\n# b = = 2\n# ///\n", 3),
        ("# /// script\n# dependencies = ['pandas']\n", 1),
        ("# /// script\n# ///\n# /// script\n# ///\n", 3),
        ("\n# /// script\n# dependencies = 'pandas'\n# ///\n", 2),
        ("# /// script\n# dependencies = [1]\n# ///\n", 1),
        ("# /// script\n# requires-python = 3.11\n# ///\n", 1),
    ],
)
def test_a_malformed_header_is_an_error_on_its_line(header: str, line: int) -> None:
    manifest = load(f"{header}\n@transform\n{FUNCTION}")
    assert [(p.code, p.place.line) for p in manifest.problems] == [("script-header", line)]
    assert manifest.nodes == {}
