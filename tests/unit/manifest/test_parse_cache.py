"""What files hold is kept between runs, and never anything else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from seeknal_ci.manifest.loader import load_manifest
from seeknal_ci.manifest.parse_cache import DAY, ParseCache, project_cache
from tests.support.cached import NOW, load
from tests.support.project import MemoryTree, blob_id, ecommerce, edited

ORDERS = "seeknal/01_source_orders.yml"
SOURCE = "kind: source\nname: {name}\nsource: csv\ntable: a.csv\nschema: [{{name: a}}]\n"
KEY = f"{blob_id(SOURCE.format(name='a').encode())} seeknal/a.yml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a project's entries are kept; not there yet."""
    return tmp_path / "cache" / "parsed" / ("0" * 32)


def shards(folder: Path) -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_file_is_read_once(folder: Path) -> None:
    files = ecommerce()
    first, seen = load(files, folder)
    again, seen_again = load(files, folder)

    assert len([path for path in seen if path.startswith("seeknal/")]) == 8
    assert [path for path in seen_again if path.startswith("seeknal/")] == []
    assert again == first == load(files, None)[0]
    assert repr(again) == repr(first)


def test_only_what_changed_is_read(folder: Path) -> None:
    files = ecommerce()
    load(files, folder)
    changed = edited(files, ORDERS, "name: quantity", "name: amount")
    found, seen = load(changed, folder)

    assert seen == [ORDERS]
    assert found == load(changed, None)[0]
    assert load(files, folder)[1] == []


def test_a_file_that_moved_is_another(folder: Path) -> None:
    """Its places are in the other file, though its blob is the same."""
    files = ecommerce()
    load(files, folder)
    files["seeknal/moved/orders.yml"] = files.pop(ORDERS)
    found, seen = load(files, folder)

    assert seen == ["seeknal/moved/orders.yml"]
    assert found.nodes["source.orders"].place.path == "seeknal/moved/orders.yml"
    assert found == load(files, None)[0]


def test_problems_are_told_each_time(folder: Path) -> None:
    files = {"seeknal/a.yml": "kind: source\n", "seeknal/b.yml": "a: [", "seeknal/c.yml": "x: 1"}
    first, _ = load(files, folder)
    again, seen = load(files, folder)
    assert seen == []
    assert again.problems == first.problems
    assert len(first.errors) >= 2


def test_a_snippet_that_changes_is_never_stale(folder: Path) -> None:
    files: dict[str, str | bytes] = {
        "seeknal/common/rules.yml": "rules:\n  - id: paid\n    value: \"status = 'PAID'\"\n",
        "seeknal/a.yml": SOURCE.format(name="a"),
        "seeknal/b.yml": "kind: transform\nname: b\ninputs: [source.a]\n"
        "transform: SELECT * FROM source.a WHERE {{ rules.paid }}\n",
    }
    load(files, folder)
    changed = edited(files, "seeknal/common/rules.yml", "PAID", "OPEN")
    without = {path: text for path, text in files.items() if "common" not in path}
    for version in (changed, without, files):
        assert load(version, folder)[0] == load(version, None)[0]


def test_nothing_is_written_where_nothing_is_new(folder: Path) -> None:
    load(ecommerce(), folder)
    times = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    inodes = {path.name: path.stat().st_ino for path in folder.iterdir()}
    load(ecommerce(), folder)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == times
    assert {path.name: path.stat().st_ino for path in folder.iterdir()} == inodes


def test_the_same_files_make_the_same_bytes(tmp_path: Path) -> None:
    folders = [tmp_path / name / "parsed" / ("0" * 32) for name in ("a", "b")]
    for folder in folders:
        load(ecommerce(), folder)
    assert shards(folders[0]) == shards(folders[1])


def test_only_the_user_can_look_into_it(folder: Path) -> None:
    load(ecommerce(), folder)
    for made in (folder, folder.parent, folder.parent.parent):
        assert made.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_projects_and_programs_do_not_share(tmp_path: Path) -> None:
    caches = [
        project_cache(tmp_path, tmp_path / "a", ""),
        project_cache(tmp_path, tmp_path / "b", ""),
        project_cache(tmp_path, tmp_path / "a", "sub"),
    ]
    for cache in caches:
        load_manifest(MemoryTree(ecommerce()), "", cache)
        cache.save()
    assert len(list((tmp_path / "parsed").iterdir())) == 3


@pytest.mark.parametrize("blocked", ["folder", "parsed", "root", "shard"])
def test_where_nothing_can_be_written_it_is_done_without(folder: Path, blocked: str) -> None:
    files = {"seeknal/a.yml": SOURCE.format(name="a")}
    place = {
        "folder": folder,
        "parsed": folder.parent,
        "root": folder.parent.parent,
        "shard": folder / KEY[0],
    }[blocked]
    place.parent.mkdir(parents=True, exist_ok=True)
    if blocked == "shard":
        place.mkdir()
    else:
        place.write_text("a file in the way")
    folder_mode = 0o700
    if folder.is_dir():
        folder.chmod(folder_mode)
    for _ in range(2):
        found, seen = load(files, folder)
        assert seen == ["seeknal/a.yml"]
        assert found == load(files, None)[0]


def test_a_cache_that_may_only_be_read_serves_all_the_same(folder: Path) -> None:
    load(ecommerce(), folder)
    folder.chmod(0o500)
    try:
        found, seen = load(ecommerce(), folder)
    finally:
        folder.chmod(0o700)
    assert seen == []
    assert found == load(ecommerce(), None)[0]


def test_an_entry_that_is_long_unused_goes(folder: Path) -> None:
    old = {"seeknal/a.yml": SOURCE.format(name="a")}
    load(old, folder)
    # Another entry of the same file: the first goes only when that is written.
    name = KEY[0]
    other = next(
        text
        for text in (f"{SOURCE.format(name='b')}# {i}\n" for i in range(1000))
        if blob_id(text.encode())[0] == name
    )
    load({"seeknal/b.yml": other}, folder, NOW + 31 * DAY)
    assert list(folder.iterdir()) == [folder / name]
    assert load(old, folder, NOW + 31 * DAY)[1] == ["seeknal/a.yml"]


def test_an_entry_in_use_stays(folder: Path) -> None:
    files = {"seeknal/a.yml": SOURCE.format(name="a")}
    for day in range(0, 100, 10):
        _, seen = load(files, folder, NOW + day * DAY)
        assert seen == ([] if day else ["seeknal/a.yml"])


def test_what_another_process_has_written_since_stays(folder: Path) -> None:
    first, second = ParseCache(folder, NOW), ParseCache(folder, NOW)
    files = [{f"seeknal/{n}.yml": SOURCE.format(name=n)} for n in ("a", "b", "c", "d", "e", "f")]
    for index, version in enumerate(files):
        load_manifest(MemoryTree(version), "", first if index % 2 else second)
    first.save()
    second.save()
    for version in files:
        assert load(version, folder)[1] == []
