"""Rows written to files, so that a target is wholly there or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path

from duckdb import DuckDBPyConnection

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.warehouse.duckdb_text import from_query, literal, one_statement, output_path
from seeknal_ci.warehouse.identifiers import quote
from seeknal_ci.warehouse.protocol import ExportRequest

_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "csv": ("FORMAT csv", "HEADER true"),
    "json": ("FORMAT json", "ARRAY true"),
    "jsonl": ("FORMAT json", "ARRAY false"),
    "parquet": ("FORMAT parquet",),
}


def export(cursor: DuckDBPyConnection, request: ExportRequest) -> int:
    """Write beside the target, then move into place; returns how many rows.

    Killed halfway, it leaves a hidden file or folder beside the target, which the next export of
    that target removes. A folder is replaced by two renames: between them the target is absent
    for a moment.
    """
    target = request.target.absolute()
    check(request)
    # The ending stays: it is what tells DuckDB to compress.
    made = _sibling(target, "".join(target.suffixes))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for left in target.parent.glob(f"{_mark(target)}*"):
            _remove(left)
        try:
            rows = _copy(cursor, request, made)
            _put_in_place(made, target)
        finally:
            _remove(made)
    except OSError as error:
        raise SeeknalCiError(
            f"{target} cannot be written: {error.strerror or error}",
            fix="check the path, and who may write there",
        ) from error
    return rows


def check(request: ExportRequest) -> None:
    """Raise for a format that nobody knows, and for a target that holds other things."""
    target = request.target.absolute()
    if request.format not in _OPTIONS:
        raise SeeknalCiError(
            f"{target}: rows cannot be written as `{request.format}`",
            fix=f"use one of: {', '.join(_OPTIONS)}",
        )
    if target.is_dir() and not (request.partition_by and _is_ours(target, request.format)):
        raise SeeknalCiError(
            f"{target} is a folder with other things in it, which would be lost",
            fix="write to a path of its own, or remove the folder",
        )


def _is_ours(folder: Path, output: str) -> bool:
    """Whether a folder holds nothing but what an earlier export would have written: files as
    DuckDB names them, in folders `column=value`.
    """
    return all(
        "=" in part.name if part.is_dir() else re.fullmatch(rf"data_\d+\.{output}.*", part.name)
        for part in folder.rglob("*")
    )


def _copy(cursor: DuckDBPyConnection, request: ExportRequest, made: Path) -> int:
    options = list(_OPTIONS[request.format])
    if request.compression:
        options.append(f"COMPRESSION {literal(request.compression)}")
    if request.partition_by:
        options.append(f"PARTITION_BY ({', '.join(quote(name) for name in request.partition_by)})")
        made.mkdir()
    sql = f"COPY (SELECT * {from_query(request.sql)}) TO {output_path(made)} ({', '.join(options)})"
    counted = cursor.execute(one_statement(cursor, sql)).fetchone()
    assert counted is not None
    return int(counted[0])


def _put_in_place(made: Path, target: Path) -> None:
    if made.is_file() or not target.exists():
        made.replace(target)
        return
    old = _sibling(target, "")
    target.rename(old)
    try:
        made.rename(target)
    except OSError:
        old.rename(target)
        raise
    _remove(old)


def _sibling(target: Path, suffix: str) -> Path:
    return target.with_name(f"{_mark(target)}{uuid.uuid4().hex}{suffix}")


def _mark(target: Path) -> str:
    """What the names of all siblings begin with; a name of any length has a short one."""
    return f".{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]}-"


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
