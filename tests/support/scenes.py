"""A project in the middle of its life, made once and copied as often as it is to be damaged."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import duckdb

from seeknal_ci.demo.edits import ADD_DISCOUNT, Edit
from tests.support.postgres import Server
from tests.support.program import Program, ecommerce
from tests.support.repo import GitRepo
from tests.support.wholeness import Rows, looking

PROMOTE = ("promote", "--allow-breaking", "*")
RELABEL = Edit("seeknal/06_transform_inventory_status.yml", "'reorder'", "'low'", "relabel")
REMOVE_COLUMN = Edit(
    "seeknal/06_transform_inventory_status.yml",
    "    stock_quantity - reorder_level AS stock_margin,\n",
    "",
    "remove a column that nobody reads",
)
# Whatever is not needed goes at the next clean-up.
CONFIG = "environments: {ttl: 1ms}\nbuilds: {keep: 0s}\n"
REMOVED = "seeknal/07_aggregation_daily_sales.yml"
ADDED = """kind: transform
name: low_stock
transform: SELECT product_id FROM transform.inventory_status WHERE stock_status = 'low'
inputs: [{ref: transform.inventory_status}]
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """Production holds the commit `old`, and `new` is checked out; `dev` is not there yet.

    The other commit has a column more and one less, other rows, a node more and one less.
    `before` and `after` are what readers of production see of them, `promotion` is that of `old`.
    """

    program: Program
    promotion: str
    old: str
    new: str
    before: Mapping[str, Rows]
    after: Mapping[str, Rows]


@contextmanager
def copied(program: Program, server: Server | None) -> Iterator[Program]:
    """Another project that is the same, with a warehouse of its own."""
    with tempfile.TemporaryDirectory(prefix="scene-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "project"
        shutil.copytree(program.repo.path, path, symlinks=True)
        with _database(server, program.warehouse) as url:
            yield Program(GitRepo(path), warehouse=url)


@contextmanager
def scene(folder: Path, server: Server | None) -> Iterator[Scene]:
    """The scene on PostgreSQL if there is a server, else on DuckDB."""
    with _database(server) as url:
        program = ecommerce(folder, url)
        program.repo.commit("Configure", files={"seeknal-ci.yml": CONFIG})
        program.ok("promote", "--quiet")
        old = program.repo.head()
        for edit in (ADD_DISCOUNT, RELABEL, REMOVE_COLUMN):
            edit.make(program.repo.path)
        program.repo.delete(REMOVED)
        new = program.repo.commit("Changes", files={"seeknal/09_low_stock.yml": ADDED})
        with looking(program) as look:
            before = look.shown("prod")
            ((promotion,),) = look.query("SELECT id FROM seeknal_ci.promotion")
        made = Scene(program, promotion, old, new, before, {})
        with copied(program, server) as promoted:
            promoted.ok(*PROMOTE, "--quiet")
            with looking(promoted) as look:
                after = look.shown("prod")
        assert before["customer_enriched"] == after["customer_enriched"]
        assert set(before) ^ set(after) == {"daily_sales", "low_stock"}
        yield replace(made, after=after)


@contextmanager
def _database(server: Server | None, template: str | None = None) -> Iterator[str | None]:
    if server is None:
        yield None
        return
    options = f"TEMPLATE {urlsplit(template).path[1:]}" if template else ""
    with server.database(options) as url:
        yield url


def exported(program: Program) -> list[tuple[object, ...]]:
    """The rows of the file that production exports, whichever files are beside it."""
    folder = program.repo.path / "exports/customer_enriched"
    with duckdb.connect() as connection:
        rows = connection.execute(f"SELECT * FROM '{folder}/*/*.parquet'").fetchall()
    return sorted(rows, key=repr)
