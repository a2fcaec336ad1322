"""The data diff as the rows of a comment."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.model.data_diff import DataDiff, NodeDiff
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
from seeknal_ci.render.rows import MAX_MESSAGE, MAX_NAME
from seeknal_ci.render.views import DataColumn, DataDetails, DataRow
from seeknal_ci.render.wording import clipped

# A table of more columns hides what it shows; the JSON document has them all.
COLUMNS = 30


def data_rows(data: DataDiff | None) -> tuple[DataRow, ...]:
    """A row for every node that differs; what alarms first, the new ones last."""
    return tuple(_row(diff) for diff in told(data)) if data else ()


def data_details(data: DataDiff | None) -> tuple[DataDetails, ...]:
    """For every node whose values differ, the columns in which they do."""
    return tuple(_details(data)) if data else ()


def data_notes(data: DataDiff | None) -> tuple[str, ...]:
    """What is to be known of the comparison as a whole."""
    found = notes(data, "data_diff: full") if data else ()
    return tuple(clipped(note, MAX_MESSAGE) for note in found)


def data_problem(data: DataDiff | None) -> str | None:
    """Why there is no comparison, in a sentence; None where there is one."""
    problem = problem_of(data) if data else None
    return None if problem is None else clipped(problem, MAX_MESSAGE)


def _row(diff: NodeDiff) -> DataRow:
    loud, same = alarm(diff), diff.rows_before == diff.rows_after
    return DataRow(
        node=clipped(diff.node, MAX_NAME),
        before=None if same or diff.rows_before is None else f"{diff.rows_before:,}",
        after=f"{diff.rows_after:,}",
        change=change_in_rows(diff),
        emptied=diff.is_emptied,
        alarm=None if loud is None else clipped(loud, MAX_MESSAGE),
        facts=tuple(clipped(fact, MAX_MESSAGE) for fact in facts(diff)),
    )


def _details(data: DataDiff) -> Iterator[DataDetails]:
    for diff in told(data):
        columns = [column for column in diff.columns if column.differs]
        if columns:
            shown = tuple(
                DataColumn(
                    name=clipped(column.name, MAX_NAME),
                    nulls=values_of(column, "nulls"),
                    distinct=values_of(column, "distinct"),
                    changed=changed_of(column),
                )
                for column in columns[:COLUMNS]
            )
            more = max(0, len(columns) - COLUMNS)
            yield DataDetails(clipped(diff.node, MAX_NAME), shown, more)
