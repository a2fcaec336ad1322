"""A reader of the little Markdown that a test must understand."""

from __future__ import annotations

import re

_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
# A pipe that GitHub takes for the end of a table's cell.
CELL_END = re.compile(r"(?<!\\)\|")


def spans(markdown: str) -> list[str]:
    """What stands in code spans, without the spaces that CommonMark takes off."""
    found = [match[2] for match in _SPAN.finditer(markdown)]
    return [s[1:-1] if s.strip() and s[0] == s[-1] == " " else s for s in found]


def outside_code(markdown: str) -> str:
    """The Markdown with a sign in the place of every code span."""
    return _SPAN.sub("§", markdown)


def tables(markdown: str) -> list[list[list[str]]]:
    """The cells of every table; lines that begin with a pipe are rows."""
    found: list[list[list[str]]] = []
    row_before = False
    for line in markdown.split("\n"):
        is_row = line.startswith("|")
        if is_row and not row_before:
            found.append([])
        if is_row:
            found[-1].append([cell.strip() for cell in CELL_END.split(line)[1:-1]])
        row_before = is_row
    return found
