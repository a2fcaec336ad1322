"""`# seeknal-ci: ignore[rule] reason`: what a project says not to hold against a node.

A YAML reader drops comments, so they are looked for in the text, outside of every value: in a
block of SQL `#` begins no comment.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import yaml

from seeknal_ci.manifest.yaml_reader import Document, Loader
from seeknal_ci.model.node import Ignore
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem

WORD = "seeknal-ci:"
COMMENT = re.compile(r"(?:^|(?<=\s))#\s*seeknal-ci:(?P<said>.*)$", re.MULTILINE)
IGNORE = re.compile(
    r"\s*ignore\[\s*(?P<rules>[a-z][a-z-]*(?:\s*,\s*[a-z][a-z-]*)*)\s*\](?P<why>.*)"
)
LONGEST_REASON = 200

Ignores = tuple[tuple[Ignore, ...], ...]


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where documents begin, by line, and where values stand, by character."""

    documents: tuple[int, ...]
    values: tuple[tuple[int, int], ...]

    def is_value(self, index: int) -> bool:
        return any(start <= index < end for start, end in self.values)

    def document(self, line: int) -> int:
        return max(0, sum(start <= line for start in self.documents) - 1)


def ignores_in(
    path: str, content: bytes, documents: Sequence[Document]
) -> tuple[Ignores, tuple[Problem, ...]]:
    """For each document what its comments ignore, and what is wrong with these comments."""
    nothing: Ignores = ((),) * len(documents)
    if WORD.encode() not in content:
        return nothing, ()
    text = content.decode("utf-8-sig")
    layout = _layout(text)
    by_start = [layout.document(document.line) for document in documents]
    found: list[list[Ignore]] = [[] for _ in documents]
    problems: list[Problem] = []
    for comment in COMMENT.finditer(text):
        if layout.is_value(comment.start()):
            continue
        line = text.count("\n", 0, comment.start()) + 1
        column = comment.start() - (text.rfind("\n", 0, comment.start()) + 1) + 1
        place = Place(path, line, column)
        ignores = _read(comment["said"].strip(), place)
        if isinstance(ignores, Problem):
            problems.append(ignores)
        elif layout.document(line) in by_start:
            found[by_start.index(layout.document(line))] += ignores
    return tuple(tuple(items) for items in found), tuple(problems)


def _layout(text: str) -> _Layout:
    documents: list[int] = []
    values: list[tuple[int, int]] = []
    for event in yaml.parse(text, Loader=Loader):
        start, end = (cast("yaml.Mark", mark) for mark in (event.start_mark, event.end_mark))
        if isinstance(event, yaml.DocumentStartEvent):
            documents.append(start.line + 1)
        elif isinstance(event, yaml.ScalarEvent):
            values.append((start.index, end.index))
    return _Layout(tuple(documents), tuple(values))


def _read(said: str, place: Place) -> list[Ignore] | Problem:
    match = IGNORE.fullmatch(said)
    if match is None:
        return Problem(
            place,
            "ignore-comment",
            f"`# seeknal-ci: {said[:60]}` is no comment that seeknal-ci knows",
            fix="write `# seeknal-ci: ignore[rule] reason`",
        )
    reason = " ".join(match["why"].split())[:LONGEST_REASON]
    if not reason:
        return Problem(
            place,
            "ignore-reason",
            f"`ignore[{match['rules']}]` gives no reason, and reviewers are to see one",
            fix="write the reason behind it, on the same line",
        )
    rules = [rule.strip() for rule in match["rules"].split(",")]
    return [Ignore(rule, reason, place) for rule in rules]
