"""What makes one version of the program read a file otherwise than another: its own code."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]

# The code that files are read with, and the values that they are read to.
CODE = ("errors.py", "manifest", "model", "sql")

# What that code is built on, and the file that has its version.
REQUIRED = {"pydantic": "version.py", "sqlglot": "_version.py", "yaml": "__init__.py"}


@cache
def fingerprint() -> str:
    """A hash of all that decides what a file is read to, its content aside.

    It goes by content and not by times, so that an installed copy and a checkout agree; a hundred
    files take 2 ms. Raises OSError where the code cannot be read, as in a zip file.
    """
    return fingerprint_of(PACKAGE)


def fingerprint_of(package: Path) -> str:
    """The same for a package that lies elsewhere."""
    found = hashlib.blake2b(sys.version.encode(), digest_size=16)
    for path in [package / "__init__.py", *(p for name in CODE for p in _sources(package / name))]:
        content = path.read_bytes()
        found.update(f"\0{path.relative_to(package).as_posix()}\0{len(content)}\0".encode())
        found.update(content)
    for name, file in REQUIRED.items():
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise FileNotFoundError(f"{name} is no file")
        folder = Path(spec.origin).parent
        # The names tell whether the compiled part is there, whose messages differ.
        listed = "\0".join(sorted(i.name for i in folder.iterdir() if i.name != "__pycache__"))
        found.update(f"\0{name}\0{listed}\0".encode())
        found.update((folder / file).read_bytes())
    return found.hexdigest()


def _sources(path: Path) -> Iterator[Path]:
    """The file itself, or every Python file below the folder, sorted."""
    if path.suffix == ".py":
        yield path
        return
    folders = sorted(os.walk(path))
    if not folders:
        raise FileNotFoundError(f"{path} is no folder")
    for folder, _, names in folders:
        yield from (Path(folder, name) for name in sorted(names) if name.endswith(".py"))
