"""What `validate` says of bad files: for every case its whole text, as a user reads it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from seeknal_ci.cli.main import run
from tests.conftest import CASES as FOLDER
from tests.conftest import Golden
from tests.support.invalid import Invalid, codes, invalid_cases
from tests.support.repo import GitRepo

CASES = invalid_cases()


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One repository for all: each case is a project in a folder of its own."""
    return GitRepo.init(tmp_path_factory.mktemp("invalid")).path


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_is_said_of_it(
    case: Invalid, repository: Path, golden: Golden, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = repository / case.id.replace("/", "-")
    case.write(folder)

    exit_code = run(["validate", "--no-cache", "--project", str(folder), *case.options])

    said = capsys.readouterr()
    text = (said.out + said.err).replace(f"{folder.name}/", "")
    text = re.sub(r"as Python 3\.\d+", "as Python 3", text)
    golden(f"invalid/{case.id}.txt", text)
    fails = case.options or re.search(r"^error: ", text, re.MULTILINE)
    assert exit_code == (1 if fails else 0)
    assert "Traceback" not in text


def test_every_problem_is_told_in_three_sentences() -> None:
    for case in CASES:
        lines = case.text.splitlines()
        starts = [line for line in lines if re.match(r"(error|warning): ", line)]
        assert starts, f"{case.id}: nothing is wrong with it"
        for words in ("  at ", "  fix: "):
            assert sum(line.startswith(words) for line in lines) == len(starts), case.id


def test_every_text_is_of_a_case() -> None:
    texts = {path.with_suffix("") for path in (FOLDER / "invalid").glob("*/*.txt")}
    assert texts == {path.with_suffix("") for path in (FOLDER / "invalid").glob("*/*.yml")}
    assert len(CASES) > 150


def test_every_code_is_in_a_case() -> None:
    told = {code for case in CASES for code in re.findall(r"\[([a-z0-9-]+)\]$", case.text, re.M)}
    assert sorted(set(codes()) - told) == []


def test_a_project_among_several(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is wrong with one project is nothing to its neighbour, and a folder is none."""
    right, wrong, none = (repository / name for name in ("right", "wrong", "none"))
    for folder, column in ((right, "1"), (wrong, "missing")):
        (folder / "seeknal").mkdir(parents=True)
        text = f"kind: transform\nname: a\ntransform: SELECT {column} AS one\n"
        (folder / "seeknal" / "a.yml").write_text(text, encoding="utf-8")
    none.mkdir()

    codes = [run(["validate", "--no-cache", "--project", str(at)]) for at in (right, wrong, none)]

    said = capsys.readouterr()
    assert codes == [0, 1, 1]
    assert said.out.count("error: ") == 1
    assert "  at wrong/seeknal/a.yml:3:19\n" in said.out
    assert re.match(r"error: .*none.*\n(  at .*\n)?  fix: ", said.err)
