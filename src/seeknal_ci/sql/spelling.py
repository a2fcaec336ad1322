"""Names as the project spells them: SQL does not see their case, a reader of an export does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlglot import exp

from seeknal_ci.model.spec import Column
from seeknal_ci.sql.references import Resolved

Columns = tuple[Column, ...]


def as_written(columns: Columns | None, names: Mapping[str, str]) -> Columns | None:
    """The columns with the case that the query gives them, or their input where it gives none."""
    if columns is None:
        return None
    return tuple(replace(c, name=names.get(c.name.lower(), c.name)) for c in columns)


def written_names(tree: exp.Query, known: Mapping[str, Columns]) -> dict[str, str]:
    """Names of columns in small letters, to how the query or else its inputs write them."""
    names = {column.name.lower(): column.name for inputs in known.values() for column in inputs}
    for alias in tree.find_all(exp.TableAlias):
        names.update((column.name.lower(), column.name) for column in alias.columns)
    # The outermost query is the first that is found, and has the last word.
    for select in reversed(list(tree.find_all(exp.Select))):
        for output in select.expressions:
            # Without an alias DuckDB names a column as its table does, whatever the query's case.
            if isinstance(output, exp.Alias):
                names[output.alias.lower()] = output.alias
    return names


def spellings(columns: Columns | None, query: Resolved) -> str:
    """What a canonical text must also tell apart: outputs and fields that differ by case alone."""
    outputs = [column.name for column in columns or () if column.name != column.name.lower()]
    fields = sorted(
        field.this.name
        for field in query.tree.find_all(exp.PropertyEQ)
        if field.this.name != field.this.name.lower()
    )
    return f" -- {outputs} {fields}" if outputs or fields else ""
