"""Another version of the program reads files otherwise, and is told by its own code."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from seeknal_ci.manifest.fingerprint import PACKAGE, fingerprint, fingerprint_of

IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the program."""
    return shutil.copytree(PACKAGE, tmp_path / "seeknal_ci", ignore=IGNORED)


def test_a_copy_has_the_same_fingerprint(package: Path) -> None:
    assert fingerprint_of(package) == fingerprint_of(PACKAGE) == fingerprint()


@pytest.mark.parametrize(
    "path",
    [
        "__init__.py",
        "errors.py",
        "model/node.py",
        "model/spec.py",
        "manifest/nodes.py",
        "manifest/kinds/base.py",
        "manifest/stored.py",
        "sql/types.py",
    ],
)
def test_one_character_of_what_reads_files_makes_another(package: Path, path: str) -> None:
    before = fingerprint_of(package)
    content = (package / path).read_bytes()
    (package / path).write_bytes(content + b"#")
    assert fingerprint_of(package) != before
    (package / path).write_bytes(content)
    assert fingerprint_of(package) == before


def test_a_new_file_and_a_renamed_one_make_another(package: Path) -> None:
    before = fingerprint_of(package)
    (package / "model" / "more.py").write_text("")
    with_more = fingerprint_of(package)
    (package / "model" / "more.py").rename(package / "model" / "most.py")
    assert len({before, with_more, fingerprint_of(package)}) == 3


def test_what_does_not_read_files_makes_none(package: Path) -> None:
    before = fingerprint_of(package)
    (package / "render" / "text.py").write_text("")
    (package / "model" / "notes.txt").write_text("")
    assert fingerprint_of(package) == before


@pytest.mark.parametrize("gone", ["model", "manifest", "sql", "errors.py"])
def test_without_the_code_there_is_none(package: Path, gone: str) -> None:
    if (package / gone).is_dir():
        shutil.rmtree(package / gone)
    else:
        (package / gone).unlink()
    with pytest.raises(OSError, match=r"."):
        fingerprint_of(package)
