"""Many processes share a PostgreSQL warehouse: all of them finish, and nothing is built twice."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from seeknal_ci.demo.edits import ADD_DISCOUNT, Edit
from seeknal_ci.warehouse.postgres import PostgresWarehouse
from tests.support.program import Program, ecommerce
from tests.support.repo import GitRepo
from tests.support.wholeness import looking

LONG = bool(os.environ.get("SEEKNAL_CI_TEST_LONG"))
BRANCHES, ROUNDS = (8, 10) if LONG else (4, 1)

# A sequence counts what is rolled back too.
COUNT_BUILDS = (
    "CREATE SEQUENCE begun",
    "CREATE FUNCTION count_build() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM nextval('begun'); RETURN NEW; END $$",
    "CREATE TRIGGER count_build BEFORE INSERT ON seeknal_ci.build "
    "FOR EACH ROW EXECUTE FUNCTION count_build()",
)


def relabel(label: str) -> Edit:
    """Rows of inventory_status that are another word for every label."""
    return Edit("seeknal/06_transform_inventory_status.yml", "'reorder'", f"'{label}'", "relabel")


def checkout(program: Program, folder: Path, *edits: Edit, branch: str = "main") -> Program:
    """Another developer's copy of the repository, with edits committed on a branch."""
    shutil.copytree(program.repo.path, folder / "project", symlinks=True)
    repo = GitRepo(folder / "project")
    if branch != "main":
        repo.checkout(branch, new=True)
    for edit in edits:
        edit.make(repo.path)
        repo.commit(edit.says)
    return Program(repo, warehouse=program.warehouse)


def start(program: Program, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "seeknal_ci", *arguments, "--quiet"],
        cwd=program.repo.path,
        env=program.environment(program.repo.path.parent),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_branches_and_promotions_at_once(tmp_path: Path, postgres_url: str, turn: int) -> None:
    program = ecommerce(tmp_path, postgres_url)
    # A clean-up takes whatever nobody needs at that moment.
    program.repo.commit("Keep nothing", files={"seeknal-ci.yml": "builds: {keep: 0s}\n"})
    PostgresWarehouse.open(postgres_url, "here", lock_timeout=0, on_wait=pytest.fail).close()
    for statement in COUNT_BUILDS:
        program.change(statement)
    # Two branches each have the same edit, and so need the same builds.
    branches = {
        f"b{i}": checkout(program, tmp_path / f"b{i}", relabel(f"low{i // 2}"), branch=f"b{i}")
        for i in range(BRANCHES)
    }
    first = checkout(program, tmp_path / "first", ADD_DISCOUNT)
    second = checkout(first, tmp_path / "second", relabel("low0"))
    first.repo.git("fetch", "--quiet", str(second.repo.path), "main")

    applies = [start(one, "apply", name) for name, one in branches.items()]
    collects = [start(program, "env", "gc", "--lock-timeout", "600") for _ in range(2)]
    promotions = [start(one, "promote", "--lock-timeout", "600") for one in (first, second)]
    processes = (*applies, *collects, *promotions)
    ended = [(*process.communicate(), process.returncode) for process in processes]

    assert [code for *_, code in ended[:-2]] == [0] * (BRANCHES + 2), ended
    # The older commit is refused if the younger one was first.
    assert ended[-1][2] == 0, ended[-1]
    assert ended[-2][2] in (0, 3), ended[-2]
    said = re.findall(r"Promotion: (\S+)", "".join(out for out, *_ in ended))
    recorded = program.query("SELECT id FROM seeknal_ci.promotion")
    assert sorted(said) == sorted(one for (one,) in recorded)
    assert len(said) == (2 if ended[-2][2] == 0 else 1)

    built = program.query("SELECT count(*), (SELECT last_value FROM begun) FROM seeknal_ci.build")
    assert built[0][0] == built[0][1]
    _check_rows(program, second)


def _check_rows(program: Program, second: Program) -> None:
    """Every branch has its own rows, and production those of the last commit."""
    with looking(program) as look:
        look.check_whole()
        labels = {f"b{i}": f"low{i // 2}" for i in range(BRANCHES)} | {"prod": "low0"}
        for name, label in labels.items():
            seen = look.query(f"SELECT DISTINCT stock_status FROM {name}.inventory_status")
            assert sorted(seen) == [("in_stock",), (label,)]
            assert ("discount_pct" in look.rows(name, "clean_orders")[0]) == (name == "prod")
        held = "SELECT \"commit\" FROM seeknal_ci.environment WHERE name = 'prod'"
        assert look.query(held) == [(second.repo.head(),)]
