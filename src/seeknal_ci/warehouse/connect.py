"""From a URL to an open warehouse; the engine's driver is imported only then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.warehouse.protocol import Warehouse
from seeknal_ci.warehouse.url import Location, parse


def exists(url: str, root: Path) -> bool:
    """Whether there may be a warehouse yet; nothing is opened or imported.

    Of a server that is only known once it is asked.
    """
    path = parse(url, root).path
    return path is None or path.is_file()


def connect(
    url: str,
    root: Path,
    *,
    lock_timeout: float,
    read_only: bool,
    on_wait: Callable[[str], None],
) -> Warehouse:
    """Open the warehouse, and make it if it is absent and may be written.

    `lock_timeout` is how many seconds to wait for another process to let go of what it holds;
    `on_wait` is told when such a wait begins.
    """
    location = parse(url, root)
    if location.path is None:
        return _postgres(location, lock_timeout, read_only=read_only, on_wait=on_wait)
    from seeknal_ci.warehouse.duckdb import DuckDBWarehouse

    return DuckDBWarehouse.open(
        location.path, lock_timeout=lock_timeout, read_only=read_only, on_wait=on_wait
    )


def _postgres(
    location: Location, lock_timeout: float, *, read_only: bool, on_wait: Callable[[str], None]
) -> Warehouse:
    try:
        from seeknal_ci.warehouse.postgres import PostgresWarehouse
    except ImportError as error:
        # psycopg also says so if it is there without libpq.
        if (error.name or "psycopg").partition(".")[0] != "psycopg":
            raise
        raise SeeknalCiError(
            f"{location.shown} needs psycopg, which is not installed",
            fix="pip install 'seeknal-ci[postgres]'",
        ) from error
    return PostgresWarehouse.open(
        location.url,
        location.shown,
        lock_timeout=lock_timeout,
        read_only=read_only,
        on_wait=on_wait,
    )
