"""A promotion while somebody reads production: it waits, says for whom, and is never half one."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.support.postgres import Server
from tests.support.program import Ended, Program
from tests.support.scenes import PROMOTE, Scene, scene
from tests.support.wholeness import looking

READ = """
import sys
import duckdb
reader = duckdb.connect(sys.argv[1], read_only=True)
reader.execute("SET enable_progress_bar = false")
found = reader.execute("SELECT i FROM prod.orders, range(100000) AS t(i)")
print(found.fetchone(), flush=True)
sys.stdin.read()
print(len(found.fetchall()), flush=True)
"""


@contextmanager
def reading_process(program: Program) -> Iterator[subprocess.Popen[str]]:
    """A program that is in the middle of a query of production, and ends it when told to."""
    process = subprocess.Popen(
        [sys.executable, "-c", READ, str(program.repo.path / "warehouse.duckdb")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "(0,)\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def stays_old(made: Scene, ended: Ended, whom: str) -> None:
    """The promotion has failed, said for whom it waited, and changed nothing."""
    assert ended.exit_code == 1
    assert re.search(rf"{whom}.*: waiting up to 1 s", ended.err)
    assert re.search(rf"error: .*{whom}.*, still after 1 s", ended.err)
    assert "--lock-timeout" in ended.err
    with looking(made.program) as look:
        look.check_whole()
        assert look.shown("prod") == made.before


def moves_later(made: Scene) -> None:
    """Nobody is in its way any more."""
    ended = made.program.ok(*PROMOTE)
    assert "waiting" not in ended.err
    with looking(made.program) as look:
        look.check_whole()
        assert look.shown("prod") == made.after


def test_a_process_that_reads_a_duckdb_file(tmp_path: Path) -> None:
    with scene(tmp_path, None) as made:
        with reading_process(made.program) as process:
            ended = made.program.run(*PROMOTE, "--lock-timeout", "1")
            output, _ = process.communicate("")
        assert output == "299999\n"
        stays_old(made, ended, f"PID {process.pid}")
        moves_later(made)


@pytest.mark.parametrize(
    ("level", "view"),
    [
        # The view loses a column, so it is dropped and made anew.
        (psycopg.IsolationLevel.READ_COMMITTED, "inventory_status"),
        (psycopg.IsolationLevel.REPEATABLE_READ, "inventory_status"),
        # It stays as it is, and then the reader goes on to what moves.
        (psycopg.IsolationLevel.REPEATABLE_READ, "customers"),
    ],
)
def test_a_transaction_that_reads_in_postgresql(
    tmp_path: Path, postgres: Server, level: psycopg.IsolationLevel, view: str
) -> None:
    with scene(tmp_path, postgres) as made:
        assert made.program.warehouse is not None
        with psycopg.connect(made.program.warehouse, application_name="dashboard") as reader:
            reader.isolation_level = level
            reader.execute(f"SELECT * FROM prod.{view}".encode())
            pid = reader.info.backend_pid
            ended = made.program.run(*PROMOTE, "--lock-timeout", "1")
            reads_on = reader.execute(
                "SELECT count(stock_margin), (SELECT count(*) FROM prod.daily_sales) "
                "FROM prod.inventory_status"
            )
            assert reads_on.fetchall() == [(3, 3)]
        stays_old(made, ended, rf"dashboard \(session {pid} of \w+, its transaction began at")
        moves_later(made)
