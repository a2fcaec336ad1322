"""A cache stays as small as it is said to, and what is not its own stays where it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from seeknal_ci.manifest import cache_files

NOW = 1_700_000_000.0
DAY = 86_400


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project's folder."""
    folder = tmp_path / "parsed" / ("a" * 32)
    folder.mkdir(parents=True, mode=0o700)
    return folder


def put(path: Path, size: int, age_days: float) -> Path:
    path.write_bytes(b"x" * size)
    os.utime(path, (NOW - age_days * DAY,) * 2)
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_was_not_written_for_a_month_goes(project: Path) -> None:
    put(project / "0", 10, 31)
    put(project / "1", 10, 29)
    cache_files.prune(project.parent, NOW)
    assert names(project) == ["1"]


def test_the_oldest_go_where_all_are_too_large(project: Path) -> None:
    other = project.with_name("b" * 32)
    other.mkdir()
    put(project / "0", 100, 3)
    put(other / "0", 100, 2)
    put(project / "1", 100, 1)
    cache_files.prune(project.parent, NOW, most_bytes=250)
    assert names(project) == ["1"]
    assert names(other) == ["0"]


def test_what_was_not_finished_goes_after_an_hour(project: Path) -> None:
    put(project / ".0.123.456", 10, 1)
    put(project / ".1.123.456", 10, 0)
    cache_files.prune(project.parent, NOW)
    assert names(project) == [".1.123.456"]


def test_a_project_without_files_goes(project: Path) -> None:
    put(project / "0", 10, 31)
    os.utime(project, (NOW - 31 * DAY,) * 2)
    os.utime(project.parent, (NOW - 31 * DAY,) * 2)
    cache_files.prune(project.parent, NOW)
    os.utime(project, (NOW - 31 * DAY,) * 2)
    cache_files.prune(project.parent, NOW)
    assert names(project.parent) == []


@pytest.mark.parametrize("name", ["notes.txt", "0.bak", "g", "00", ".profile", ".0.x.1"])
def test_what_is_not_its_own_stays(project: Path, name: str) -> None:
    put(project / name, 10, 100)
    stranger = project.with_name("my-documents")
    stranger.mkdir()
    put(stranger / "0", 10, 100)
    cache_files.prune(project.parent, NOW, most_bytes=0)
    assert names(project) == [name]
    assert names(stranger) == ["0"]


def test_a_link_among_projects_is_not_followed(project: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    put(tmp_path / "mine" / "0", 10, 100)
    project.with_name("b" * 32).symlink_to(tmp_path / "mine")
    cache_files.prune(project.parent, NOW, most_bytes=0)
    assert names(tmp_path / "mine") == ["0"]


def test_a_file_is_replaced_as_a_whole_or_not_at_all(project: Path) -> None:
    cache_files.replace(project / "0", b"one")
    cache_files.replace(project / "0", b"two")
    assert cache_files.read(project / "0") == b"two"
    (project / "1").mkdir()
    with pytest.raises(OSError, match="1"):
        cache_files.replace(project / "1", b"three")
    assert names(project) == ["0", "1"]
