"""YAML text to plain values with the line of every field, or what keeps it from being read."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

import yaml

from seeknal_ci.manifest.yaml_syntax import syntax_problem
from seeknal_ci.manifest.yaml_values import MAX_DEPTH, RefusedError, Values, resolve, too_deep
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.spec import Json, Mark

MAX_BYTES = 1 << 20

# libyaml reads a file about ten times as fast as PyYAML alone.
Loader: type[yaml.CSafeLoader] | type[yaml.SafeLoader] = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)
HAS_LIBYAML = hasattr(yaml, "CSafeLoader")


class Composer(Loader):  # type: ignore[misc, valid-type]  # one of two classes
    """Composes nodes with the few tags that are told apart here.

    For every node, PyYAML asks whether the path down to it gives the node its tag. None ever does,
    so these calls, a third of them all, go to what takes their arguments and does nothing.
    """

    resolve = staticmethod(resolve)
    descend_resolver = operator.is_
    ascend_resolver = bool


# Only text with that many brackets, or with lines that begin so far to the right, can be too deep.
MAYBE_DEEP = re.compile(rf"^[ \-?:]{{{MAX_DEPTH}}}", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document: its value, its first line, and the place of every dotted field path."""

    value: Json
    line: int
    marks: dict[str, Mark] = field(default_factory=dict)
    # Paths of text whose characters stand in the file as they are, as in a literal block (`|`), to
    # where its first stands. The lines of a block are indented, by one less than that column.
    literal: Mapping[str, Mark] = field(default_factory=dict)


def read_documents(path: str, content: bytes) -> tuple[tuple[Document, ...], tuple[Problem, ...]]:
    """The documents of a file, and what keeps it from being read; one or the other is empty."""
    if len(content) > MAX_BYTES:
        problem = Problem(
            Place(path),
            "file-too-large",
            f"the file has {len(content):,} bytes, and may have {MAX_BYTES:,}",
            fix="split it into several files",
        )
        return (), (problem,)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return (), (_not_utf8(path, content, error),)
    try:
        return tuple(_documents(text)), ()
    except yaml.MarkedYAMLError as error:
        return (), (syntax_problem(path, text, error),)
    except yaml.reader.ReaderError:
        return (), (_character(path, text),)
    except RefusedError as refused:
        code, message, fix, mark = refused.problem
        place = Place(path, mark.line + 1, mark.column + 1)
        return (), (Problem(place, code, message, fix=fix),)


def _documents(text: str) -> Iterator[Document]:
    _refuse_deep(text)
    loader = Composer(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is not None:
                reader = Values(text)
                value = reader.read(node)
                line = node.start_mark.line + 1
                yield Document(value, line, reader.marks, reader.literal)
    finally:
        loader.dispose()


def _refuse_deep(text: str) -> None:
    """Refuse what is nested too deeply before it is composed: libyaml's composer calls itself for
    every level, and ends the process where the stack ends (PyYAML 6.0.3).
    """
    if text.count("[") + text.count("{") <= MAX_DEPTH and not MAYBE_DEEP.search(text):
        return
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise too_deep(cast("yaml.Mark", event.start_mark))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _character(path: str, text: str) -> Problem:
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    start = found.start() if found else 0
    which = f": U+{ord(text[start]):04X}" if found else ""
    return Problem(
        Place(path, text[:start].count("\n") + 1),
        "yaml-character",
        f"the file has a character that YAML does not allow{which}",
        fix="remove it",
    )


def _not_utf8(path: str, content: bytes, error: UnicodeDecodeError) -> Problem:
    line = content[: error.start].count(b"\n") + 1
    return Problem(
        Place(path, line),
        "not-utf8",
        f"the file is not UTF-8: byte 0x{content[error.start]:02x} on line {line}",
        fix="save the file as UTF-8",
    )
