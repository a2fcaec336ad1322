"""Projects of any size to measure on, the same for the same number."""

from __future__ import annotations

import re
import subprocess
from importlib.resources import as_file
from importlib.resources import files as resources
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


def write_demo(folder: Path, files: int) -> None:
    """A repository with the demo's pipeline over and over, under other names each time."""
    with as_file(resources("seeknal_ci.demo") / "ecommerce" / "seeknal") as demo:
        texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(demo.iterdir())}
    names = [re.findall(r"^name: (\w+)", text, re.MULTILINE)[0] for text in texts.values()]
    renamed = re.compile(rf"((?:^name: |\w\.|exports/)(?:{'|'.join(names)}))\b", re.MULTILINE)
    for number in range(files // len(texts)):
        copy = folder / "seeknal" / f"{number:04}"
        copy.mkdir(parents=True)
        for name, text in texts.items():
            (copy / name).write_text(renamed.sub(rf"\1_{number:04}", text), encoding="utf-8")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit(folder, "Pipeline")


def change_one(folder: Path, number: int = 0) -> None:
    """Edit one transform in the middle of a row, each number otherwise."""
    path = folder / "seeknal" / "t0_3.yml"
    text = path.read_text(encoding="utf-8")
    changed = re.sub(r"c2 [-+] .* AS c2", f"c2 - c3 + {number} AS c2", text)
    path.write_text(changed, encoding="utf-8")


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
