"""YAML text to plain values with the line of every field.

YAML 1.1 reads `NO` as false, `12:30:00` as 45000 and a date as a date. A pipeline's country codes,
times and versions are none of these, so only `true`, `false`, numbers and null are read as such,
and `007` is no number; whoever expects a switch reads `off` and `no` as one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

import yaml

from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.spec import Json, Mark

MAX_BYTES = 1 << 20
MAX_VALUES = 50_000
MAX_DEPTH = 64
MERGE = "tag:yaml.org,2002:merge"
QUOTES = ("'", '"')

# libyaml reads a file about ten times as fast as PyYAML alone.
Loader: type[yaml.CSafeLoader] | type[yaml.SafeLoader] = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)
HAS_LIBYAML = hasattr(yaml, "CSafeLoader")

# A code such as `007`, which YAML 1.1 reads as octal.
LEADING_ZERO = re.compile(r"[-+]?0[0-9_]")

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


class RefusedError(Exception):
    """Valid YAML that is refused all the same; carries the problem's parts."""

    def __init__(self, code: str, message: str, fix: str, mark: yaml.Mark) -> None:
        super().__init__(message)
        self.problem = (code, message, fix, mark)


def read_documents(path: str, content: bytes) -> tuple[tuple[Document, ...], tuple[Problem, ...]]:
    """The documents of a file, and what keeps it from being read; one or the other is empty."""
    if len(content) > MAX_BYTES:
        size = f"{len(content) / MAX_BYTES:.1f} MiB"
        problem = Problem(
            Place(path),
            "file-too-large",
            f"the file is {size}, and a pipeline file may have 1 MiB",
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
        return (), (_syntax(path, error),)
    except yaml.reader.ReaderError:
        return (), (_character(path, text),)
    except RefusedError as refused:
        code, message, fix, mark = refused.problem
        place = Place(path, mark.line + 1, mark.column + 1)
        return (), (Problem(place, code, message, fix=fix),)


def _documents(text: str) -> Iterator[Document]:
    _refuse_deep(text)
    loader = Loader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is not None:
                reader = _Values(text)
                value = reader.value(node, "", 0)
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
                raise _too_deep(cast("yaml.Mark", event.start_mark))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _too_deep(mark: yaml.Mark) -> RefusedError:
    return RefusedError(
        "yaml-too-deep", f"the YAML is nested over {MAX_DEPTH} deep", "flatten it", mark
    )


class _Values:
    """Turns the nodes of one document into values, and remembers where they stood."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.marks: dict[str, Mark] = {}
        self.literal: dict[str, Mark] = {}
        self.count = 0
        self.open: set[int] = set()

    def value(self, node: yaml.Node, path: str, depth: int) -> Json:
        mark = node.start_mark
        self._count(mark)
        if depth > MAX_DEPTH or id(node) in self.open:
            raise _too_deep(mark)
        if path and path not in self.marks:
            self.marks[path] = (mark.line + 1, mark.column + 1)
        if isinstance(node, yaml.ScalarNode):
            if node.style == "|":
                self.literal[path] = (mark.line + 2, _indent(self.text, node) + 1)
            elif " " in node.value and _is_verbatim(self.text, node):
                self.literal[path] = (mark.line + 1, mark.column + 1 + (node.style in QUOTES))
            return _scalar(node)
        self.open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [
                    self.value(item, f"{path}.{index}" if path else str(index), depth + 1)
                    for index, item in enumerate(node.value)
                ]
            return self._mapping(node, path, depth)
        finally:
            self.open.discard(id(node))

    def _count(self, mark: yaml.Mark) -> None:
        self.count += 1
        if self.count > MAX_VALUES:
            raise RefusedError(
                "yaml-too-large",
                f"the file stands for more than {MAX_VALUES:,} values",
                "split the file, or use fewer aliases",
                mark,
            )

    def _mapping(self, node: yaml.Node, path: str, depth: int) -> dict[str, Json]:
        merged: dict[str, Json] = {}
        for key_node, value_node in node.value:
            if key_node.tag == MERGE:
                merged = {**merged, **self._merged(value_node, path, depth)}
        result: dict[str, Json] = {}
        for key_node, value_node in node.value:
            if key_node.tag == MERGE:
                continue
            key = self._key(key_node)
            inner = f"{path}.{key}" if path else key
            if key in result:
                raise RefusedError(
                    "duplicate-key",
                    f"`{key}` is given twice, the first time on line {self.marks[inner][0]}",
                    "keep one of the two",
                    key_node.start_mark,
                )
            if key in merged:
                self._forget(inner)
            self.marks[inner] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            result[key] = self.value(value_node, inner, depth + 1)
        return {**merged, **result}

    def _forget(self, path: str) -> None:
        """Drop the lines of a merged value in whose place the mapping has one of its own."""
        for places in (self.marks, self.literal):
            for key in [k for k in places if k == path or k.startswith(f"{path}.")]:
                del places[key]

    def _merged(self, node: yaml.Node, path: str, depth: int) -> dict[str, Json]:
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        merged: dict[str, Json] = {}
        for item in nodes:
            if not isinstance(item, yaml.MappingNode):
                raise RefusedError(
                    "merge-key", "`<<` merges something that is no mapping",
                    "merge an anchor of a mapping", item.start_mark,
                )  # fmt: skip
            self._count(item.start_mark)
            if depth >= MAX_DEPTH:
                raise _too_deep(item.start_mark)
            # The first of several wins, for the lines as for the values.
            kept = dict(self.marks), dict(self.literal)
            merged = {**self._mapping(item, path, depth + 1), **merged}
            self.marks.update(kept[0])
            self.literal.update(kept[1])
        return merged

    def _key(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise RefusedError(
                "yaml-key", "a key is a list or a mapping", "use text as a key", node.start_mark
            )
        return str(node.value)


def _indent(text: str, node: yaml.ScalarNode) -> int:
    """How far the lines of a literal block stand to the right, where all are lines of the text."""
    written = text[node.start_mark.index : node.end_mark.index].split("\n")[1:]
    for line, value in zip(written, str(node.value).split("\n"), strict=False):
        if value.strip():
            return len(line.rstrip("\r")) - len(value)
    return 0


def _is_verbatim(text: str, node: yaml.ScalarNode) -> bool:
    """True for text on one line without escapes: what is read is what is written."""
    start, end = node.start_mark, node.end_mark
    quotes = 2 if node.style in QUOTES else 0
    return start.line == end.line and end.column - start.column == len(node.value) + quotes


def _scalar(node: yaml.ScalarNode) -> Json:
    text = str(node.value)
    tag = node.tag.removeprefix("tag:yaml.org,2002:")
    if tag == "null":
        return None
    if tag == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        if tag == "int" and ":" not in text and not LEADING_ZERO.match(text):
            return int(text.replace("_", ""), 0 if text.lower().startswith(("0x", "0b")) else 10)
        if tag == "float" and ":" not in text:
            return _float(text)
    except ValueError:
        return text  # `0x` without digits and the like: the text, as it was written
    return text


def _float(text: str) -> Json:
    lowered = text.replace("_", "").lower()
    if lowered.lstrip("+-") in (".inf", ".nan"):
        return text
    # JSON knows no infinity; whoever needs one gets its text.
    return float(lowered) if math.isfinite(float(lowered)) else text


def _syntax(path: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    place = Place(path, mark.line + 1, mark.column + 1) if mark else Place(path)
    what = " ".join(part for part in (error.context, error.problem) if part)
    return Problem(
        place,
        "yaml-syntax",
        f"the file is no valid YAML: {what}",
        fix=f"correct the YAML at line {place.line}",
    )


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
