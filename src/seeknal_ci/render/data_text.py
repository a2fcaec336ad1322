"""The data diff as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.model.data_diff import ColumnDiff, DataDiff, Depth, NodeDiff
from seeknal_ci.render.data_words import (
    alarm,
    change_in_rows,
    changed_of,
    facts,
    notes,
    problem_of,
    told,
    values_of,
)
from seeknal_ci.render.escape import terminal
from seeknal_ci.render.palette import Palette
from seeknal_ci.render.wording import plural

# A table of more columns hides what it shows; the JSON document has them all.
COLUMNS = 20


def data_lines(data: DataDiff | None, palette: Palette) -> Iterator[str]:
    """A section, with an empty line behind it; nothing where there is nothing to tell."""
    asked = data is not None and data.depth is Depth.FULL
    if data is None or not (data.nodes or data.problem or (asked and data.unbuilt)):
        return
    yield from palette.title(f"Data, Compared with {terminal(data.production)}")
    nodes = told(data)
    if nodes and all(diff.is_new and not diff.alarms for diff in nodes):
        rows = sum(diff.rows_after for diff in nodes)
        yield f"  {plural(len(nodes), 'node')} new, with {plural(rows, 'row')}"
    else:
        for diff in nodes:
            yield from _node(diff, palette)
    problem = problem_of(data)
    if problem is not None:
        yield f"  {palette.caution('⚠')} {terminal(problem)}"
    for note in notes(data, "--data-diff full"):
        yield f"  {palette.faint(terminal(note))}"
    yield ""


def _node(diff: NodeDiff, palette: Palette) -> Iterator[str]:
    change = change_in_rows(diff)
    shown = palette.bad(change) if diff.is_emptied else change
    yield f"  {palette.strong(terminal(diff.node))}  {_rows(diff)} ({shown})"
    loud = alarm(diff)
    if loud is not None:
        yield f"    - {palette.bad(terminal(loud))}"
    for fact in facts(diff):
        yield f"    - {terminal(fact)}"
    yield from _columns([column for column in diff.columns if column.differs])


def _rows(diff: NodeDiff) -> str:
    """Rows before and after; one number where they are as many, or where there was no table."""
    if diff.rows_before is None or diff.rows_before == diff.rows_after:
        return plural(diff.rows_after, "row")
    return f"{diff.rows_before:,} → {diff.rows_after:,} rows"


def _columns(columns: list[ColumnDiff]) -> Iterator[str]:
    if not columns:
        return
    rows = [("column", "nulls", "distinct", "rows changed")]
    rows += [
        (
            terminal(column.name),
            values_of(column, "nulls"),
            values_of(column, "distinct"),
            changed_of(column),
        )
        for column in columns[:COLUMNS]
    ]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    for name, *numbers in rows:
        cells = (f"{cell:>{width}}" for cell, width in zip(numbers, widths[1:], strict=True))
        yield f"      {name:<{widths[0]}}  {'  '.join(cells)}"
    if len(columns) > COLUMNS:
        yield f"      and {plural(len(columns) - COLUMNS, 'more column')}"
