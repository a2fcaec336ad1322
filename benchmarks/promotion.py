"""How long a promotion takes over few rows and over many: it moves views, and no rows.

Production goes forth, which is measured, and back, by rollback, which is not; in turns over few
rows and many, so that other programs count for both.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from figure import RUNS, Figure
from projects import commit, git

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.postgres import server

NODES, FEW, ROWS = 10, 10, 10_000_000
# What makes so many numbers, in each engine's own SQL.
NUMBERS = {
    "duckdb": "SELECT CAST(t.i + {} AS BIGINT) AS i FROM source.one, range({}) AS t(i)",
    "postgres": "SELECT CAST(t.i + {} AS BIGINT) AS i "
    "FROM source.one, generate_series(1, {}) AS t(i)",
}


@dataclass(frozen=True, slots=True)
class Project:
    """Ten nodes of so many rows each, in a warehouse that holds them in two versions."""

    folder: Path
    url: str | None

    def run(self, *arguments: str) -> float:
        """Run the program; how many seconds it took."""
        variables = {} if self.url is None else {"SEEKNAL_CI_WAREHOUSE": self.url}
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "seeknal_ci", *arguments, "--quiet"],
            cwd=self.folder,
            env=os.environ | variables,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return time.perf_counter() - started


def promote(folder: Path, rows: int = ROWS) -> Iterator[Figure]:
    """The same promotion over few rows and many, on both engines; the floor is the one over few."""
    with ExitStack() as open_:
        postgres = open_.enter_context(server())
        for engine in NUMBERS:
            few, many = (
                _made(
                    folder / f"{engine}-{number}",
                    engine,
                    None if engine == "duckdb" else open_.enter_context(postgres.database()),
                    number,
                )
                for number in (FEW, rows)
            )
            times: dict[Project, list[float]] = {few: [], many: []}
            for _ in range(RUNS):
                for project, found in times.items():
                    found.append(project.run("promote"))
                    project.run("rollback")
            floor, seconds = (statistics.median(found) for found in times.values())
            name = f"promote, {NODES} changed nodes of {rows:,} rows, {engine}"
            yield Figure(name, seconds, floor, 1.2)


def _made(folder: Path, engine: str, url: str | None, rows: int) -> Project:
    """A project in production, whose next version is built already."""
    project = Project(folder, url)
    (folder / "seeknal").mkdir(parents=True)
    for name, text in {
        ".gitignore": "warehouse.duckdb*\ntarget/\n",
        "seeknal-ci.yml": f"dialect: {engine}\n",
        "one.csv": "n\n1\n",
        "seeknal/one.yml": "kind: source\nname: one\nsource: csv\ntable: one.csv\n"
        "schema: [{name: n, data_type: integer}]\n",
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    for version in range(2):
        _write_nodes(folder / "seeknal", engine, version, rows)
        commit(folder, f"Version {version}")
        project.run("promote" if version == 0 else "apply", *([] if version == 0 else ["dev"]))
    return project


def _write_nodes(folder: Path, engine: str, version: int, rows: int) -> None:
    """A change of the first node is one of all."""
    previous = "source.one"
    for number in range(NODES):
        sql = f"SELECT p.i + 1 AS i FROM {previous} AS p"
        if number == 0:
            sql = NUMBERS[engine].format(version, rows)
        text = (
            f"kind: transform\nname: t{number}\ninputs: [{{ref: {previous}}}]\ntransform: {sql}\n"
        )
        (folder / f"t{number}.yml").write_text(text, encoding="utf-8")
        previous = f"transform.t{number}"
