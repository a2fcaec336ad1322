"""The bytes of a Python file to its syntax tree, or to the problem that keeps it from being one."""

from __future__ import annotations

import ast
import codecs
import io
import re
import sys
import tokenize
import warnings
from dataclasses import dataclass

from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.spec import Mark

MAX_BYTES = 1 << 20

# What is UTF-8, or a part of it, by the names that Python's codecs have.
UTF8 = frozenset({"ascii", "utf-8", "utf-8-sig"})

# A file with none of these defines no node: no decorator, no module to take one from, and no
# encoding in which either may be written otherwise.
TRACES = re.compile(rb"@|seeknal|coding")


class RefusedError(Exception):
    """A file or node that cannot be read as it is written; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class PythonSource:
    """One file: its text, lines ended by `\\n`, and its syntax tree."""

    path: str
    text: str
    tree: ast.Module
    lines: tuple[str, ...]

    def mark(self, node: ast.expr | ast.stmt | ast.keyword) -> Mark:
        """Line and column of a piece of code, in characters; `ast` counts bytes of UTF-8."""
        before = self.lines[node.lineno - 1].encode()[: node.col_offset]
        return node.lineno, len(before.decode()) + 1

    def place(self, node: ast.expr | ast.stmt | ast.keyword) -> Place:
        """The place of a piece of code."""
        return Place(self.path, *self.mark(node))


def may_define_nodes(content: bytes) -> bool:
    """False for a file that has no trace of Seeknal."""
    return TRACES.search(content) is not None


def read_python(path: str, content: bytes) -> PythonSource:
    """The syntax tree of a file. Raises RefusedError."""
    if len(content) > MAX_BYTES:
        raise _refused(
            Place(path),
            "file-too-large",
            f"the file has {len(content):,} bytes, and may have {MAX_BYTES:,}",
            "split it into several files",
        )
    text = _decoded(path, content).replace("\r\n", "\n").replace("\r", "\n")
    lines = tuple(text.split("\n"))
    try:
        with warnings.catch_warnings():
            # What Python has to say about style, such as `"\d"`, is no concern of ours.
            warnings.simplefilter("ignore")
            return PythonSource(path, text, ast.parse(text), lines)
    except SyntaxError as error:
        raise _syntax(path, lines, error) from error
    except (RecursionError, MemoryError) as error:
        raise too_deep(path) from error
    except ValueError as error:
        # Python before 3.11.4 and 3.12 has no SyntaxError for a NUL byte.
        line = text[: max(text.find("\0"), 0)].count("\n") + 1
        raise _invalid(Place(path, line), str(error)) from error


def too_deep(path: str) -> RefusedError:
    """The problem of a file whose expressions are nested beyond reading."""
    return _refused(
        Place(path),
        "python-too-deep",
        "the Python is nested too deeply to be read, so it cannot be told which nodes it defines",
        "break the longest expression into several",
    )


def _decoded(path: str, content: bytes) -> str:
    named = _named_encoding(content)
    if named is not None and named not in UTF8:
        raise _refused(
            Place(path),
            "not-utf8",
            f"the file says that it is not UTF-8: {named}",
            "save the file as UTF-8, and remove the line that names another encoding",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _refused(
            Place(path, line),
            "not-utf8",
            f"the file is not UTF-8: byte 0x{content[error.start]:02x} on line {line}",
            "save the file as UTF-8",
        ) from error


def _named_encoding(content: bytes) -> str | None:
    """The encoding that PEP 263 gives the file, or what is wrong with the line that names it.

    None where the first lines have bytes that are no UTF-8, which decoding tells with their place.
    """
    try:
        return codecs.lookup(tokenize.detect_encoding(io.BytesIO(content).readline)[0]).name
    except SyntaxError as error:
        return None if error.msg.startswith("invalid or missing") else error.msg


def _syntax(path: str, lines: tuple[str, ...], error: SyntaxError) -> RefusedError:
    line = min(max(error.lineno or 1, 1), len(lines))
    column = error.offset if error.offset and error.offset > 0 else None
    return _invalid(Place(path, line, column), error.msg)


def _invalid(place: Place, said: str) -> RefusedError:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return _refused(
        place,
        "python-syntax",
        f"the file is no valid Python, so it cannot be told whether it defines nodes: {said}",
        f"correct it, or leave it out of this folder; files are read as Python {version}",
    )


def _refused(place: Place, code: str, message: str, fix: str) -> RefusedError:
    return RefusedError(Problem(place, code, message, fix=fix))
