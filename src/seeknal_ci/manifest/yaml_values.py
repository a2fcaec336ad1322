"""The nodes that PyYAML composes to plain values, with the place of every field.

YAML 1.1 reads `NO` as false, `12:30:00` as 45000 and a date as a date. A pipeline's country codes,
times and versions are none of these, so only `true`, `false`, numbers and null are read as such,
and `007` is no number; whoever expects a switch reads `off` and `no` as one.

Most of the time of loading a project is spent here, so scalars are read in the loops themselves.
"""

from __future__ import annotations

import math
import re

import yaml
from yaml import MappingNode, Node, ScalarNode, SequenceNode

from seeknal_ci.model.spec import Json, Mark

MAX_VALUES = 50_000
MAX_DEPTH = 64
QUOTES = ("'", '"')

TAG = "tag:yaml.org,2002:"
MERGE, TEXT = f"{TAG}merge", f"{TAG}str"
LIST, MAPPING = f"{TAG}seq", f"{TAG}map"

# A code such as `007`, which YAML 1.1 reads as octal.
LEADING_ZERO = re.compile(r"[-+]?0[0-9_]")

# What plain text may be beside text, by its first character, in PyYAML's own order.
RESOLVERS: dict[str, list[tuple[str, re.Pattern[str]]]] = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag in (f"{TAG}int", f"{TAG}float", f"{TAG}null", MERGE)
        or (tag == f"{TAG}bool" and first in "tTfF")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class RefusedError(Exception):
    """Valid YAML that is refused all the same; carries the problem's parts."""

    def __init__(self, code: str, message: str, fix: str, mark: yaml.Mark) -> None:
        super().__init__(message)
        self.problem = (code, message, fix, mark)


def too_deep(mark: yaml.Mark) -> RefusedError:
    """The error for what is nested too deeply."""
    return RefusedError(
        "yaml-too-deep", f"the YAML is nested over {MAX_DEPTH} deep", "flatten it", mark
    )


def resolve(kind: type[Node], value: str, implicit: tuple[bool, bool]) -> str:
    """The tag of a node that is written without one; PyYAML's own takes twice as long."""
    if kind is not ScalarNode:
        return LIST if kind is SequenceNode else MAPPING
    if implicit[0]:
        for tag, pattern in RESOLVERS.get(value[:1], ()):
            if pattern.match(value):
                return tag
    return TEXT


class Values:
    """Turns the nodes of one document into values, and remembers where they stood.

    `marks` has the place of every dotted path, `literal` that of the first character of text whose
    characters stand in the file as they are.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.marks: dict[str, Mark] = {}
        self.literal: dict[str, Mark] = {}
        self._count = 0
        # Only a key `<<`, or a tag, which is written with `!`, makes a merge key.
        self._merges = "<<" in text or "!" in text

    def read(self, node: Node) -> Json:
        """The value of a document."""
        if isinstance(node, ScalarNode):
            return self._scalar(node, "")
        return self._collection(node, "", 0)

    def _collection(self, node: Node, path: str, depth: int) -> Json:
        if depth > MAX_DEPTH:  # which an alias of what it stands in comes to
            raise too_deep(node.start_mark)
        if isinstance(node, MappingNode):
            return self._mapping(node, path, depth)
        self._count += len(node.value) or 1
        if self._count > MAX_VALUES:
            raise _too_large(node.start_mark)
        values: list[Json] = []
        marks, depth = self.marks, depth + 1
        prefix = f"{path}." if path else ""
        for index, item in enumerate(node.value):
            inner = f"{prefix}{index}"
            if inner not in marks:
                mark = item.start_mark
                marks[inner] = (mark.line + 1, mark.column + 1)
            if item.__class__ is ScalarNode:
                values.append(self._scalar(item, inner))
            else:
                values.append(self._collection(item, inner, depth))
        return values

    def _mapping(self, node: MappingNode, path: str, depth: int) -> dict[str, Json]:
        self._count += len(node.value) or 1
        if self._count > MAX_VALUES:
            raise _too_large(node.start_mark)
        merged = self._all_merged(node, path, depth) if self._merges else None
        result: dict[str, Json] = {}
        marks, depth = self.marks, depth + 1
        prefix = f"{path}." if path else ""
        for key_node, value_node in node.value:
            if key_node.__class__ is not ScalarNode:
                raise _not_text(key_node, self.text)
            if key_node.tag == MERGE:
                continue
            key = key_node.value
            inner = prefix + key
            mark = key_node.start_mark
            if key in result:
                raise _twice(key, marks[inner], mark)
            if merged and key in merged:
                self._forget(inner)
            marks[inner] = (mark.line + 1, mark.column + 1)
            if value_node.__class__ is ScalarNode:
                result[key] = self._scalar(value_node, inner)
            else:
                result[key] = self._collection(value_node, inner, depth)
        return {**merged, **result} if merged else result

    def _scalar(self, node: ScalarNode, path: str) -> Json:
        text: str = node.value
        style = node.style
        if style == "|":
            self.literal[path] = (node.start_mark.line + 2, _indent(self.text, node) + 1)
        elif " " in text:
            start, end = node.start_mark, node.end_mark
            quotes = 1 if style in QUOTES else 0
            # On one line without escapes: what is read is what is written.
            if start.line == end.line and end.column - start.column == len(text) + 2 * quotes:
                self.literal[path] = (start.line + 1, start.column + 1 + quotes)
        return text if node.tag is TEXT else _value(text, node.tag)

    def _all_merged(self, node: MappingNode, path: str, depth: int) -> dict[str, Json]:
        merged: dict[str, Json] = {}
        for key_node, value_node in node.value:
            if key_node.tag == MERGE:
                merged = {**merged, **self._merged(value_node, path, depth)}
        return merged

    def _merged(self, node: Node, path: str, depth: int) -> dict[str, Json]:
        nodes = node.value if isinstance(node, SequenceNode) else [node]
        merged: dict[str, Json] = {}
        for item in nodes:
            if not isinstance(item, MappingNode):
                raise RefusedError(
                    "merge-key", "`<<` merges something that is no mapping",
                    "merge an anchor of a mapping", item.start_mark,
                )  # fmt: skip
            if depth >= MAX_DEPTH:
                raise too_deep(item.start_mark)
            # The first of several wins, for the lines as for the values.
            kept = dict(self.marks), dict(self.literal)
            merged = {**self._mapping(item, path, depth + 1), **merged}
            self.marks.update(kept[0])
            self.literal.update(kept[1])
        return merged

    def _forget(self, path: str) -> None:
        """Drop the lines of a merged value in whose place the mapping has one of its own."""
        for places in (self.marks, self.literal):
            for key in [k for k in places if k == path or k.startswith(f"{path}.")]:
                del places[key]


def _too_large(mark: yaml.Mark) -> RefusedError:
    return RefusedError(
        "yaml-too-large",
        f"the file stands for more than {MAX_VALUES:,} values",
        "split the file, or use fewer aliases",
        mark,
    )


def _not_text(node: Node, text: str) -> RefusedError:
    start = node.start_mark.index
    if text[start - 1 : start + 1] == "{{":
        return RefusedError(
            "yaml-key",
            "a template without quotes is a mapping to YAML",
            'put it in quotes: "{{ … }}"',
            node.start_mark,
        )
    return RefusedError(
        "yaml-key", "a key is a list or a mapping", "use text as a key", node.start_mark
    )


def _twice(key: str, first: Mark, mark: yaml.Mark) -> RefusedError:
    return RefusedError(
        "duplicate-key",
        f"`{key}` is given twice, the first time on line {first[0]}",
        "keep one of the two",
        mark,
    )


def _indent(text: str, node: ScalarNode) -> int:
    """How far the lines of a literal block stand to the right, where they are lines of the text."""
    end = text.find("\n", node.start_mark.index)
    for value in node.value.split("\n"):
        start, end = end + 1, text.find("\n", end + 1)
        if value.strip():
            line = (text[start:] if end < 0 else text[start:end]).rstrip("\r")
            return len(line) - len(value) if line.endswith(value) else 0
        if end < 0:
            break
    return 0


def _value(text: str, tag: str) -> Json:
    kind = tag.removeprefix(TAG)
    if kind == "null":
        return None
    if kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        if kind == "int" and ":" not in text and not LEADING_ZERO.match(text):
            return int(text.replace("_", ""), 0 if text.lower().startswith(("0x", "0b")) else 10)
        if kind == "float" and ":" not in text:
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
