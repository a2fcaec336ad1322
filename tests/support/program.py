"""The program as a user runs it: another process, an empty HOME, a real repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from seeknal_ci.demo.project import write_project
from tests.support.postgres import run
from tests.support.repo import GitRepo

KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR")


@dataclass(frozen=True)
class Ended:
    """What one run of the program left behind."""

    exit_code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON document."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Program:
    """seeknal-ci in the folder of a repository; `warehouse` is the URL of a PostgreSQL database,
    or None for the DuckDB file that a project has by itself.
    """

    repo: GitRepo
    folder: str = "."
    warehouse: str | None = None

    def environment(self, home: Path) -> dict[str, str]:
        """Nothing of the machine's own but what programs are found by."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        if self.warehouse is not None:
            kept["SEEKNAL_CI_WAREHOUSE"] = self.warehouse
        return {**kept, "HOME": str(home), "PYTHONUTF8": "1", "GIT_CONFIG_NOSYSTEM": "1"}

    def run(self, *arguments: str, stdin: str = "", **variables: str) -> Ended:
        """Run it to its end; whatever the exit code, no traceback may show."""
        home = self.repo.path.parent / "home"
        home.mkdir(exist_ok=True)
        done = subprocess.run(
            [sys.executable, "-m", "seeknal_ci", *arguments],
            cwd=self.repo.path / self.folder,
            env=self.environment(home) | variables,
            check=False,
            capture_output=True,
            input=stdin,
            encoding="utf-8",
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode != 70, done.stderr
        return Ended(done.returncode, done.stdout, done.stderr)

    def ok(self, *arguments: str, **variables: str) -> Ended:
        """Run it, and expect exit code 0."""
        ended = self.run(*arguments, **variables)
        assert ended.exit_code == 0, f"{arguments}: {ended.exit_code}\n{ended.out}\n{ended.err}"
        return ended

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the warehouse."""
        if self.warehouse is not None:
            return run(self.warehouse, sql)
        path = self.repo.path / self.folder / "warehouse.duckdb"
        with duckdb.connect(str(path), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def change(self, sql: str) -> None:
        """Send a statement to the warehouse that does not go through the program."""
        if self.warehouse is not None:
            run(self.warehouse, sql)
            return
        with duckdb.connect(str(self.repo.path / self.folder / "warehouse.duckdb")) as connection:
            connection.execute(sql)

    def tables(self, schema: str) -> list[str]:
        """Names of the views, or tables, in a schema, sorted."""
        rows = self.query(
            "SELECT table_name FROM information_schema.tables "
            f"WHERE table_schema = '{schema}' ORDER BY table_name"
        )
        return [str(name) for (name,) in rows]

    def columns(self, schema: str, table: str) -> list[str]:
        """Column names of a view or table, in order."""
        rows = self.query(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = "
            f"'{schema}' AND table_name = '{table}' ORDER BY ordinal_position"
        )
        return [str(name) for (name,) in rows]

    def builds(self) -> list[str]:
        """Every physical table there is, sorted."""
        return self.tables("seeknal_ci_builds")


def ecommerce(folder: Path, warehouse: str | None = None) -> Program:
    """The e-commerce project of Seeknal's tutorial in a repository of its own, committed."""
    repo = GitRepo.init(folder / "project")
    write_project(repo.path)
    repo.commit("E-commerce pipeline")
    return Program(repo, warehouse=warehouse)
