"""A cache that is damaged, hostile or somebody else's counts as absent, and never as a node."""

from __future__ import annotations

import hashlib
import marshal
import os
import pickle
from pathlib import Path

import pytest

from seeknal_ci.manifest.parse_cache import HEADER
from tests.support.cached import load
from tests.support.project import blob_id, ecommerce

SOURCE = "kind: source\nname: {name}\nsource: csv\ntable: a.csv\nschema: [{{name: a}}]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a project's entries are kept; not there yet."""
    return tmp_path / "cache" / "parsed" / ("0" * 32)


def one(folder: Path) -> Path:
    """The file of the only entry."""
    load({"seeknal/a.yml": SOURCE.format(name="a")}, folder)
    (path,) = folder.iterdir()
    return path


def assert_recovers(folder: Path) -> None:
    """What is there counts as absent, and is written anew."""
    files = {"seeknal/a.yml": SOURCE.format(name="a")}
    found, seen = load(files, folder)
    assert seen == ["seeknal/a.yml"]
    assert found == load(files, None)[0]
    assert load(files, folder)[1] == []


def test_no_byte_that_turns_makes_another_node(folder: Path) -> None:
    path = one(folder)
    content = path.read_bytes()
    for offset in range(len(content)):
        path.write_bytes(content[:offset] + bytes([content[offset] ^ 0x21]) + content[offset + 1 :])
        assert_recovers(folder)
        assert path.read_bytes() == content


def test_no_file_that_ends_too_soon_makes_another_node(folder: Path) -> None:
    path = one(folder)
    content = path.read_bytes()
    for end in range(len(content)):
        path.write_bytes(content[:end])
        assert_recovers(folder)


def signed(body: bytes) -> bytes:
    """As the program itself would write it."""
    return HEADER + hashlib.blake2b(body, digest_size=16).digest() + body


class Hostile:
    """What runs when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("pwned",)


KEY = f"{blob_id(SOURCE.format(name='a').encode())} seeknal/a.yml"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"garbage",
        HEADER,
        pickle.dumps({KEY: Hostile()}),
        signed(pickle.dumps({KEY: Hostile()})),
        signed(b""),
        signed(marshal.dumps(None)),
        signed(marshal.dumps([KEY])),
        signed(marshal.dumps({KEY: b"x"})),
        signed(marshal.dumps({KEY: 7})),
        signed(marshal.dumps({KEY: ("7", b"x")})),
        signed(marshal.dumps({KEY: (7, "x")})),
        signed(marshal.dumps({KEY: (7, b"x", 1)})),
        signed(marshal.dumps({7: (7, b"x")})),
        signed(marshal.dumps({KEY: (7, b"")})),
        signed(marshal.dumps({KEY: (7, b"garbage")})),
        signed(marshal.dumps({KEY: (7, pickle.dumps(Hostile()))})),
        signed(marshal.dumps({KEY: (7, marshal.dumps(("os.system", (), ("x",))))})),
        signed(marshal.dumps({KEY: (7, marshal.dumps(("node.Node", (), ())))})),
        signed(marshal.dumps({KEY: (7, marshal.dumps(7))})),
    ],
)
def test_what_is_not_as_it_was_written_counts_as_absent(
    folder: Path, content: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    one(folder).write_bytes(content)
    assert_recovers(folder)
    assert not (tmp_path / "pwned").exists()


def test_a_file_that_others_can_write_is_not_read(folder: Path) -> None:
    path = one(folder)
    for mode in (0o666, 0o660, 0o602, 0o620):
        path.chmod(mode)
        assert_recovers(folder)
        assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_somebody_else_is_not_read(folder: Path) -> None:
    path = one(folder)
    os.chown(path, 12_345, 12_345)
    assert_recovers(folder)
    assert path.stat().st_uid == os.geteuid()


def test_links_and_pipes_are_not_read(folder: Path, tmp_path: Path) -> None:
    path = one(folder)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert_recovers(folder)
    path.unlink()
    os.mkfifo(path)
    assert_recovers(folder)


def test_a_folder_that_others_can_write_is_not_written(folder: Path) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    files = ecommerce()
    assert load(files, folder)[0] == load(files, None)[0]
    assert list(folder.iterdir()) == []


def test_a_link_in_place_of_the_folder_is_not_written(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir(mode=0o700)
    folder.parent.mkdir(parents=True, mode=0o700)
    folder.symlink_to(tmp_path / "mine")
    load(ecommerce(), folder)
    assert list((tmp_path / "mine").iterdir()) == []
