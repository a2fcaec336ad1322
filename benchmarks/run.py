"""How fast it is, each figure as a ratio to a floor taken in the same run.

The floor of a command is a process that only imports what the command cannot do without; machines
differ, and the ratio much less. `python benchmarks/run.py [NAME…]` runs some of them.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from figure import RUNS, Figure
from load import load
from projects import change_one, write_project
from promotion import ROWS, promote
from wide import wide

DIFF_FLOOR = "import pygit2, yaml, click, sqlglot"
CACHE = "SEEKNAL_CI_CACHE_DIR"
HOOK_FLOOR = "import pygit2, click"


def timed(command: list[str], folder: Path, before: Callable[[], None] | None = None) -> float:
    """The median of several runs of a command, in seconds."""
    times = []
    for _ in range(RUNS):
        if before is not None:
            before()
        started = time.perf_counter()
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def python(code: str, folder: Path) -> float:
    """How long a process takes that only runs `code`."""
    return timed([sys.executable, "-c", code], folder)


def seeknal_ci(*arguments: str) -> list[str]:
    """The program's command line."""
    return [sys.executable, "-m", "seeknal_ci", *arguments, "--quiet"]


def diff(folder: Path) -> Iterator[Figure]:
    """One node of many changed: nothing in the cache, all but the change in it, and all of it."""
    for nodes, cold, warm in ((1_000, 2.0, 1.5), (10_000, None, 3.0)):
        project = folder / f"diff-{nodes}"
        edits = itertools.count()
        write_project(project, nodes, rows=1)
        change_one(project, next(edits))
        floor = python(DIFF_FLOOR, project)
        name, command = f"diff, {nodes:,} nodes, one changed", seeknal_ci("diff")
        first = timed(command, project, before=_forget)
        edited = timed(command, project, before=lambda: change_one(project, next(edits)))  # noqa: B023 (called at once)
        yield Figure(f"{name}, cold cache", first, floor, cold)
        yield Figure(f"{name}, warm but for the change", edited, floor)
        yield Figure(f"{name}, warm cache", timed(command, project), floor, warm)


def _forget() -> None:
    shutil.rmtree(os.environ[CACHE], ignore_errors=True)


def hook(folder: Path) -> Iterator[Figure]:
    """A commit that has nothing to do with the pipeline."""
    project = folder / "hook"
    write_project(project, 1_000, rows=1)
    floor = python(HOOK_FLOOR, project)
    seconds = timed(seeknal_ci("hook", "pre-commit"), project)
    yield Figure("hook pre-commit, nothing of the pipeline staged", seconds, floor, 1.3)


def apply(folder: Path) -> Iterator[Figure]:
    """Everything built, beside the same tables made by bare SQL in the same number of threads."""
    project = folder / "apply"
    nodes = 300
    write_project(project, nodes, rows=1_000)
    warehouse = project / "warehouse.duckdb"
    seconds = timed(
        seeknal_ci("apply", "dev"), project, before=lambda: warehouse.unlink(missing_ok=True)
    )
    floor = _bare_sql(project, warehouse)
    yield Figure(f"apply, {nodes} nodes; the floor is their SQL alone", seconds, floor)
    with_all, run = ((s - floor) / nodes * 1_000 for s in (seconds, _last_run(warehouse)))
    print(f"    {run:.1f} ms a node beside its SQL in the run (asked: ≤ 10 ms)")
    print(f"    {with_all:.1f} ms with start-up, loading, comparing and analysing the project")


def _last_run(warehouse: Path) -> float:
    """Seconds from the first step of the last run to its end, as the ledger has them."""
    import duckdb

    with duckdb.connect(str(warehouse), read_only=True) as connection:
        ((seconds,),) = connection.execute(
            "SELECT epoch(ended_at) - epoch(started_at) FROM seeknal_ci.execution "
            "WHERE parent_id IS NULL ORDER BY started_at DESC LIMIT 1"
        ).fetchall()
    return float(seconds)


def _bare_sql(project: Path, warehouse: Path) -> float:
    """Seconds to make the same tables with nothing around them."""
    import duckdb  # which would change how Python looks for garbage while projects are loaded

    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = 'seeknal_ci_builds' ORDER BY table_name"
        ).fetchall()
    with duckdb.connect(str(project / "bare.duckdb")) as connection:
        connection.execute(f"ATTACH '{warehouse}' AS built (READ_ONLY)")
        started = time.perf_counter()
        for (table,) in tables:
            connection.execute(
                f'CREATE TABLE "{table}" AS SELECT * FROM built.seeknal_ci_builds."{table}"'
            )
        return time.perf_counter() - started


Benchmark = Callable[[Path], Iterator[Figure]]
BENCHMARKS: dict[str, Benchmark] = {
    "load": load,
    "diff": diff,
    "wide": wide,
    "hook": hook,
    "apply": apply,
    "promote": promote,
}


def main() -> None:
    """Run the benchmarks named on the command line, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], help="which to run")
    parser.add_argument("--rows", type=int, default=ROWS, help="of a table that is promoted")
    chosen = parser.parse_args()
    benchmarks: dict[str, Benchmark] = {**BENCHMARKS, "promote": partial(promote, rows=chosen.rows)}
    folder = Path(tempfile.mkdtemp(prefix="seeknal-ci-benchmark-"))
    os.environ[CACHE] = str(folder / "cache")
    # An installed program has its bytecode; without it, the compiler would be measured.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        for name in chosen.names or benchmarks:
            for figure in benchmarks[name](folder):
                print(figure, flush=True)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
