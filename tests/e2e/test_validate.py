"""`validate` with paths: what is wrong with the nodes in them, and with those next to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.program import Program
from tests.support.repo import GitRepo

BROKEN = "kind: transform\nname: {0}\ninputs: [{{ref: source.{0}}}]\ntransform: SELECT 1 AS one\n"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Two transforms in folders of their own, each of which reads what is not there."""
    repo = GitRepo.init(tmp_path / "project")
    repo.write("seeknal/sales/a.yml", BROKEN.format("a"))
    repo.write("seeknal/stock/b.yml", BROKEN.format("b"))
    repo.write("notes/c.yml", "a: b\n")
    return Program(repo)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("seeknal/sales/a.yml", ["transform.a"]),
        ("seeknal/sales", ["transform.a"]),
        ("seeknal/stock/", ["transform.b"]),
        ("seeknal", ["transform.a", "transform.b"]),
        (".", ["transform.a", "transform.b"]),
        ("notes", []),
    ],
)
def test_a_path_is_a_file_or_a_folder(program: Program, path: str, told: list[str]) -> None:
    ended = program.run("validate", path, "--format", "json")

    assert [error["message"].split()[0] for error in ended.json["errors"]] == told
    assert ended.exit_code == (1 if told else 0)
