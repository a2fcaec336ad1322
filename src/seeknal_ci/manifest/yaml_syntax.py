"""What libyaml says of text that is no YAML, in the words of people who write pipelines."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem

Said = tuple[str, str, "yaml.Mark | None"]
BRACKETS = {"sequence": ("[", "]"), "mapping": ("{", "}")}


def syntax_problem(path: str, text: str, error: yaml.MarkedYAMLError) -> Problem:
    """The problem of a file that is no YAML, at the place where it begins."""
    what, fix, mark = next(_known(text, error), _as_told(error))
    place = Place(path, mark.line + 1, mark.column + 1) if mark else Place(path)
    return Problem(place, "yaml-syntax", f"the file is no valid YAML: {what}", fix=fix)


def _known(text: str, error: yaml.MarkedYAMLError) -> Iterator[Said]:
    """What is meant, for the errors that people make."""
    said, around = str(error.problem), str(error.context)
    at = error.problem_mark
    start = error.context_mark or at
    flow = re.search(r"flow (sequence|mapping)", around)
    if "cannot start any token" in said and at is not None:
        yield _start(text, at)
    if "mapping values are not allowed" in said:
        yield "a colon stands where none can", "put the text in quotes, or correct the indent", at
    if "undefined alias" in said:
        yield "an alias names no anchor before it", "write the anchor, `&name`, further up", at
    if "quoted scalar" in around and "end of" in said:
        yield "a quote is opened here and not closed", "close it", start
    if flow is not None and "did not find expected" in said:
        opened, closed = BRACKETS[flow[1]]
        fix = f"close it with `{closed}`, or write a comma between its entries"
        yield f"`{opened}` is opened here and not closed", fix, start
    if "parsing a flow node" in around:
        yield "a bracket is opened and not closed", "close it with `]` or `}`", at
    if "expected key" in said or "expected '-' indicator" in said:
        fix = "give it the indent of the lines that it belongs to, or put what has quotes in quotes"
        yield "the line does not go with those before it", fix, at


def _start(text: str, mark: yaml.Mark) -> Said:
    lines = text.splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    found = line[mark.column : mark.column + 1]
    if found == "\t" or "\t" in line[: mark.column + 1]:
        return "the line is indented with a tab", "use spaces", mark
    return f"no text can begin with `{found}`", "put it in quotes", mark


def _as_told(error: yaml.MarkedYAMLError) -> Said:
    what = " ".join(part for part in (error.context, error.problem) if part)
    mark = error.problem_mark or error.context_mark
    fix = f"correct the YAML at line {mark.line + 1}" if mark else "correct the YAML"
    return what, fix, mark
