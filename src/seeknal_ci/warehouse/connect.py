"""From a URL to an open warehouse; the engine's driver is imported only then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from seeknal_ci.warehouse.protocol import Warehouse
from seeknal_ci.warehouse.url import parse


def exists(url: str, root: Path) -> bool:
    """Whether there is a warehouse yet; nothing is opened or imported."""
    return parse(url, root).path.is_file()


def connect(
    url: str,
    root: Path,
    *,
    lock_timeout: float,
    read_only: bool,
    on_wait: Callable[[str], None],
) -> Warehouse:
    """Open the warehouse, and make it if it is absent and may be written.

    `lock_timeout` is how many seconds to wait for another process to let go of it; `on_wait`
    is told once that the wait begins.
    """
    location = parse(url, root)
    from seeknal_ci.warehouse.duckdb import DuckDBWarehouse

    return DuckDBWarehouse.open(
        location.path, lock_timeout=lock_timeout, read_only=read_only, on_wait=on_wait
    )
