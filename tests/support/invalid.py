"""Projects with something wrong in them: small YAML files below tests/cases/invalid.

A case says in `why:` what is wrong. Its files are those of `base:`, a project below
tests/cases/projects, and of `files:`. `bytes:` has files whose characters are the bytes themselves,
`repeat:` lists `[path, start, piece, times, end]` for files too long to be written out, and
`links:` maps symbolic links to what they point at. `options:` are those of `validate`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.support.cases import CASES, project

KEYS = {"why", "base", "files", "bytes", "repeat", "links", "options"}
SOURCE = Path(__file__).resolve().parents[2] / "src" / "seeknal_ci"
CODE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Invalid:
    """Files with something wrong in them."""

    id: str
    files: Mapping[str, bytes]
    links: Mapping[str, str]
    options: tuple[str, ...]

    @property
    def text(self) -> str:
        """What is to be said of it."""
        return (CASES / "invalid" / f"{self.id}.txt").read_text(encoding="utf-8")

    def write(self, folder: Path) -> None:
        """Put the files below a folder."""
        for path, content in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        for path, target in self.links.items():
            (folder / path).symlink_to(target)


def invalid_cases() -> list[Invalid]:
    """Every case, by its folder and name."""
    return [_read(path) for path in sorted((CASES / "invalid").glob("*/*.yml"))]


def _read(path: Path) -> Invalid:
    said: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(said) <= KEYS, f"{path} has {sorted(set(said) - KEYS)}, which no case has"
    assert said["why"], f"{path} does not say what is wrong"
    files: dict[str, bytes] = {}
    for file, text in project(said.get("base", "tiny")).items():
        files[file] = text.encode() if isinstance(text, str) else text
    files |= {file: text.encode() for file, text in said.get("files", {}).items()}
    files |= {file: text.encode("latin-1") for file, text in said.get("bytes", {}).items()}
    for file, start, piece, times, end in said.get("repeat", []):
        files[file] = (start + piece * times + end).encode()
    options = tuple(said.get("options", []))
    return Invalid(f"{path.parent.name}/{path.stem}", files, said.get("links", {}), options)


def codes() -> Iterator[str]:
    """Every code that a problem of the pipeline's files can have, as the source has them."""
    for path in sorted(SOURCE.rglob("*.py")):
        if path.relative_to(SOURCE).parts[0] not in ("manifest", "sql"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield from _codes_of(node)


# Which argument of a call is the code.
CALLS = {
    "Problem": 1,
    "problem": 0,
    "_refused": 2,
    "SqlError": 0,
    "TemplateError": 0,
    "RefusedError": 0,
}


def _codes_of(call: ast.Call) -> Iterator[str]:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    at = CALLS.get(name)
    if at is None:
        return
    for argument in call.args[max(0, at - 1) : at + 1]:
        value = argument.value if isinstance(argument, ast.Constant) else None
        if isinstance(value, str) and CODE.fullmatch(value):
            yield value
