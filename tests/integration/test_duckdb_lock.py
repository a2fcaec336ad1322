"""A DuckDB file belongs to one process: the others wait, and a killed one leaves nothing behind."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import pytest

from seeknal_ci.errors import WarehouseError
from seeknal_ci.warehouse.duckdb import DuckDBWarehouse
from tests.contract.samples import environment, request

HOLD = """
import sys
from pathlib import Path
from seeknal_ci.warehouse.duckdb import DuckDBWarehouse
warehouse = DuckDBWarehouse.open(Path(sys.argv[1]), lock_timeout=0, on_wait=print)
print("held", flush=True)
sys.stdin.read()
"""
BUILD_ENDLESSLY = """
import sys
from pathlib import Path
from seeknal_ci.warehouse.duckdb import DuckDBWarehouse
from tests.contract.samples import request
warehouse = DuckDBWarehouse.open(Path(sys.argv[1]), lock_timeout=0, on_wait=print)
warehouse.build(request("transform.done", "SELECT 1 AS n"))
endless = "SELECT i FROM range(1000000000000) AS t(i) WHERE hash(i) % 7 = 3"
try:
    print("held", flush=True)
    warehouse.build(request("transform.endless", endless))
except KeyboardInterrupt:
    print("interrupted", warehouse.check("SELECT 7"), flush=True)
"""


def told_nothing(message: str) -> None:
    raise AssertionError(f"nobody else has the file, but: {message}")


def opened(
    path: Path,
    *,
    lock_timeout: float = 0,
    read_only: bool = False,
    on_wait: Callable[[str], None] = told_nothing,
) -> DuckDBWarehouse:
    return DuckDBWarehouse.open(
        path, lock_timeout=lock_timeout, read_only=read_only, on_wait=on_wait
    )


@contextmanager
def another_process(script: str, path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has said `held`; it is gone afterwards."""
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "warehouse.duckdb"


def test_a_file_that_is_held_is_waited_for(path: Path) -> None:
    told = []
    with another_process(HOLD, path) as holder:

        def let_go(message: str) -> None:
            told.append(message)
            holder.communicate("")

        warehouse = opened(path, lock_timeout=60, on_wait=let_go)
        assert warehouse.environments() == ()
        warehouse.close()
        assert len(told) == 1
        assert f"PID {holder.pid}" in told[0]
        assert str(path) in told[0]


@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_that_stays_held_is_an_error(path: Path, read_only: bool) -> None:
    told: list[str] = []
    with another_process(HOLD, path) as holder:
        with pytest.raises(WarehouseError, match=f"PID {holder.pid}") as caught:
            opened(path, lock_timeout=0.2, read_only=read_only, on_wait=told.append)

        assert "--lock-timeout" in caught.value.fix
        assert caught.value.retriable
        assert len(told) == 1


def test_the_lock_dies_with_its_owner(path: Path) -> None:
    with another_process(HOLD, path) as holder:
        holder.kill()
        holder.wait()
        opened(path).close()


def test_a_build_that_was_killed_leaves_nothing(path: Path) -> None:
    with another_process(BUILD_ENDLESSLY, path) as builder:
        builder.kill()
        builder.wait()

    warehouse = opened(path)
    done, endless = request("transform.done", ""), request("transform.endless", "SELECT 1 AS n")
    assert set(warehouse.builds([done.build_id, endless.build_id])) == {done.build_id}
    assert warehouse.build(endless).rows == 1
    warehouse.close()


def test_control_c_stops_a_build_and_gets_through(path: Path) -> None:
    with another_process(BUILD_ENDLESSLY, path) as builder:
        # Late enough to meet the query itself: what comes earlier, Python handles alone.
        Timer(0.5, builder.send_signal, [signal.SIGINT]).start()
        output, _ = builder.communicate(timeout=60)

    assert output == "interrupted 7\n"


def test_closing_frees_the_file(path: Path) -> None:
    warehouse = opened(path)
    warehouse.publish(environment("dev", {}))
    warehouse.close()

    with another_process(HOLD, path):
        pass
    with pytest.raises(WarehouseError):
        warehouse.environments()
