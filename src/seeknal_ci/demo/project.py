"""The sample project: the e-commerce pipeline of Seeknal's tutorial, eight nodes."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path
from shutil import copytree

GITIGNORE = "warehouse.duckdb*\ntarget/\nexports/\n"


def write_project(folder: Path) -> None:
    """Write the project's files below `folder`, which is made if it is absent."""
    with as_file(files("seeknal_ci.demo") / "ecommerce") as source:
        copytree(source, folder, dirs_exist_ok=True)
    (folder / ".gitignore").write_text(GITIGNORE, encoding="utf-8")
