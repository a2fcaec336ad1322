"""Files that are hard to read: each is read, or an error that says why not."""

from __future__ import annotations

import pytest

from tests.unit.manifest.python.reading import load

NODE = "@transform\ndef a(ctx): ...\n"


@pytest.mark.parametrize(
    "content",
    [
        NODE.replace("\n", "\r\n"),
        NODE.replace("\n", "\r"),
        b"\xef\xbb\xbf" + NODE.encode(),
        "# -*- coding: utf-8 -*-\n" + NODE,
        "# coding=UTF8\n" + NODE,
        "# coding: us-ascii\n" + NODE,
        "#!/usr/bin/env python\n# vim: set fileencoding=ascii :\n" + NODE,
        b"\xef\xbb\xbf# coding: utf-8\n" + NODE.encode(),
        "\f" + NODE,
        NODE.rstrip(),
        "x = '\\d'\nx is 1\n" + NODE,
    ],
)
def test_a_file_is_read_whatever_its_form(content: str | bytes) -> None:
    manifest = load(content)
    assert list(manifest.nodes) == ["transform.a"]
    assert manifest.problems == ()


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        ("@transform\ndef a(:\n", "python-syntax", 2),
        ("x = 1\nprint 'python 2'  # @\n", "python-syntax", 2),
        ("try: x()\nexcept E, e: pass  # @\n", "python-syntax", 2),
        (f"x = 0777\n{NODE}", "python-syntax", 1),
        ("@x\0", "python-syntax", 1),
        (f"x = {'9' * 5000}\n{NODE}", "python-syntax", 1),
        (f"x = {'(' * 500}1{')' * 500}\n{NODE}", "python-syntax", 1),
        (f"x = {'1 + ' * 50_000}1\n{NODE}", "python-too-deep", 1),
        (f"x = {'-' * 50_000}1\n{NODE}", "python-too-deep", 1),
        (f"x = a{'.b' * 50_000}\n{NODE}", "python-too-deep", 1),
        (f"{NODE}# {'x' * (1 << 20)}\n", "file-too-large", 1),
        (f"# coding: latin-1\n{NODE}", "not-utf8", 1),
        (f"# coding: utf-7\n{NODE}", "not-utf8", 1),
        (f"# coding: klingon\n{NODE}", "not-utf8", 1),
        (b"\xef\xbb\xbf# coding: latin-1\n" + NODE.encode(), "not-utf8", 1),
        (NODE.encode() + b"# \xff\n", "not-utf8", 3),
        (b"# \xff\n" + NODE.encode(), "not-utf8", 1),
        (NODE.encode("utf-16"), "not-utf8", 1),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_and_no_removed_node(
    content: str | bytes, code: str, line: int
) -> None:
    manifest = load(content)
    assert [(p.code, p.place.line, p.node) for p in manifest.problems] == [(code, line, None)]
    assert manifest.nodes == {}


def test_an_argument_too_deep_to_print_is_an_error() -> None:
    (problem,) = load(
        f"@transform(x={'f(' * 90}{'1 + ' * 800}1{')' * 90})\ndef a(ctx): ...\n"
    ).problems
    assert problem.code == "python-too-deep"


def test_a_syntax_error_is_told_with_its_place_and_the_version_of_python() -> None:
    (problem,) = load("@transform\ndef a(ctx): return 1 +\n").problems
    assert (problem.place.line, problem.place.column) == (2, 23)
    assert "files are read as Python 3." in problem.fix
