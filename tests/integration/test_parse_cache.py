"""The cache of parsed files as commands use it: two processes at once, killed, full of garbage."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.program import Program, ecommerce

ROOT = Path(__file__).resolve().parents[2]
DIFF = ("diff", "--format", "json")

# Loads a project's versions in turn, compares each with what it is without a cache, and saves.
HAMMER = """
import random, sys
from pathlib import Path
from seeknal_ci.manifest.loader import load_manifest
from seeknal_ci.manifest.parse_cache import project_cache
from tests.support.project import MemoryTree

place, seed, rounds = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
choose = random.Random(seed)
for _ in range(rounds):
    files = {
        f"seeknal/{i}.yml": f"kind: source\\nname: s{i}\\nsource: csv\\n"
        f"table: {choose.randrange(3)}.csv\\n"
        for i in range(20)
    }
    cache = project_cache(place, Path("/project"), "")
    found = load_manifest(MemoryTree(files), "", cache)
    cache.save()
    assert found == load_manifest(MemoryTree(files)), seed
"""


def hammer(place: Path, seed: int, rounds: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HAMMER, str(place), str(seed), str(rounds)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The demo's project with a change that is not committed."""
    program = ecommerce(tmp_path)
    path = program.repo.path / "seeknal" / "01_source_orders.yml"
    path.write_text(path.read_text().replace("name: quantity", "name: amount"))
    return program


def cached(tmp_path: Path) -> list[Path]:
    """Every file in the cache of the program's home."""
    return sorted(p for p in (tmp_path / "home" / ".cache").rglob("*") if p.is_file())


def loaded(program: Program, *arguments: str) -> set[str]:
    """The packages that a command has loaded when it ends."""
    code = (
        "import sys; from seeknal_ci.cli.main import run; run(sys.argv[1:]);"
        "print(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    home = program.repo.path.parent / "home"
    home.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=program.repo.path,
        env=program.environment(home),
        check=True,
        capture_output=True,
        text=True,
    )
    return set(done.stderr.split())


def test_what_was_read_before_is_compared_without_reading_yaml(program: Program) -> None:
    assert {"pydantic", "yaml"} <= loaded(program, "diff")
    assert {"pydantic", "yaml"}.isdisjoint(loaded(program, "diff"))


def test_a_file_that_changes_on_disk_is_read_again(program: Program) -> None:
    before = program.ok(*DIFF).json
    path = program.repo.path / "seeknal" / "01_source_orders.yml"
    path.write_text(path.read_text().replace("name: amount", "name: quantity"))
    assert before["changes"]
    assert program.ok(*DIFF).json["changes"] == []


def test_with_and_without_a_cache_the_same_is_said(program: Program, tmp_path: Path) -> None:
    cold = program.ok(*DIFF)
    assert len(cached(tmp_path)) > 0
    warm = program.ok(*DIFF)
    without = program.ok(*DIFF, "--no-cache")
    assert cold.out == warm.out == without.out
    assert cold.err == warm.err == without.err


@pytest.mark.parametrize(
    ("arguments", "variables"), [(["--no-cache"], {}), ([], {"SEEKNAL_CI_CACHE": "off"})]
)
def test_switched_off_it_leaves_nothing(
    program: Program, tmp_path: Path, arguments: list[str], variables: dict[str, str]
) -> None:
    program.ok("diff", *arguments, **variables)
    program.run("validate", *arguments, **variables)
    assert not (tmp_path / "home" / ".cache").exists()


@pytest.mark.parametrize("name", ["SEEKNAL_CI_CACHE_DIR", "XDG_CACHE_HOME"])
def test_it_is_where_the_variables_say(program: Program, tmp_path: Path, name: str) -> None:
    program.ok("diff", **{name: str(tmp_path / "there")})
    assert not (tmp_path / "home" / ".cache").exists()
    assert [p for p in (tmp_path / "there").rglob("*") if p.is_file()]


def test_a_switch_that_is_neither_on_nor_off_is_refused(program: Program) -> None:
    ended = program.run("diff", SEEKNAL_CI_CACHE="banana")
    assert ended.exit_code == 1
    assert "SEEKNAL_CI_CACHE is 'banana'" in ended.err
    assert "fix:" in ended.err


def test_a_place_where_nothing_can_be_written_is_no_matter(
    program: Program, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    for place in (str(tmp_path / "file"), str(tmp_path / "file" / "below"), "/proc/nowhere"):
        ended = program.ok(*DIFF, SEEKNAL_CI_CACHE_DIR=place)
        assert ended.out == program.ok(*DIFF, "--no-cache").out
        assert ended.err == ""


def test_garbage_in_it_changes_nothing(program: Program, tmp_path: Path) -> None:
    expected = program.ok(*DIFF).out
    choose = random.Random(11)
    for path in cached(tmp_path):
        path.write_bytes(choose.randbytes(choose.randrange(2000)))
    assert program.ok(*DIFF).out == expected
    assert {"pydantic", "yaml"}.isdisjoint(loaded(program, "diff"))


def test_processes_that_use_it_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    running = [hammer(tmp_path, seed, rounds=40) for seed in range(4)]
    for process in running:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
    assert {p.suffix for p in tmp_path.rglob("*") if p.is_file()} == {""}


def test_processes_that_are_killed_leave_it_usable(tmp_path: Path) -> None:
    choose = random.Random(5)
    for seed in range(6):
        process = hammer(tmp_path, seed, rounds=10_000)
        while process.poll() is None and not any(tmp_path.rglob("?")):
            time.sleep(0.01)
        time.sleep(choose.random() / 5)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    last = hammer(tmp_path, 99, rounds=5)
    _, said = last.communicate(timeout=60)
    assert last.returncode == 0, said


def test_many_nodes_and_duckdb_in_one_process_end_without_a_word(tmp_path: Path) -> None:
    """What DuckDB is made with complains of objects that the collector never sees."""
    for index in range(600):
        (tmp_path / f"{index}.yml").write_text(
            f"kind: source\nname: s{index}\nsource: csv\ntable: a.csv\n"
        )
    code = (
        "import duckdb, sys; from pathlib import Path;"
        "from seeknal_ci.manifest.loader import load_manifest;"
        "from tests.support.project import MemoryTree;"
        "files = {f'seeknal/{p.name}': p.read_text() for p in Path(sys.argv[1]).iterdir()};"
        "manifest = load_manifest(MemoryTree(files));"
        "duckdb.connect().execute('SELECT 1').fetchall(); print(len(manifest.nodes))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "600\n"
    assert done.stderr == ""
