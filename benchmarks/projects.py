"""Projects of any size to measure on, the same for the same number."""

from __future__ import annotations

import subprocess
from pathlib import Path

COLUMNS = 10
CHAIN = 9
IDENTITY = ["-c", "user.name=Benchmark", "-c", "user.email=benchmark@example.com"]


def write_project(folder: Path, nodes: int, rows: int = 10) -> None:
    """A repository with about `nodes` nodes: a source and nine transforms in a row, repeated."""
    (folder / "seeknal").mkdir(parents=True)
    (folder / "data").mkdir()
    for group in range(max(1, nodes // (CHAIN + 1))):
        _write_source(folder, group, rows)
        previous = f"source.s{group}"
        for step in range(CHAIN):
            name = f"t{group}_{step}"
            _write_transform(folder, name, previous, step)
            previous = f"transform.{name}"
    (folder / ".gitignore").write_text("warehouse.duckdb*\ntarget/\n", encoding="utf-8")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit(folder, "Pipeline")


def change_one(folder: Path) -> None:
    """Edit one transform in the middle of a row."""
    path = folder / "seeknal" / "t0_3.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("c2 + c3 AS c2", "c2 - c3 AS c2"), encoding="utf-8")


def commit(folder: Path, message: str) -> None:
    """Commit everything."""
    git(folder, "add", ".")
    git(folder, *IDENTITY, "commit", "--quiet", "--message", message)


def git(folder: Path, *arguments: str) -> None:
    """Run git, and expect it to succeed."""
    subprocess.run(["git", *arguments], cwd=folder, check=True)


def _write_source(folder: Path, group: int, rows: int) -> None:
    columns = "".join(f"  - {{name: c{i}, data_type: integer}}\n" for i in range(COLUMNS))
    (folder / f"seeknal/s{group}.yml").write_text(
        f"kind: source\nname: s{group}\nsource: csv\ntable: data/s{group}.csv\nschema:\n{columns}",
        encoding="utf-8",
    )
    header = ",".join(f"c{i}" for i in range(COLUMNS))
    lines = (",".join(str(row + i) for i in range(COLUMNS)) for row in range(rows))
    text = "\n".join([header, *lines]) + "\n"
    (folder / f"data/s{group}.csv").write_text(text, encoding="utf-8")


def _write_transform(folder: Path, name: str, previous: str, step: int) -> None:
    (folder / f"seeknal/{name}.yml").write_text(
        f"""kind: transform
name: {name}
description: Step {step} of a row
owner: benchmark
inputs:
  - ref: {previous}
transform: |
  WITH kept AS (
    SELECT * FROM {previous} WHERE c0 >= {step}
  )
  SELECT c0, c1, c2 + c3 AS c2, c3, c4, c5, c6, c7, c8, c9
  FROM kept
  WHERE c1 IS NOT NULL
""",
        encoding="utf-8",
    )
